# The enrollment groups of the instance, at most a hundred.
list "azureiot_dps_enrollment_group" "all" {
  provider = azureiot
}
