# A stolen device that came in through an enrollment group. The plan says what happens to
# its individual enrollment and to its identity in the hub; destroying the resource changes
# nothing in Azure.
resource "azureiot_dps_device_disallow" "stolen" {
  registration_id = "sensor-thl-002"
  certificate_pem = file("${path.module}/sensor-thl-002.pem")
  reason          = "stolen from plant Thale, ticket 4711"
}

# Devices of which only the names are known: a symmetric-key entry blocks them just as well.
resource "azureiot_dps_device_disallow" "recalled" {
  for_each = toset(["sensor-thl-101", "sensor-thl-102"])

  registration_id = each.key
  reason          = "recalled"
}

# "blocked" is a promise. Where a device is not known to be out of every hub, access says
# partially_blocked, and this check warns of it in every plan and apply; the attribute tells
# which identities are the reason.
check "nobody_is_half_blocked" {
  assert {
    condition     = azureiot_dps_device_disallow.stolen.access == "blocked"
    error_message = "sensor-thl-002 may still get in: ${jsonencode(azureiot_dps_device_disallow.stolen.hub_identities)}"
  }
}

output "access" {
  value = { for id, device in azureiot_dps_device_disallow.recalled : id => device.access }
}
