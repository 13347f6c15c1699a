variable "registration_id" {
  description = "A device that has tried to register. It is an error when it never has."
  type        = string
  default     = null
}

data "azureiot_dps_registration" "device" {
  count = var.registration_id == null ? 0 : 1

  registration_id = var.registration_id
}

# Where the device ended up, or why it did not.
output "registration" {
  value = one([
    for record in data.azureiot_dps_registration.device :
    record.status == "assigned" ? "${record.device_id} in ${record.assigned_hub}" : "${record.status}"
  ])
}
