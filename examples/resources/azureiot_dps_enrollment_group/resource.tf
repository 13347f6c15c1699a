# All devices whose certificates the plant's authority signs may register.
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
