resource "azureiot_dps_individual_enrollment" "gauge" {
  registration_id = "gauge-thl-001"

  attestation = {
    symmetric_key = {}
  }
}

# The output is known only when the enrollment is there. One that exists already needs no
# such detour.
resource "terraform_data" "gauge" {
  input = azureiot_dps_individual_enrollment.gauge.registration_id
}

ephemeral "azureiot_dps_individual_enrollment_keys" "gauge" {
  registration_id = terraform_data.gauge.output
}

# A write-only argument takes them without storing them: here the spare gauge gets the same
# keys. A secret of a key vault would take one in the same way:
#
#   resource "azurerm_key_vault_secret" "gauge" {
#     name             = "gauge-thl-001"
#     key_vault_id     = azurerm_key_vault.plant.id
#     value_wo         = ephemeral.azureiot_dps_individual_enrollment_keys.gauge.primary_key
#     value_wo_version = 1
#   }
resource "azureiot_dps_individual_enrollment" "spare" {
  registration_id = "gauge-thl-001-spare"

  attestation = {
    symmetric_key = {
      primary_key_wo   = ephemeral.azureiot_dps_individual_enrollment_keys.gauge.primary_key
      secondary_key_wo = ephemeral.azureiot_dps_individual_enrollment_keys.gauge.secondary_key
      keys_wo_version  = 1
    }
  }
}
