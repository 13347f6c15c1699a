# A device with keys, which are generated and kept on every update. Left out, the status
# stays as operations set it.
resource "azureiot_iothub_device_identity" "pump" {
  device_id = "pump-1"

  authentication = {
    type = "sas"
  }
}
