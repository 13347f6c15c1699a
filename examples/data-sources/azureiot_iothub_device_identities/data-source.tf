# Identities that are disabled in the hub, with the reasons: who is kept out, for an audit.
data "azureiot_iothub_device_identities" "disabled" {
  status = "disabled"
  limit  = 10000
}

output "kept_out" {
  value = {
    for identity in data.azureiot_iothub_device_identities.disabled.identities :
    identity.device_id => identity.status_reason
  }
}

# Devices of one plant that still prove themselves with a key.
data "azureiot_iothub_device_identities" "keys" {
  authentication   = "sas"
  device_id_prefix = "sensor-"
  tags             = { "location.plant" = "Thale" }
}

check "no_keys_in_thale" {
  assert {
    condition = (data.azureiot_iothub_device_identities.keys.complete &&
    length(data.azureiot_iothub_device_identities.keys.identities) == 0)
    error_message = join(", ", data.azureiot_iothub_device_identities.keys.identities[*].device_id)
  }
}
