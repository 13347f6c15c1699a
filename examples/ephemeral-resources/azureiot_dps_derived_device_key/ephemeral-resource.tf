# What one device of a group proves itself with. The value goes where it is not stored: into
# a write-only argument, or the configuration of another provider.
ephemeral "azureiot_dps_derived_device_key" "meter" {
  enrollment_group_id = "field"
  registration_id     = "meter-0815"
}
