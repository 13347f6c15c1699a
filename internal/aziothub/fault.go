// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// envelope has the members of both of the hub's error bodies:
//
//	{"Message":"ErrorCode:DeviceNotFound;dev1","ExceptionMessage":"Tracking ID:…-G:5-TimeStamp:…"}
//	{"errorCode":409301,"message":"…","trackingId":"…","timestampUtc":"…"}
//
// The second also comes as text inside the first one's Message.
type envelope struct {
	ErrorCode        json.RawMessage
	Message          string
	ExceptionMessage string
	TrackingID       string
}

// readFault reads the hub's error body. The header names the code best; numbers and prefixes follow.
func readFault(_ int, header http.Header, body []byte) azrest.Fault {
	fault := azrest.Fault{Code: header.Get("iothub-errorcode")}
	var outer envelope
	if json.Unmarshal(body, &outer) == nil {
		inner := outer
		if strings.HasPrefix(strings.TrimSpace(outer.Message), "{") {
			var nested envelope
			if json.Unmarshal([]byte(outer.Message), &nested) == nil {
				inner = nested
			}
		}
		code, message := splitCode(inner)
		if fault.Code == "" {
			fault.Code = code
		}
		fault.Message, fault.TrackingID = message, trackingID(inner, outer)
	}
	fault.Absent = slices.Contains(absentCodes(), fault.Code)
	fault.Transient = slices.Contains(transientCodes(), fault.Code)
	return fault
}

// absentCodes are those for an identity, a module or a twin that does not exist. Other 404s of a hub are about the
// state of a device, or of the hub.
func absentCodes() []string {
	return []string{"404001", "DeviceNotFound", "404010", "ModuleNotFound"}
}

// transientCodes are the codes whose HTTP status does not show that they pass: a hub that fails over answers 404.
func transientCodes() []string {
	return []string{"404012", "IotHubFailingOver", "503006", "IotHubRestoring"}
}

func splitCode(e envelope) (code, message string) {
	if number := strings.Trim(string(e.ErrorCode), `"`); number != "" && number != "null" {
		return number, e.Message
	}
	if rest, ok := strings.CutPrefix(e.Message, "ErrorCode:"); ok {
		if name, text, found := strings.Cut(rest, ";"); found {
			return name, text
		}
	}
	return "", e.Message
}

// trackingID is the ID alone: the text around it carries the gateway's number and the time.
func trackingID(inner, outer envelope) string {
	for _, text := range []string{inner.TrackingID, inner.ExceptionMessage, outer.ExceptionMessage} {
		id := strings.TrimSpace(strings.TrimPrefix(text, "Tracking ID:"))
		for _, end := range []string{"-G", "-TimeStamp", ":"} {
			id, _, _ = strings.Cut(id, end)
		}
		if id != "" {
			return id
		}
	}
	return ""
}
