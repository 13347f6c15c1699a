# A record without a hub, such as one of a device that was refused:
#
#   terraform apply -invoke=action.azureiot_dps_delete_registration.gauge
action "azureiot_dps_delete_registration" "gauge" {
  config {
    registration_id = "gauge-thl-001"
  }
}
