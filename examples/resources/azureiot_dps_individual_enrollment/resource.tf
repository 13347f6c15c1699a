# A device with a certificate of its own: it may register. Left out, the status stays as
# operations set it.
resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = "sensor-thl-001"

  attestation = {
    x509 = {
      client_certificates = {
        primary = file("${path.module}/sensor-thl-001.pem")
      }
    }
  }
}
