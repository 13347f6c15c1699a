# By ID, at the provider block's DPS instance.
terraform import azureiot_dps_enrollment_group.plant plant-thale

# At another instance: terraform import azureiot_dps_enrollment_group.plant other.azure-devices-provisioning.net/plant-thale
