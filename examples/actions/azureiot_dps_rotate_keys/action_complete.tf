# First the key that no device holds. Then every device gets one derived from it, and
# registers with that. Only then the other key:
#
#   terraform apply -invoke=action.azureiot_dps_rotate_keys.field_secondary
#   terraform apply -invoke=action.azureiot_dps_rotate_keys.field_primary
action "azureiot_dps_rotate_keys" "field_secondary" {
  config {
    enrollment_group_id = "field"
    key                 = "secondary"
  }
}

action "azureiot_dps_rotate_keys" "field_primary" {
  config {
    enrollment_group_id = "field"
    key                 = "primary"
  }
}
