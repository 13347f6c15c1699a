# The configuration that the pipelines plan and apply: who may enter, and who may not.
terraform {
  required_version = ">= 1.11"
  required_providers {
    azureiot = {
      source = "azureiot/azureiot"
    }
  }
  # backend "azurerm" { use_oidc = true, use_azuread_auth = true ... }
}

# Signs in by the ARM_* variables of the pipeline, to the instance that it names: AZUREIOT_DPS_HOSTNAME.
provider "azureiot" {}

variable "ticket" {
  description = "The ticket that asks for this change. Some changes need one: see the policies."
  type        = string
  default     = ""
}

resource "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant-thale"
  attestation = {
    x509 = {
      signing_certificates = { primary = file("${path.module}/plant-ca.pem") }
    }
  }
}
