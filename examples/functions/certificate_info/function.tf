output "expires" {
  value = provider::azureiot::certificate_info(file("${path.module}/sensor-thl-001.pem")).not_after
}
