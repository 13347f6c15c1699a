# May this device come in, and why?
data "azureiot_dps_device_access" "sensor" {
  registration_id = "sensor-thl-002"
}

output "sensor" {
  value = {
    access  = data.azureiot_dps_device_access.sensor.access
    reasons = data.azureiot_dps_device_access.sensor.reasons
  }
}
