resource "azureiot_iothub_device_identity" "pump" {
  device_id = "pump-1"
}

# The generation makes Terraform wait for an identity that the same apply creates.
ephemeral "azureiot_iothub_device_credentials" "pump" {
  device_id          = azureiot_iothub_device_identity.pump.device_id
  generation_id      = azureiot_iothub_device_identity.pump.generation_id
  sas_token_lifetime = "24h"
}

# A write-only argument takes them without storing them: here the spare pump gets the same
# keys. A secret of a key vault would take the connection string in the same way:
#
#   resource "azurerm_key_vault_secret" "pump" {
#     name             = "pump-1"
#     key_vault_id     = azurerm_key_vault.plant.id
#     value_wo         = ephemeral.azureiot_iothub_device_credentials.pump.primary_connection_string
#     value_wo_version = 1
#   }
resource "azureiot_iothub_device_identity" "spare" {
  device_id = "pump-1-spare"

  authentication = {
    type             = "sas"
    primary_key_wo   = ephemeral.azureiot_iothub_device_credentials.pump.primary_key
    secondary_key_wo = ephemeral.azureiot_iothub_device_credentials.pump.secondary_key
    keys_wo_version  = 1
  }
}
