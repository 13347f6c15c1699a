# A device that was stolen, looked at in every plan: as long as it is out, nothing is said. When somebody enables it in the
# portal, the check warns in the next plan, and says why. A plan that runs every night watches it.
data "azureiot_dps_device_access" "stolen" {
  registration_id = "sensor-thl-002"
}

check "stolen_device_is_out" {
  assert {
    condition     = data.azureiot_dps_device_access.stolen.access == "blocked"
    error_message = "sensor-thl-002 is not out. ${join(" ", data.azureiot_dps_device_access.stolen.reasons)}"
  }
}

# Which device is this? An alarm names a device of a hub, a log the thumbprint of a certificate.
data "azureiot_dps_device_access" "alarm" {
  device_id = "Pump-7"
}

data "azureiot_dps_device_access" "log" {
  thumbprint = "0F6E2E1A4D5C8B7A9E3D2C1B0A9F8E7D6C5B4A39"
}

output "device_of_the_alarm" {
  value = {
    registration_id = data.azureiot_dps_device_access.alarm.registration_id
    device_ids      = data.azureiot_dps_device_access.alarm.device_ids
    governing       = data.azureiot_dps_device_access.alarm.governing
    access          = data.azureiot_dps_device_access.alarm.access
    reasons         = data.azureiot_dps_device_access.alarm.reasons
  }
}
