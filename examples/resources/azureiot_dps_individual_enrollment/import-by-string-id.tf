import {
  to = azureiot_dps_individual_enrollment.sensor
  id = "sensor-thl-001"
}
