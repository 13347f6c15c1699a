import {
  to = azureiot_dps_device_disallow.stolen
  identity = {
    registration_id = "sensor-thl-002"
    dps_hostname    = "contoso.azure-devices-provisioning.net"
  }
}
