// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

const bulkTarget = "/devices" + query

// An update sends all of an identity, with its keys, or they would be made anew; and its ETag, without quotes.
func TestUpdateDevices_sendsEachIdentityWhole(t *testing.T) {
	t.Parallel()
	c := client(t, exchange{
		Method: "POST", Target: bulkTarget, Status: 200, Answer: `{"isSuccessful":true,"errors":[],"warnings":[]}`,
		Body: `[{"id":"Pump-1","eTag":"Zg==","importMode":"updateIfMatchETag","status":"disabled","statusReason":"sold",` +
			`"authentication":{"symmetricKey":{"primaryKey":"p","secondaryKey":"s"},"type":"sas"},` +
			`"capabilities":{"iotEdge":true},"deviceScope":"ms-azure-iot-edge://Pump-1-1","parentScopes":["parent"]}]`,
	})
	var device aziothub.Device
	if err := json.Unmarshal([]byte(`{"deviceId":"Pump-1","generationId":"7","etag":"Zg==","status":"enabled",`+
		`"statusReason":null,"authentication":{"symmetricKey":{"primaryKey":"p","secondaryKey":"s"},"type":"sas"},`+
		`"capabilities":{"iotEdge":true},"deviceScope":"ms-azure-iot-edge://Pump-1-1","parentScopes":["parent"]}`),
		&device); err != nil {
		t.Fatal(err)
	}
	device.ETag, device.Status, device.StatusReason = `"Zg=="`, aziothub.StatusDisabled, new("sold")
	if errs, err := c.UpdateDevices(t.Context(), []aziothub.Device{device}); err != nil || len(errs) > 0 {
		t.Error(errs, err)
	}
}

func TestDeleteDevices_namesEachVersion(t *testing.T) {
	t.Parallel()
	c := client(t, exchange{
		Method: "POST", Target: bulkTarget, Status: 200, Answer: `{"isSuccessful":true,"errors":[],"warnings":[]}`,
		Body: `[{"id":"a","eTag":"MQ==","importMode":"deleteIfMatchETag","statusReason":null}]`,
	})
	errs, err := c.DeleteDevices(t.Context(), []aziothub.Version{{DeviceID: "a", ETag: "MQ=="}})
	if err != nil || len(errs) > 0 {
		t.Error(errs, err)
	}
}

// A 400 with a result is an answer for each device: codes are numbers in traffic and names in the specification.
func TestBulk_tellsWhichDevicesWereRefused(t *testing.T) {
	t.Parallel()
	for name, codes := range map[string][3]string{
		"numbers": {"412002", "404001", "429001"},
		"names":   {`"PreconditionFailed"`, `"DeviceNotFound"`, `"ThrottlingException"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, exchange{
				Method: "POST", Target: bulkTarget, Status: 400,
				Body: `[{"id":"done","eTag":"1","importMode":"deleteIfMatchETag","statusReason":null},` +
					`{"id":"changed","eTag":"1","importMode":"deleteIfMatchETag","statusReason":null},` +
					`{"id":"gone","eTag":"1","importMode":"deleteIfMatchETag","statusReason":null},` +
					`{"id":"later","eTag":"1","importMode":"deleteIfMatchETag","statusReason":null}]`,
				Answer: `{"isSuccessful":false,"errors":[{"deviceId":"changed","errorCode":` + codes[0] +
					`,"errorStatus":"stale"},{"deviceId":"gone","errorCode":` + codes[1] +
					`,"errorStatus":"none"},{"deviceId":"later","errorCode":` + codes[2] + `,"errorStatus":"busy"}],"warnings":[]}`,
			})
			errs, err := c.DeleteDevices(t.Context(), versions("done", "changed", "gone", "later"))
			switch {
			case err != nil || len(errs) != 3 || errs["done"] != nil:
				t.Fatal(errs, err)
			case !azrest.IsPreconditionFailed(errs["changed"]), !azrest.IsNotFound(errs["gone"]),
				!azrest.IsThrottled(errs["later"]):
				t.Error(errs)
			}
			if said := errs["changed"].Error(); !strings.Contains(said, "stale") ||
				!strings.Contains(said, strings.Trim(codes[0], `"`)) {
				t.Error(said)
			}
		})
	}
}

// What does not tell which devices it refuses may have been done for any of them.
func TestBulk_answerThatCannotBeReadLeavesEveryDeviceInDoubt(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"nobody":        `{"isSuccessful":false,"errors":[],"warnings":[]}`,
		"somebody else": `{"isSuccessful":false,"errors":[{"deviceId":"b","errorCode":412002,"errorStatus":""}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, exchange{
				Method: "POST", Target: bulkTarget, Status: 400, Answer: answer,
				Body: `[{"id":"a","eTag":"1","importMode":"deleteIfMatchETag","statusReason":null}]`,
			})
			if errs, err := c.DeleteDevices(t.Context(), versions("a")); len(errs) > 0 || !azrest.MaybeDone(err) {
				t.Error(errs, err)
			}
		})
	}
}

// The service's envelope refuses the call as a whole, and nothing of it was carried out.
func TestBulk_envelopeRefusesTheWholeCall(t *testing.T) {
	t.Parallel()
	c := client(t, exchange{
		Method: "POST", Target: bulkTarget, Status: 400,
		Body:   `[{"id":"a","eTag":"1","importMode":"deleteIfMatchETag","statusReason":null}]`,
		Answer: `{"Message":"ErrorCode:DeviceDefinedMultipleTimes;a","ExceptionMessage":"Tracking ID:7"}`,
	})
	errs, err := c.DeleteDevices(t.Context(), versions("a"))
	refusal, ok := azrest.AsError(err)
	if len(errs) > 0 || !ok || refusal.Code != "DeviceDefinedMultipleTimes" || azrest.MaybeDone(err) {
		t.Error(errs, err)
	}
}

// An empty ETag is no condition to the hub.
func TestBulk_withoutAnETagIsNotSent(t *testing.T) {
	t.Parallel()
	_, err := client(t).DeleteDevices(t.Context(), []aziothub.Version{{DeviceID: "a"}})
	if !azrest.IsUnsent(err) {
		t.Error(err)
	}
}

func versions(ids ...string) []aziothub.Version {
	var all []aziothub.Version
	for _, id := range ids {
		all = append(all, aziothub.Version{DeviceID: id, ETag: "1"})
	}
	return all
}
