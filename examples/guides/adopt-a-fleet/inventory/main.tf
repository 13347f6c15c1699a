terraform {
  required_version = ">= 1.11"
  required_providers {
    azureiot = { source = "azureiot/azureiot" }
  }
}

data "azureiot_dps_enrollment_groups" "all" {}

data "azureiot_dps_individual_enrollments" "all" {}

data "azureiot_dps_registrations" "all" {
  for_each            = toset(data.azureiot_dps_enrollment_groups.all.enrollment_groups[*].enrollment_group_id)
  enrollment_group_id = each.key
}

# Of a second hub there is a second one of these, with its iothub_hostname.
data "azureiot_iothub_device_identities" "all" {
  limit = 100000
}

locals {
  groups  = data.azureiot_dps_enrollment_groups.all.enrollment_groups
  entries = data.azureiot_dps_individual_enrollments.all.individual_enrollments

  # Identities that DPS has made, and makes again: they are left to it.
  by_dps = setunion(
    [for entry in local.entries : coalesce(entry.device_id, entry.registration_id)],
    flatten([for group in data.azureiot_dps_registrations.all : compact(group.registrations[*].device_id)]),
  )
}

# What terraform output -json writes into a file. It has no keys; webhook addresses, which usually have one, stay out.
output "fleet" {
  value = {
    groups = {
      for group in local.groups : group.enrollment_group_id => {
        ca_references = group.attestation.ca_references
        certificates  = { for slot in ["primary", "secondary"] : slot => try("sha256:${group.certificates[slot].thumbprint_sha256}", null) }
        type          = group.attestation.type

        allocation_policy  = group.allocation_policy
        edge_enabled       = group.edge_enabled
        initial_twin       = group.initial_twin
        iothub_hostnames   = group.iothub_hostnames
        reprovision_policy = group.reprovision_policy
        webhook_version    = try(group.custom_allocation.api_version, null)
      }
    }
    entries = {
      for entry in local.entries : entry.registration_id => {
        certificates = { for slot in ["primary", "secondary"] : slot => try("sha256:${entry.certificates[slot].thumbprint_sha256}", null) }
        tpm          = entry.attestation.tpm
        type         = entry.attestation.type

        allocation_policy           = entry.allocation_policy
        device_id                   = entry.device_id
        edge_enabled                = entry.edge_enabled
        initial_twin                = entry.initial_twin
        iothub_hostnames            = entry.iothub_hostnames
        optional_device_information = entry.optional_device_information
        reprovision_policy          = entry.reprovision_policy
        webhook_version             = try(entry.custom_allocation.api_version, null)
      }
    }
    identities = {
      for identity in data.azureiot_iothub_device_identities.all.identities : identity.device_id => {
        authentication = identity.authentication == "none" ? null : {
          type                 = identity.authentication
          primary_thumbprint   = identity.primary_thumbprint
          secondary_thumbprint = identity.secondary_thumbprint
        }
        edge_enabled = identity.edge_enabled
        parent_scope = identity.parent_scope
      } if !contains(local.by_dps, identity.device_id)
    }
  }
}
