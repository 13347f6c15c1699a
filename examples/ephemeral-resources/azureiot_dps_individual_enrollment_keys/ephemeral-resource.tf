# The keys of a device's enrollment. The values go where they are not stored: into
# write-only arguments, or the configuration of another provider.
ephemeral "azureiot_dps_individual_enrollment_keys" "meter" {
  registration_id = "meter-0815"
}
