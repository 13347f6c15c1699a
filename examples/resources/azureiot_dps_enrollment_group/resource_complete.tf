# All devices whose certificates the plant's authority signs. The second slot is for rolling
# the authority over.
resource "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant-thale"

  attestation = {
    x509 = {
      signing_certificates = {
        primary   = file("${path.module}/plant-thale.pem")
        secondary = file("${path.module}/plant-thale-2.pem")
      }
    }
  }

  allocation_policy = "hashed"

  initial_twin = {
    tags = jsonencode({ plant = "Thale" })
  }
}

# All devices with keys derived from the group's, which the service makes;
# azureiot_dps_derived_device_key derives them. Destroying the group takes its registration
# records along.
resource "azureiot_dps_enrollment_group" "field" {
  enrollment_group_id             = "field"
  delete_registrations_on_destroy = true

  attestation = {
    symmetric_key = {}
  }
}

# A webhook chooses the hub. Destroying disables the group and leaves it there.
resource "azureiot_dps_enrollment_group" "trial" {
  enrollment_group_id = "trial"
  allocation_policy   = "custom"
  on_destroy          = "disable"

  attestation = {
    symmetric_key = {}
  }

  custom_allocation = {
    webhook_url = "https://contoso-allocation.azurewebsites.net/api/choose"
    api_version = "2021-10-01"
  }
}
