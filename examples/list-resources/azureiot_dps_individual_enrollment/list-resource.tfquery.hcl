# The individual enrollments of the instance, at most a hundred.
list "azureiot_dps_individual_enrollment" "all" {
  provider = azureiot
}
