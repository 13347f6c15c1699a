# The device has got a new device_id in its enrollment, which counts from its next first
# registration on:
#
#   terraform apply -invoke=action.azureiot_dps_delete_registration.sensor
#
# What the record says is told before it is gone. It names a hub, so that it has to be said
# that it may go.
action "azureiot_dps_delete_registration" "sensor" {
  config {
    registration_id = "sensor-thl-001"
    delete_evidence = true
  }
}
