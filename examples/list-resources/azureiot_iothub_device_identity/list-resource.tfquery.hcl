# The device identities of the hub, at most a hundred.
list "azureiot_iothub_device_identity" "all" {
  provider = azureiot
}
