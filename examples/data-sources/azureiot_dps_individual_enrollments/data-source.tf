# Devices that are kept out one by one, for an audit.
data "azureiot_dps_individual_enrollments" "disabled" {
  provisioning_status = "disabled"
}

output "disabled_devices" {
  value = data.azureiot_dps_individual_enrollments.disabled.individual_enrollments[*].registration_id
}
