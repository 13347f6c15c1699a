# What a device does: it asks DPS for its hub, and sends a message there. It proves itself with its certificate.
id=$1
device="curl -s --cacert $AZUREIOT_CA_CERTIFICATE_FILE --cert $id.pem --key $id.key"
registration=https://$AZUREIOT_DPS_DEVICE_HOSTNAME/$AZUREIOT_DPS_ID_SCOPE/registrations/$id

operation=$($device -X PUT "$registration/register?api-version=2021-06-01" \
  -H 'Content-Type: application/json' -d "{\"registrationId\":\"$id\"}" | jq -r '.operationId // "none"')
status=$($device "$registration/operations/$operation?api-version=2021-06-01" | jq -r '.status // "refused"')
hub=$($device -o /dev/null -w '%{http_code}' -d hello \
  "https://$AZUREIOT_IOTHUB_HOSTNAME/devices/$id/messages/events?api-version=2021-04-12")
echo "$id: DPS says $status, its hub answers $hub"
