# The key that the device does not hold:
#
#   terraform apply -invoke=action.azureiot_iothub_rotate_device_keys.pump
action "azureiot_iothub_rotate_device_keys" "pump" {
  config {
    device_id = "pump-1"
    key       = "secondary"
  }
}
