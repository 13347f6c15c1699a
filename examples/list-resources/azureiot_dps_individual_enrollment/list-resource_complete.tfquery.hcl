# Enrollments that operations have disabled, to bring them under Terraform with
# terraform query -generate-config-out=disabled.tf
list "azureiot_dps_individual_enrollment" "disabled" {
  provider = azureiot

  include_resource = true
  limit            = 1000

  config {
    provisioning_status = "disabled"
  }
}

# Enrollments with a certificate that ends within a month, whose hub a webhook chooses.
list "azureiot_dps_individual_enrollment" "ending" {
  provider = azureiot

  config {
    attestation                     = "x509"
    allocation_policy               = "custom"
    certificate_expires_within_days = 30
  }
}
