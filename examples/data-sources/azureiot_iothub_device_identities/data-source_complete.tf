# Devices of one plant that still prove themselves with a key. The limit is for hubs with
# more than a thousand.
data "azureiot_iothub_device_identities" "keys" {
  authentication   = "sas"
  device_id_prefix = "sensor-"
  tags             = { "location.plant" = "Thale" }
  limit            = 10000
}

check "no_keys_in_thale" {
  assert {
    condition = (data.azureiot_iothub_device_identities.keys.complete &&
    length(data.azureiot_iothub_device_identities.keys.identities) == 0)
    error_message = join(", ", data.azureiot_iothub_device_identities.keys.identities[*].device_id)
  }
}

# Any condition of the hub's query language: IoT Edge gateways that are not connected.
data "azureiot_iothub_device_identities" "silent" {
  condition = "capabilities.iotEdge = true AND connectionState = 'Disconnected'"
}

output "silent_gateways" {
  value = data.azureiot_iothub_device_identities.silent.identities[*].device_id
}
