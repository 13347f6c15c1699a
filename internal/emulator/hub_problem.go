// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// hubCode is one of the service's numeric error codes; its first three digits are
// the HTTP status.
type hubCode int

const (
	hubInvalidProtocolVersion hubCode = 400001
	hubArgumentInvalid        hubCode = 400004
	hubArgumentNull           hubCode = 400005
	hubDefinedMultipleTimes   hubCode = 400011
	hubInvalidDeviceScope     hubCode = 400028
	hubInvalidPolicyKey       hubCode = 400035
	hubUnauthorizedAccess     hubCode = 401002
	hubUnauthorized           hubCode = 401003
	hubSystemModule           hubCode = 401100
	hubQuotaExceeded          hubCode = 403002
	hubDeviceDisabled         hubCode = 403012
	hubDeviceNotFound         hubCode = 404001
	hubModuleNotFound         hubCode = 404010
	hubDeviceExists           hubCode = 409001
	hubModuleExists           hubCode = 409301
	hubPreconditionFailed     hubCode = 412001
	hubMessageTooLarge        hubCode = 413001
	hubTooManyDevices         hubCode = 413002
	hubTooManyModules         hubCode = 413003
	hubBacklogTimeout         hubCode = 429003
	hubNotModelled            hubCode = 501000
	hubServiceUnavailable     hubCode = 503001
)

// name is the code as the header iothub-errorcode carries it.
func (c hubCode) name() string {
	switch c {
	case hubInvalidProtocolVersion:
		return "InvalidProtocolVersion"
	case hubArgumentInvalid:
		return "ArgumentInvalid"
	case hubArgumentNull:
		return "ArgumentNull"
	case hubDefinedMultipleTimes:
		return "DeviceDefinedMultipleTimes"
	case hubInvalidDeviceScope:
		return "InvalidDeviceScope"
	case hubInvalidPolicyKey:
		return "InvalidPolicyKey"
	case hubUnauthorizedAccess:
		return "IotHubUnauthorizedAccess"
	case hubUnauthorized:
		return "IotHubUnauthorized"
	case hubSystemModule:
		return "SystemModuleModifyUnauthorizedAccess"
	case hubQuotaExceeded:
		return "IotHubQuotaExceeded"
	case hubDeviceDisabled:
		return "DeviceDisabled"
	case hubDeviceNotFound:
		return "DeviceNotFound"
	case hubModuleNotFound:
		return "ModuleNotFound"
	case hubDeviceExists:
		return "DeviceAlreadyExists"
	case hubModuleExists:
		return "ModuleAlreadyExistsOnDevice"
	case hubPreconditionFailed:
		return "PreconditionFailed"
	case hubMessageTooLarge:
		return "MessageTooLarge"
	case hubTooManyDevices:
		return "TooManyDevices"
	case hubTooManyModules:
		return "TooManyModulesOnDevice"
	case hubBacklogTimeout:
		return "ThrottlingBacklogTimeout"
	case hubServiceUnavailable:
		return "ServiceUnavailable"
	default:
		return "NotModelledByTheEmulator"
	}
}

// status is the HTTP status that goes with the code.
func (c hubCode) status() int { return int(c) / 1000 }

// hubEnvelope is the shape an error body takes; the service has several.
type hubEnvelope int

const (
	envelopePlain  hubEnvelope = iota // {"Message":"ErrorCode:Name;text","ExceptionMessage":...}
	envelopeCoded                     // {"errorCode":409301,"message":...,"trackingId":...,"timestampUtc":...}
	envelopeNested                    // envelopeCoded as text inside the Message of envelopePlain
)

// hubProblem is a refusal in the hub's words.
type hubProblem struct {
	code     hubCode
	text     string
	envelope hubEnvelope
	detail   string // for people, in a header that only the emulator has
}

// problemf makes a refusal in the plain envelope.
func problemf(code hubCode, format string, args ...any) *hubProblem {
	return &hubProblem{code: code, text: fmt.Sprintf(format, args...)}
}

