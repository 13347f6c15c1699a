# The group as it is now.
data "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant-thale"
}

output "plant_status" {
  value = data.azureiot_dps_enrollment_group.plant.provisioning_status
}
