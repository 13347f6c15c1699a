# The group is disabled, its devices are blocked in their hubs, and where they were is saved
# elsewhere:
#
#   terraform apply -invoke=action.azureiot_dps_purge_registrations.thale
#
# It is refused should the group be enabled.
action "azureiot_dps_purge_registrations" "thale" {
  config {
    enrollment_group_id = "plant-thale"
    delete_evidence     = true
  }
}
