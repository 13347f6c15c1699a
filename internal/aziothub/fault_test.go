// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

const tracking = "3f1e0c5a9b7d4e6f8a2b1c0d9e8f7a6b"

// expectation is what an answer of the corpus has to become.
type expectation struct {
	code, message, tracking string
	is                      func(error) bool
}

func expectations() map[string]expectation {
	return map[string]expectation{
		"device_exists": {
			"DeviceAlreadyExists", "A device with ID 'Pump-1' is already registered.", strings.ToUpper(tracking),
			azrest.IsConflict,
		},
		"device_not_found":                {"DeviceNotFound", "Pump-1", tracking, azrest.IsNotFound},
		"device_not_found_without_header": {"DeviceNotFound", "Pump-1", tracking, azrest.IsNotFound},
		"failing_over":                    {"IotHubFailingOver", "The hub is failing over.", "b", isNot(azrest.IsNotFound)},
		"front_end_page":                  {"", "the answer is HTML, not JSON", "", isNot(azrest.IsNotFound)},
		"module_exists": {
			"ModuleAlreadyExistsOnDevice", "Device gw-1 in IotHub hub-one already contains Module telemetry.",
			"985ADF09E4114051", azrest.IsConflict,
		},
		"nested": {
			"DeviceNotOnline", "The operation failed because the requested device isn't online.",
			"aa761f96e9174d0e849c96a8b2e10a8c", isNot(azrest.IsNotFound),
		},
		"nested_twin_not_found": {
			"404001", "Device not found.", "aa761f96e9174d0e849c96a8b2e10a8c", azrest.IsNotFound,
		},
		"no_role": {
			"IotHubUnauthorized", "Principal user@example.com is not authorized for GET on /twins/Pump-1 due to no " +
				"assigned permissions", "3f1e0c5a", azrest.IsUnauthorized,
		},
		"stale_etag": {"PreconditionFailed", "PreconditionFailed", tracking, azrest.IsPreconditionFailed},
		"stale_etag_of_twin": {
			"PreconditionFailed", "ETag mismatch for device ID 'Pump-1'", "d0c1b2a3948576e7f8091a2b3c4d5e6f",
			azrest.IsPreconditionFailed,
		},
		"throttled": {
			"ThrottlingBacklogTimeout", "The request has been throttled. Wait 10 seconds and try again. Operation type: CRUD",
			tracking, azrest.IsThrottled,
		},
		"wrong_key": {"IotHubUnauthorizedAccess", "Unauthorized", tracking, azrest.IsUnauthorized},
	}
}

func TestFaults_becomeErrorsThatSayWhatTheHubSays(t *testing.T) {
	t.Parallel()
	answers, err := wiretest.Answers("iothub/faults")
	if err != nil {
		t.Fatal(err)
	}
	want := expectations()
	for _, answer := range answers {
		name := strings.TrimPrefix(answer.Name, "iothub/faults/")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, slices.Repeat([]exchange{{
				Method: "GET", Target: "/devices/Pump-1" + query,
				Status: answer.Status, Headers: answer.Headers, Answer: answer.Body,
			}}, tries(name))...)
			_, err := c.GetDevice(t.Context(), "Pump-1")
			e, ok := azrest.AsError(err)
			w, known := want[name]
			if !ok || !known || e.Status != answer.Status || e.Code != w.code || e.TrackingID != w.tracking ||
				!strings.HasPrefix(e.Message, w.message) || !w.is(err) {
				t.Errorf("error is %#v", err)
			}
		})
	}
}

// A 404 says that there is no identity only in the hub's own words: whatever stands between could say it as well.
func TestNotFound_isTheHubsCodeOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header map[string]string
		body   string
		want   bool
	}{
		"no device":          {nil, `{"Message":"ErrorCode:DeviceNotFound;Pump-1"}`, true},
		"no device, number":  {nil, `{"Message":"{\"errorCode\":404001}"}`, true},
		"no device, header":  {map[string]string{"Iothub-Errorcode": "DeviceNotFound"}, "", true},
		"no module":          {nil, `{"errorCode":404010,"message":"gone"}`, true},
		"no module, by name": {nil, `{"Message":"ErrorCode:ModuleNotFound;m"}`, true},
		"a device offline":   {nil, `{"errorCode":404103,"message":"not online"}`, false},
		"nothing":            {nil, "", false},
		"a page":             {nil, "<html>404</html>", false},
		"foreign JSON":       {nil, `{"error":"no route"}`, false},
		"a DPS":              {nil, `{"errorCode":404201,"message":"Enrollment not found."}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, exchange{
				Method: "GET", Target: "/devices/Pump-1" + query, Status: 404, Headers: test.header, Answer: test.body,
			})
			if _, err := c.GetDevice(t.Context(), "Pump-1"); err == nil || azrest.IsNotFound(err) != test.want {
				t.Errorf("error is %#v", err)
			}
		})
	}
}

func isNot(is func(error) bool) func(error) bool { return func(err error) bool { return !is(err) } }

// tries is how often a call is sent that always ends in the fault: waits of 10, 20, 40 and then 60 seconds fit 22
// times into twenty minutes.
func tries(fault string) int {
	if fault == "throttled" || fault == "failing_over" {
		return 22
	}
	return 1
}
