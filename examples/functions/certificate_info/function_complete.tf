locals {
  pem         = file("${path.module}/sensor-thl-001.pem")
  certificate = provider::azureiot::certificate_info(local.pem)
}

# The registration ID of an X.509 device is its certificate's common name.
resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = local.certificate.subject_common_name

  attestation = {
    x509 = {
      client_certificates = {
        primary = local.pem
      }
    }
  }
}
