import {
  to = azureiot_dps_enrollment_group.plant
  id = "plant-thale"
}
