# By group ID, at the provider block's DPS instance.
terraform import azureiot_dps_enrollment_group_disallow.leaked line-7

# At another instance: terraform import azureiot_dps_enrollment_group_disallow.leaked other.azure-devices-provisioning.net/line-7
