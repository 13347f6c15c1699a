import {
  to = azureiot_dps_individual_enrollment.sensor
  identity = {
    registration_id = "sensor-thl-001"
    dps_hostname    = "contoso.azure-devices-provisioning.net"
  }
}
