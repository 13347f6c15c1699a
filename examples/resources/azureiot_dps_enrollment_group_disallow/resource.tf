# A group whose key was published: the group and every device that came in through it. The group itself is managed beside, and
# leaves its provisioning_status out, so that nothing enables it again.
resource "azureiot_dps_enrollment_group" "leaked" {
  enrollment_group_id = "line-7"
  attestation         = { symmetric_key = {} }
}

resource "azureiot_dps_enrollment_group_disallow" "leaked" {
  enrollment_group_id = azureiot_dps_enrollment_group.leaked.enrollment_group_id
}

# A plant that was sold, with everything that can be said of it. A large group takes several applies: each goes on for
# half an hour and ends with an error that counts what is pending.
resource "azureiot_dps_enrollment_group" "thale" {
  enrollment_group_id = "plant-thale"
  attestation         = { symmetric_key = {} }
}

resource "azureiot_dps_enrollment_group_disallow" "sold" {
  enrollment_group_id  = azureiot_dps_enrollment_group.thale.enrollment_group_id
  reason               = "plant Thale sold, ticket 4711"
  hub_identity_action  = "disable"
  delete_registrations = true

  timeouts = {
    create = "30m"
    update = "30m"
  }
}

# "blocked" is a promise. Where a device may still get in, access says partially_blocked, and the counts tell why.
check "nobody_of_thale_gets_in" {
  assert {
    condition = azureiot_dps_enrollment_group_disallow.sold.access == "blocked"
    error_message = join(" ", [
      "Devices of plant-thale may still get in:",
      "${azureiot_dps_enrollment_group_disallow.sold.pending_count} pending,",
      "${azureiot_dps_enrollment_group_disallow.sold.unplaced_count} in no known hub,",
      "${azureiot_dps_enrollment_group_disallow.sold.individually_admitted_count} with enrollments of their own.",
    ])
  }
}
