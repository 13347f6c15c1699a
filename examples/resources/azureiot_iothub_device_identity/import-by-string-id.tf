import {
  to = azureiot_iothub_device_identity.pump
  id = "pump-1"
}
