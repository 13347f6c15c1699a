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

# How the devices of the group fare, as numbers only: every hundred records are one call.
data "azureiot_dps_registrations" "numbers" {
  enrollment_group_id = "plant-thale"
  limit               = 0
}

output "devices" {
  value = {
    by_status = data.azureiot_dps_registrations.numbers.count_by_status
    by_hub    = data.azureiot_dps_registrations.numbers.count_by_iothub
  }
}
