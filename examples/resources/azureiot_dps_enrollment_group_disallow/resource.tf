# A group whose key was published: the group, and every device that came in through it.
# Where the group is managed as well, its resource leaves provisioning_status out.
resource "azureiot_dps_enrollment_group_disallow" "leaked" {
  enrollment_group_id = "line-7"
}
