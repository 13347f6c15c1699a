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

# The enrollment as it is now, with what the device last did. An enrollment made elsewhere
# needs no depends_on.
data "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = "sensor-thl-001"

  depends_on = [azureiot_dps_individual_enrollment.sensor]
}

check "sensor_certificate" {
  assert {
    condition = timecmp(
      data.azureiot_dps_individual_enrollment.sensor.certificates.primary.not_after, timeadd(plantimestamp(), "720h")
    ) > 0
    error_message = "The certificate of sensor-thl-001 ends within 30 days."
  }
}

output "sensor_hub" {
  value = data.azureiot_dps_individual_enrollment.sensor.registration.assigned_hub
}
