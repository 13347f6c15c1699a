# Identities that are disabled in the hub, with the reasons: who is kept out, for an audit.
data "azureiot_iothub_device_identities" "disabled" {
  status = "disabled"
}

output "kept_out" {
  value = {
    for identity in data.azureiot_iothub_device_identities.disabled.identities :
    identity.device_id => identity.status_reason
  }
}
