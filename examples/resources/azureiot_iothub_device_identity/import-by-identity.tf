import {
  to = azureiot_iothub_device_identity.pump
  identity = {
    device_id       = "pump-1"
    iothub_hostname = "contoso.azure-devices.net"
  }
}
