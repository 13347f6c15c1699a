resource "azureiot_dps_enrollment_group" "field" {
  enrollment_group_id = "field"

  attestation = {
    symmetric_key = {}
  }
}

# The output is known only when the group is there. One that exists already needs no such
# detour.
resource "terraform_data" "field" {
  input = azureiot_dps_enrollment_group.field.enrollment_group_id
}

ephemeral "azureiot_dps_enrollment_group_keys" "field" {
  enrollment_group_id = terraform_data.field.output
}

# A second group that lets the same devices in: write-only arguments take the keys without
# storing them.
resource "azureiot_dps_enrollment_group" "workshop" {
  enrollment_group_id = "workshop"
  provisioning_status = "disabled"

  attestation = {
    symmetric_key = {
      primary_key_wo   = ephemeral.azureiot_dps_enrollment_group_keys.field.primary_key
      secondary_key_wo = ephemeral.azureiot_dps_enrollment_group_keys.field.secondary_key
      keys_wo_version  = 1
    }
  }
}