// Error lets a refusal leave the hub through provision.
func (p *hubProblem) Error() string { return p.code.name() + ": " + p.text }

func deviceNotFound(id string) *hubProblem { return problemf(hubDeviceNotFound, "%s", id) }

func staleETag() *hubProblem {
	return problemf(hubPreconditionFailed, "PreconditionFailed, ETag may be invalid.")
}

type plainErrorBody struct {
	Message          string `json:"Message"`
	ExceptionMessage string `json:"ExceptionMessage"`
}

type codedErrorBody struct {
	ErrorCode    int    `json:"errorCode"`
	Message      string `json:"message"`
	TrackingID   string `json:"trackingId"`
	TimestampUTC string `json:"timestampUtc"`
}

// body renders the refusal. Recorded traffic has two kinds of tracking ID: on identity
// paths it is the request ID without dashes, on twin paths another one without "-G:".
func (p *hubProblem) body(h *Hub, requestID string, twinPath bool) []byte {
	now := h.now().UTC()
	tracking := strings.ReplaceAll(requestID, "-", "")
	switch {
	case twinPath:
		tracking = hex.EncodeToString(h.bytes(16)) + "-TimeStamp:" + now.Format("01/02/2006 15:04:05")
	case h.choices.UpperCaseTracking:
		tracking = strings.ToUpper(tracking) + "-G2:-TimeStamp:" + now.Format(time.RFC3339Nano)
	default:
		tracking += "-G:0-TimeStamp:" + now.Format("01/02/2006 15:04:05")
	}
	coded := codedErrorBody{int(p.code), p.text, tracking, now.Format("2006-01-02T15:04:05Z")}
	switch p.envelope {
	case envelopeCoded:
		return hubJSON(coded)
	case envelopeNested:
		return hubJSON(plainErrorBody{Message: string(hubJSON(coded))})
	default:
		return hubJSON(plainErrorBody{"ErrorCode:" + p.code.name() + ";" + p.text, "Tracking ID:" + tracking})
	}
}

// writeProblem answers with a refusal.
func (h *Hub) writeProblem(w http.ResponseWriter, r *http.Request, p *hubProblem) {
	requestID := h.newRequestID()
	twinPath := strings.HasPrefix(strings.ToLower(r.URL.Path), "/twins")
	header := w.Header()
	header.Set("iothub-errorcode", p.code.name())
	if p.detail != "" {
		header.Set("x-emulator-detail", p.detail)
	}
	if p.code.status() == http.StatusTooManyRequests {
		// A throttled answer carries no Retry-After and closes the connection (observed live).
		header.Set("Connection", "close")
	}
	h.write(w, p.code.status(), requestID, p.body(h, requestID, twinPath))
}

// writeUnauthorized answers 401 in the hub's words. c is the zero caller when nobody
// was recognised; a recognised Entra principal is named in the text. The hub never
// answers 403 for a missing permission.
func (h *Hub) writeUnauthorized(w http.ResponseWriter, r *http.Request, c caller) {
	if c.mode == "entra" && c.principal != "" {
		h.writeProblem(w, r, problemf(hubUnauthorized,
			"Principal %s is not authorized for %s on %s due to no assigned permissions",
			c.principal, r.Method, r.URL.Path))
		return
	}
	h.writeProblem(w, r, problemf(hubUnauthorizedAccess, "Unauthorized"))
}

// writeThrottled answers 429 in the hub's words.
func (h *Hub) writeThrottled(w http.ResponseWriter, r *http.Request) {
	h.writeProblem(w, r, problemf(hubBacklogTimeout,
		"The request has been throttled. Wait 10 seconds and try again. Operation type: CRUD"))
}

// writeNotModelled answers 501: the emulator does not know this part of the service.
func (h *Hub) writeNotModelled(w http.ResponseWriter, r *http.Request) {
	h.writeProblem(w, r, problemf(hubNotModelled, "The emulator does not model %s %s of an IoT Hub.",
		r.Method, r.URL.Path))
}
