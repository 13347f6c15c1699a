# By device ID, in the provider block's hub.
terraform import azureiot_iothub_device_identity.pump pump-1

# In another hub: terraform import azureiot_iothub_device_identity.pump contoso.azure-devices.net/pump-1
