# A plant that was sold, with everything that can be said of it. A large group takes several
# applies: each goes on for half an hour and ends with an error that counts what is pending.
resource "azureiot_dps_enrollment_group_disallow" "sold" {
  enrollment_group_id  = "plant-thale"
  reason               = "plant Thale sold, ticket 4711"
  hub_identity_action  = "disable"
  delete_registrations = true
  on_destroy           = "prevent"

  timeouts = {
    create = "30m"
    update = "30m"
  }
}

# "blocked" is a promise. Where a device may still get in, access says partially_blocked,
# and the counts tell why.
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
