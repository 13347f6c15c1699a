variable "registration_id" {
  description = "A device that has tried to register."
  type        = string
  default     = "sensor-thl-002"
}

data "azureiot_dps_registration" "device" {
  registration_id = var.registration_id
}

# Where the device ended up, or why it did not.
output "registration" {
  value = (data.azureiot_dps_registration.device.status == "assigned"
    ? "${data.azureiot_dps_registration.device.device_id} in ${data.azureiot_dps_registration.device.assigned_hub}"
  : data.azureiot_dps_registration.device.status)
}
