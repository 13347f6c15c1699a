terraform {
  required_providers {
    azureiot = {
      source = "azureiot/azureiot"
    }
  }
}

# Microsoft Entra ID, as the azurerm provider does: here the Azure CLI's login or ARM_* variables.
provider "azureiot" {
  dps_hostname = "contoso.azure-devices-provisioning.net"
}

# Connection strings instead, each used for the host that it names.
provider "azureiot" {
  alias                     = "by_policy"
  dps_connection_string     = var.dps_connection_string
  iothub_connection_strings = values(var.iothub_connection_strings)
}

variable "dps_connection_string" {
  description = "Shared access policy of the DPS instance."
  type        = string
  sensitive   = true
  default     = null
}

variable "iothub_connection_strings" {
  description = "Shared access policies of the IoT hubs, by name."
  type        = map(string)
  sensitive   = true
  default     = {}
}
