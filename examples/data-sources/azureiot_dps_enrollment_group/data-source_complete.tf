resource "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant-thale"

  attestation = {
    x509 = {
      signing_certificates = {
        primary = file("${path.module}/plant-thale.pem")
      }
    }
  }
}

# The group as it is now. A group made elsewhere needs no depends_on.
data "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant-thale"

  depends_on = [azureiot_dps_enrollment_group.plant]
}

check "plant_is_open" {
  assert {
    condition     = data.azureiot_dps_enrollment_group.plant.provisioning_status == "enabled"
    error_message = "Devices of the plant cannot register: the group is disabled."
  }
}
