# By registration ID, at the provider block's DPS instance.
terraform import azureiot_dps_device_disallow.stolen sensor-thl-002

# At another instance: terraform import azureiot_dps_device_disallow.stolen other.azure-devices-provisioning.net/sensor-thl-002
