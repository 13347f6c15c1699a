variable "serial_number" { type = string }

data "azureiot_iothub_device_identities" "tagged" {
  tags = { "serial" = var.serial_number }
}

data "azureiot_dps_individual_enrollments" "all" {}

data "azureiot_dps_registrations" "thale" {
  enrollment_group_id = "plant-thale"
}

output "candidates" {
  value = {
    device_ids = data.azureiot_iothub_device_identities.tagged.identities[*].device_id
    enrolled = [
      for entry in data.azureiot_dps_individual_enrollments.all.individual_enrollments : entry.registration_id
      if strcontains(coalesce(entry.optional_device_information, " "), var.serial_number)
    ]
    registered = [
      for record in data.azureiot_dps_registrations.thale.registrations : record.registration_id
      if strcontains(lower(record.registration_id), lower(var.serial_number))
    ]
    certificates = [
      for entry in data.azureiot_dps_individual_enrollments.all.individual_enrollments : entry.registration_id
      if contains([
        trimprefix(try(entry.certificates.primary.serial_number, ""), "00"),
        trimprefix(try(entry.certificates.secondary.serial_number, ""), "00"),
      ], trimprefix(upper(replace(var.serial_number, ":", "")), "00"))
    ]
  }
}
