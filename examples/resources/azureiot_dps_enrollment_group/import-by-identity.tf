import {
  to = azureiot_dps_enrollment_group.plant
  identity = {
    enrollment_group_id = "plant-thale"
    dps_hostname        = "contoso.azure-devices-provisioning.net"
  }
}
