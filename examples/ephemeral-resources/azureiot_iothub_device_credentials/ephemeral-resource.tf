# The keys of a device, and connection strings made of them. The values go where they are
# not stored: into write-only arguments, or the configuration of another provider.
ephemeral "azureiot_iothub_device_credentials" "pump" {
  device_id = "pump-1"
}
