# The devices of one factory: whoever shows a certificate below the factory's CA is let in.

terraform {
  required_providers {
    azureiot = {
      source = "azureiot/azureiot"
    }
  }
}

# Connection strings and the emulator's CA come from the environment.
provider "azureiot" {}

variable "factory_ca_pem" {
  description = "Certificate of the CA that signs the factory's devices."
  type        = string
}

resource "azureiot_dps_enrollment_group" "factory" {
  enrollment_group_id = "factory"

  attestation = {
    x509 = {
      signing_certificates = {
        primary = var.factory_ca_pem
      }
    }
  }
}
