// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

func TestFaults_becomeErrorsThatSayWhatTheServiceSays(t *testing.T) {
	t.Parallel()
	answers, err := wiretest.Answers("dps/faults")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		code, message string
		is            func(error) bool
		tracked       bool
	}{
		"attestation_missing":  {"400004", "TPM or X509 attestation is required.", nil, true},
		"code_in_header_only":  {"404201", "", azrest.IsNotFound, false},
		"enrollment_exists":    {"409201", "Enrollment already exists.", azrest.IsConflict, true},
		"enrollment_not_found": {"404201", "Enrollment not found.", azrest.IsNotFound, true},
		"group_exists":         {"409202", "EnrollmentGroup already exists.", azrest.IsConflict, true},
		"group_not_found":      {"404204", "EnrollmentGroup not found.", azrest.IsNotFound, true},
		"other_service":        {"", "the answer is an IoT hub's, not a DPS's", nil, false},
		"precondition_failed":  {"412201", "Precondition failed.", azrest.IsPreconditionFailed, true},
		"proxy_page":           {"", "the answer is HTML, not JSON", azrest.IsForbidden, false},
		"throttled":            {"429001", "Too many requests.", azrest.IsThrottled, true},
		"unauthorized":         {"401002", "Unauthorized", azrest.IsUnauthorized, true},
	}
	for _, answer := range answers {
		name := strings.TrimPrefix(answer.Name, "dps/faults/")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, slices.Repeat([]exchange{{
				Method: "GET", Target: "/enrollments/dev" + query,
				Status: answer.Status, Headers: answer.Headers, Answer: answer.Body,
			}}, tries(answer.Status))...)
			_, err := c.GetIndividualEnrollment(t.Context(), "dev")
			e, ok := azrest.AsError(err)
			w, expected := want[name]
			if !ok || !expected || e.Status != answer.Status || e.Code != w.code ||
				!strings.HasPrefix(e.Message, w.message) {
				t.Fatalf("error is %#v", err)
			}
			if w.is != nil && !w.is(err) || (e.TrackingID != "") != w.tracked || e.Service != "DPS" ||
				e.Host != "mydps.azure-devices-provisioning.net" {
				t.Errorf("error is %#v", e)
			}
		})
	}
}

// A 404 says that there is no entry only in the service's own words: whatever stands between could say it as well.
func TestNotFound_isTheServicesNumberOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header map[string]string
		body   string
		want   bool
	}{
		"a number in the body":   {nil, `{"errorCode":404204,"message":"gone"}`, true},
		"a number in the header": {map[string]string{"X-Ms-Error-Code": "404201"}, "", true},
		"nothing":                {nil, "", false},
		"a page":                 {nil, "<html>404</html>", false},
		"foreign JSON":           {nil, `{"error":{"code":"ResourceNotFound"}}`, false},
		"foreign text as a code": {nil, `{"errorCode":"NotFound"}`, false},
		"a hub":                  {nil, `{"Message":"ErrorCode:DeviceNotFound;dev"}`, false},
		"another number":         {nil, `{"errorCode":400004,"message":"no"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, exchange{
				Method: "GET", Target: "/enrollments/dev" + query, Status: 404, Headers: test.header, Answer: test.body,
			})
			if _, err := c.GetIndividualEnrollment(t.Context(), "dev"); err == nil || azrest.IsNotFound(err) != test.want {
				t.Errorf("error is %#v", err)
			}
		})
	}
}

// tries is how often a call is sent whose answer always has the status: with Retry-After 5 in the corpus, a throttled
// call spends its twenty minutes in that many steps.
func tries(status int) int {
	if status == 429 {
		return 241
	}
	return 1
}
