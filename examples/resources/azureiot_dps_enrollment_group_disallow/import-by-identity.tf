import {
  to = azureiot_dps_enrollment_group_disallow.leaked
  identity = {
    enrollment_group_id = "line-7"
    dps_hostname        = "contoso.azure-devices-provisioning.net"
  }
}
