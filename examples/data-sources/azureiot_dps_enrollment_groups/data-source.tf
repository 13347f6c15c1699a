# Every enrollment group of the instance.
data "azureiot_dps_enrollment_groups" "all" {}

output "groups" {
  value = {
    for group in data.azureiot_dps_enrollment_groups.all.enrollment_groups :
    group.enrollment_group_id => group.provisioning_status
  }
}
