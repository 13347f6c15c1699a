# Every enrollment group of the instance, to import with
# terraform query -generate-config-out=groups.tf
list "azureiot_dps_enrollment_group" "all" {
  provider = azureiot

  include_resource = true
}

# Groups whose devices share a key, and are still let in.
list "azureiot_dps_enrollment_group" "keys" {
  provider = azureiot

  config {
    provisioning_status = "enabled"
    attestation         = "symmetricKey"
  }
}
