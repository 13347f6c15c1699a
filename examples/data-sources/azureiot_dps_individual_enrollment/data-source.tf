# The enrollment as it is now, with what the device last did.
data "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = "sensor-thl-001"
}

output "sensor_hub" {
  value = data.azureiot_dps_individual_enrollment.sensor.registration.assigned_hub
}
