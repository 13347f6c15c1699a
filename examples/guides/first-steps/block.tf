resource "azureiot_dps_device_disallow" "sensor_1" {
  registration_id = "sensor-1"
  reason          = "tried out"
}
