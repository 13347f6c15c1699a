# A key of a single device's enrollment:
#
#   terraform apply -invoke=action.azureiot_dps_rotate_keys.meter
action "azureiot_dps_rotate_keys" "meter" {
  config {
    registration_id = "meter-0815"
    key             = "secondary"
  }
}
