# Keys are generated, and kept on every update. Left out, the status stays as operations set
# it.
resource "azureiot_iothub_device_identity" "pump" {
  device_id = "pump-1"

  authentication = {
    type = "sas"
  }
}

# A device with a certificate, staged until it is installed.
resource "azureiot_iothub_device_identity" "press" {
  device_id     = "press-1"
  status        = "disabled"
  status_reason = "not installed yet"

  authentication = {
    type               = "selfSigned"
    primary_thumbprint = "0B92CE2F9DF1A6BDB2AA4FBC5ECE1ED4B0F2C5F69E23D5E7E7C2B1F4A3E8D901"
  }
}

# An IoT Edge gateway, which nothing deletes by mistake, and a sensor below it.
resource "azureiot_iothub_device_identity" "gateway" {
  device_id    = "gateway-1"
  edge_enabled = true
  on_destroy   = "disable"

  authentication = {
    type = "certificateAuthority"
  }
}

resource "azureiot_iothub_device_identity" "sensor" {
  device_id    = "sensor-1"
  parent_scope = azureiot_iothub_device_identity.gateway.device_scope

  authentication = {
    type = "sas"
  }
}
