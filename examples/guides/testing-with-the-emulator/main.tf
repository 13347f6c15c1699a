terraform {
  required_version = ">= 1.11"
  required_providers {
    azureiot = {
      source = "azureiot/azureiot"
    }
  }
}

variable "plant" {
  description = "Name of the plant, and of the enrollment group of its sensors."
  type        = string
}

variable "blocked" {
  description = "Sensors that are kept out: the reason by registration ID."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for id in keys(var.blocked) : startswith(id, "${var.plant}-")])
    error_message = "Only sensors of this plant are blocked here: their IDs begin with its name."
  }
}

resource "azureiot_dps_enrollment_group" "sensors" {
  enrollment_group_id = var.plant
  provisioning_status = "enabled"
  attestation         = { symmetric_key = {} }
}

resource "azureiot_dps_device_disallow" "sensor" {
  for_each = var.blocked

  registration_id = each.key
  reason          = each.value
}

output "access" {
  description = "What becomes of each blocked sensor."
  value       = { for id, sensor in azureiot_dps_device_disallow.sensor : id => sensor.access }
}
