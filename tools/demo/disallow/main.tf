# The one device that must not come in any more.

terraform {
  required_providers {
    azureiot = {
      source = "azureiot/azureiot"
    }
  }
}

# Connection strings and the emulator's CA come from the environment.
provider "azureiot" {}

variable "device_pem" {
  description = "Certificate of the stolen device."
  type        = string
}

variable "device_chain_pem" {
  description = "The intermediates between that certificate and the root."
  type        = string
}

resource "azureiot_dps_device_disallow" "stolen" {
  registration_id       = "sensor-thl-002"
  certificate_pem       = var.device_pem
  certificate_chain_pem = var.device_chain_pem
  reason                = "stolen from plant Thale, ticket 4711"
}
