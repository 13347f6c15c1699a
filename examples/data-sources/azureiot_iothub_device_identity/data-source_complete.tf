resource "azureiot_iothub_device_identity" "pump" {
  device_id = "pump-1"
}

# What changes by itself is here, and not on the resource. An identity that DPS made needs
# no depends_on.
data "azureiot_iothub_device_identity" "pump" {
  device_id = "pump-1"

  depends_on = [azureiot_iothub_device_identity.pump]
}

check "pump_may_connect" {
  assert {
    condition     = data.azureiot_iothub_device_identity.pump.status == "enabled"
    error_message = "The identity of pump-1 is disabled."
  }
}

output "pump_last_seen" {
  value = data.azureiot_iothub_device_identity.pump.last_activity_time
}
