import {
  to = azureiot_dps_enrollment_group_disallow.leaked
  id = "line-7"
}
