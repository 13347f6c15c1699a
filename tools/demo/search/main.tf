# A sensor that must not come in any more, and of which nothing tells where it is.

terraform {
  required_providers {
    azureiot = {
      source = "azureiot/azureiot"
    }
  }
}

# Connection strings and the emulator's CA come from the environment.
provider "azureiot" {}

variable "hubs" {
  description = "Hubs in which the missing sensor is known to be."
  type        = set(string)
  default     = null
}

resource "azureiot_dps_device_disallow" "missing" {
  registration_id             = "sensor-thl-003"
  reason                      = "missing since the inventory, ticket 4712"
  additional_iothub_hostnames = var.hubs
}
