import {
  to = azureiot_dps_device_disallow.stolen
  id = "sensor-thl-002"
}
