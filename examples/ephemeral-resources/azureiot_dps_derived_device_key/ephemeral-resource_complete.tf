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

# What one device of the group proves itself with.
ephemeral "azureiot_dps_derived_device_key" "meter" {
  enrollment_group_id = terraform_data.field.output
  registration_id     = "meter-0815"
}

# A write-only argument takes it without storing it: here an enrollment of the device's own,
# which decides about it from now on, with the key that the device has already.
resource "azureiot_dps_individual_enrollment" "meter" {
  registration_id = "meter-0815"

  attestation = {
    symmetric_key = {
      primary_key_wo   = ephemeral.azureiot_dps_derived_device_key.meter.primary_key
      secondary_key_wo = ephemeral.azureiot_dps_derived_device_key.meter.secondary_key
      keys_wo_version  = 1
    }
  }
}
