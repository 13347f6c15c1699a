// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"net/http"
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

func FuzzReadFault(f *testing.F) {
	read := func(status int, header http.Header, body []byte) wiretest.Fault {
		fault := readFault(status, header, body)
		return wiretest.Fault{Code: fault.Code, Absent: fault.Absent}
	}
	wiretest.FuzzFaults(f, "iothub/faults", "iothub-errorcode", read,
		func(code string) bool { return slices.Contains(absentCodes(), code) })
}
