# Where a device is. It is an error when it has never tried to register.
data "azureiot_dps_registration" "sensor" {
  registration_id = "sensor-thl-001"
}

output "sensor_hub" {
  value = data.azureiot_dps_registration.sensor.assigned_hub
}
