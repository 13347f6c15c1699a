# Devices of a group whose last attempt to register failed, with the reason.
data "azureiot_dps_registrations" "failed" {
  enrollment_group_id = "plant-thale"
  status              = "failed"
}

output "failures" {
  value = {
    for record in data.azureiot_dps_registrations.failed.registrations :
    record.registration_id => record.error_message
  }
}
