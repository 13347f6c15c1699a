# Devices whose certificate ends within thirty days, or has ended: their owners have to act.
data "azureiot_dps_individual_enrollments" "ending" {
  provisioning_status             = "enabled"
  attestation                     = "x509"
  certificate_expires_within_days = 30
}

check "certificates_are_renewed_in_time" {
  assert {
    condition     = length(data.azureiot_dps_individual_enrollments.ending.individual_enrollments) == 0
    error_message = join(", ", data.azureiot_dps_individual_enrollments.ending.individual_enrollments[*].registration_id)
  }
}
