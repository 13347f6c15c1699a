# The keys of a group. The values go where they are not stored: into write-only arguments,
# or the configuration of another provider.
ephemeral "azureiot_dps_enrollment_group_keys" "field" {
  enrollment_group_id = "field"
}
