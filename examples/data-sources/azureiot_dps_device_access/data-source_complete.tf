# A device that was stolen, looked at in every plan: as long as it is out, nothing is said.
# When somebody enables it in the portal, the check warns in the next plan, and says why. A
# plan that runs every night watches it.
data "azureiot_dps_device_access" "stolen" {
  registration_id = "sensor-thl-002"
}

check "stolen_device_is_out" {
  assert {
    condition     = data.azureiot_dps_device_access.stolen.access == "blocked"
    error_message = "sensor-thl-002 is not out. ${join(" ", data.azureiot_dps_device_access.stolen.reasons)}"
  }
}

# Which device is this? An alarm names a device of a hub, a scrapped one has left its
# certificate.
data "azureiot_dps_device_access" "alarm" {
  device_id = "Pump-7"
}

data "azureiot_dps_device_access" "scrapped" {
  certificate_pem = file("${path.module}/sensor-thl-001.pem")
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

output "scrapped_device" {
  value = {
    registration_id = data.azureiot_dps_device_access.scrapped.registration_id
    access          = data.azureiot_dps_device_access.scrapped.access
  }
}
