terraform {
  required_version = ">= 1.11"
  required_providers {
    azureiot = { source = "azureiot/azureiot" }
  }
}

locals {
  fleet = jsondecode(file("${path.module}/fleet.json"))
}

# The import blocks can go once everything is imported.
import {
  for_each = local.fleet.groups
  to       = azureiot_dps_enrollment_group.all[each.key]
  id       = each.key
}

import {
  for_each = local.fleet.entries
  to       = azureiot_dps_individual_enrollment.all[each.key]
  id       = each.key
}

import {
  for_each = local.fleet.identities
  to       = azureiot_iothub_device_identity.all[each.key]
  id       = each.key
}

resource "azureiot_dps_enrollment_group" "all" {
  for_each = local.fleet.groups

  enrollment_group_id = each.key

  attestation = {
    x509 = each.value.type != "x509" ? null : {
      ca_references        = each.value.ca_references
      signing_certificates = each.value.ca_references != null ? null : each.value.certificates
    }
    symmetric_key = each.value.type == "symmetricKey" ? {} : null
  }

  allocation_policy  = each.value.allocation_policy
  custom_allocation  = each.value.webhook_version == null ? null : { api_version = each.value.webhook_version }
  edge_enabled       = each.value.edge_enabled
  initial_twin       = each.value.initial_twin
  iothub_hostnames   = each.value.iothub_hostnames
  reprovision_policy = each.value.reprovision_policy
}

resource "azureiot_dps_individual_enrollment" "all" {
  for_each = local.fleet.entries

  registration_id = each.key

  attestation = {
    x509          = each.value.type != "x509" ? null : { client_certificates = each.value.certificates }
    symmetric_key = each.value.type == "symmetricKey" ? {} : null
    tpm           = each.value.tpm
  }

  allocation_policy           = each.value.allocation_policy
  custom_allocation           = each.value.webhook_version == null ? null : { api_version = each.value.webhook_version }
  device_id                   = each.value.device_id
  edge_enabled                = each.value.edge_enabled
  initial_twin                = each.value.initial_twin
  iothub_hostnames            = each.value.iothub_hostnames
  optional_device_information = each.value.optional_device_information
  reprovision_policy          = each.value.reprovision_policy
}

resource "azureiot_iothub_device_identity" "all" {
  for_each = local.fleet.identities

  device_id = each.key

  authentication = each.value.authentication
  edge_enabled   = each.value.edge_enabled
  parent_scope   = each.value.parent_scope
}
