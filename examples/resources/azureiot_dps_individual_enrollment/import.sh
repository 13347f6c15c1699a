# By registration ID, at the provider block's DPS instance.
terraform import azureiot_dps_individual_enrollment.sensor sensor-thl-001

# At another instance: terraform import azureiot_dps_individual_enrollment.sensor other.azure-devices-provisioning.net/sensor-thl-001
