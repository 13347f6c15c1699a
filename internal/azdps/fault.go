// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// readFault reads the service's error body, which is flat:
//
//	{"errorCode":404201,"trackingId":"…","message":"…","timestampUtc":"…"}
//
// The code is also a header, which stands in for a body that is missing.
func readFault(_ int, header http.Header, body []byte) azrest.Fault {
	fault := readFlat(header, body)
	fault.Absent = saysAbsent(fault.Code)
	return fault
}

// saysAbsent tells whether a code is one of those for objects that do not exist: 404201, 404204 and so on. Which number
// belongs to which kind of object is documented for none.
func saysAbsent(code string) bool {
	return strings.HasPrefix(code, "404") && strings.Trim(code, "0123456789") == ""
}

func readFlat(header http.Header, body []byte) azrest.Fault {
	fault := azrest.Fault{Code: header.Get("x-ms-error-code")}
	var flat struct {
		ErrorCode        json.RawMessage
		Message          string
		TrackingID       string
		ExceptionMessage string
	}
	if json.Unmarshal(body, &flat) != nil {
		return fault
	}
	if code := strings.Trim(string(flat.ErrorCode), `"`); code != "" && code != "null" {
		fault.Code = code
	}
	fault.Message, fault.TrackingID = flat.Message, flat.TrackingID
	if fault.Code == "" && strings.HasPrefix(flat.Message, "ErrorCode:") {
		fault.Message = "the answer is an IoT hub's, not a DPS's: is the host name right? (" + flat.Message + ")"
	}
	return fault
}
