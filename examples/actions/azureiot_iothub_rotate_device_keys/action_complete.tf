# The device holds the primary key. It gets the new secondary key before the primary one is
# renewed:
#
#   terraform apply -invoke=action.azureiot_iothub_rotate_device_keys.pump_secondary
#   terraform apply -invoke=action.azureiot_iothub_rotate_device_keys.pump_primary
action "azureiot_iothub_rotate_device_keys" "pump_secondary" {
  config {
    device_id = "pump-1"
    key       = "secondary"
  }
}

action "azureiot_iothub_rotate_device_keys" "pump_primary" {
  config {
    device_id = "pump-1"
    key       = "primary"
  }
}

# Both keys change places, so that the newer one is the primary key.
action "azureiot_iothub_rotate_device_keys" "pump_swap" {
  config {
    device_id = "pump-1"
    key       = "swap"
  }
}
