variables {
  plant = "thale"
}

run "a_new_plant_admits_its_sensors" {
  assert {
    condition     = azureiot_dps_enrollment_group.sensors.provisioning_status == "enabled"
    error_message = "The group should be enabled."
  }
}

run "the_plan_says_what_a_block_does" {
  command = plan

  variables {
    blocked = { "thale-4711" = "stolen" }
  }

  assert {
    condition     = azureiot_dps_device_disallow.sensor["thale-4711"].enrollment_status == "disabled"
    error_message = "The individual enrollment should end disabled."
  }
}

run "a_stolen_sensor_is_blocked" {
  variables {
    blocked = { "thale-4711" = "stolen" }
  }

  assert {
    condition     = output.access["thale-4711"] == "blocked"
    error_message = "Got ${output.access["thale-4711"]}."
  }
}

run "a_sensor_of_another_plant_is_refused" {
  command = plan

  variables {
    blocked = { "halle-1" = "stolen" }
  }

  expect_failures = [var.blocked]
}
