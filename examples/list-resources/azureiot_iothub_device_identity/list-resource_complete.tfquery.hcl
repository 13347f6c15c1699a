# Devices that are kept out of the hub, to bring them under Terraform with
# terraform query -generate-config-out=disabled.tf
list "azureiot_iothub_device_identity" "disabled" {
  provider = azureiot

  include_resource = true
  limit            = 1000

  config {
    status = "disabled"
  }
}

# IoT Edge gateways of one plant.
list "azureiot_iothub_device_identity" "gateways" {
  provider = azureiot

  config {
    device_id_prefix = "gateway-"
    tags             = { "location.plant" = "Thale" }
    condition        = "capabilities.iotEdge = true"
  }
}
