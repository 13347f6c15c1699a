# A stolen device, of which only the name is known.
resource "azureiot_dps_device_disallow" "stolen" {
  registration_id = "sensor-thl-002"
}
