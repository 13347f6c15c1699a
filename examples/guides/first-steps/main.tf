terraform {
  required_providers {
    azureiot = { source = "azureiot/azureiot" }
  }
}

# Every device with a certificate of the factory may enter.
resource "azureiot_dps_enrollment_group" "factory" {
  enrollment_group_id = "factory"
  attestation = {
    x509 = { signing_certificates = { primary = file("factory.pem") } }
  }
}
