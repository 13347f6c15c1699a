# What changes by itself is here, and not on the resource.
data "azureiot_iothub_device_identity" "pump" {
  device_id = "pump-1"
}

output "pump_last_seen" {
  value = data.azureiot_iothub_device_identity.pump.last_activity_time
}
