# The records of a disabled group, none of which names a hub:
#
#   terraform apply -invoke=action.azureiot_dps_purge_registrations.trial
action "azureiot_dps_purge_registrations" "trial" {
  config {
    enrollment_group_id = "trial"
  }
}
