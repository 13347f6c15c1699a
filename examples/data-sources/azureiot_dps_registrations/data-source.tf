# The devices that registered through a group, with the hub of each.
data "azureiot_dps_registrations" "plant" {
  enrollment_group_id = "plant-thale"
}

output "hubs" {
  value = {
    for record in data.azureiot_dps_registrations.plant.registrations : record.registration_id => record.assigned_hub
  }
}
