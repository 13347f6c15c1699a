// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"net/http"
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// Whatever a service or a proxy answers can be read, and says that an object is absent by the service's own code only.
func FuzzReadFault(f *testing.F) {
	answers, err := wiretest.Answers("iothub/faults")
	if err != nil {
		f.Fatal(err)
	}
	for _, answer := range answers {
		f.Add(answer.Status, answer.Headers["iothub-errorcode"], answer.Body)
	}
	f.Add(404, "", "<html></html>")
	f.Add(404, "404", "{\"errorCode\":{},\"Message\":[]}")
	f.Add(500, "\xff", "{\"Message\":\"{\"}")
	f.Fuzz(func(t *testing.T, status int, code, body string) {
		fault := readFault(status, http.Header{http.CanonicalHeaderKey("iothub-errorcode"): {code}}, []byte(body))
		if fault.Absent && (!slices.Contains(absentCodes(), fault.Code)) {
			t.Errorf("%q does not say that the object is absent", fault.Code)
		}
	})
}
