// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// The hub's errors that the emulator uses, with the names that the header iothub-errorcode has.
const (
	codeInvalidProtocolVersion wire.Code = "400001 InvalidProtocolVersion"
	codeArgumentInvalid        wire.Code = "400004 ArgumentInvalid"
	codeArgumentNull           wire.Code = "400005 ArgumentNull"
	codeDefinedMultipleTimes   wire.Code = "400011 DeviceDefinedMultipleTimes"
	codeInvalidDeviceScope     wire.Code = "400028 InvalidDeviceScope"
	codeInvalidPolicyKey       wire.Code = "400035 InvalidPolicyKey"
	codeUnauthorizedAccess     wire.Code = "401002 IotHubUnauthorizedAccess"
	codeUnauthorized           wire.Code = "401003 IotHubUnauthorized"
	codeSystemModule           wire.Code = "401100 SystemModuleModifyUnauthorizedAccess"
	codeQuotaExceeded          wire.Code = "403002 IotHubQuotaExceeded"
	codeQueueFull              wire.Code = "403004 DeviceMaximumQueueDepthExceeded"
	codeDeviceDisabled         wire.Code = "403012 DeviceDisabled"
	codeDeviceNotFound         wire.Code = "404001 DeviceNotFound"
	codeModuleNotFound         wire.Code = "404010 ModuleNotFound"
	codeDeviceNotOnline        wire.Code = "404103 DeviceNotOnline"
	codeDeviceExists           wire.Code = "409001 DeviceAlreadyExists"
	codeModuleExists           wire.Code = "409301 ModuleAlreadyExistsOnDevice"
	codePreconditionFailed     wire.Code = "412001 PreconditionFailed"
	codeLockLost               wire.Code = "412002 DeviceMessageLockLost"
	codeMessageTooLarge        wire.Code = "413001 MessageTooLarge"
	codeTooManyDevices         wire.Code = "413002 TooManyDevices"
	codeTooManyModules         wire.Code = "413003 TooManyModulesOnDevice"
	codeBacklogTimeout         wire.Code = "429003 ThrottlingBacklogTimeout"
	codeNotModelled            wire.Code = "501000 NotModelledByTheEmulator"
	codeServiceUnavailable     wire.Code = "503001 ServiceUnavailable"
	codeGatewayTimeout         wire.Code = "504101 GatewayTimeout"
)

// problemf makes a refusal in the plain envelope.
func problemf(code wire.Code, format string, args ...any) *wire.Problem {
	return &wire.Problem{Code: code, Text: fmt.Sprintf(format, args...)}
}

func deviceNotFound(id string) *wire.Problem { return problemf(codeDeviceNotFound, "%s", id) }

func deviceExists(id string) *wire.Problem {
	return problemf(codeDeviceExists, "A device with ID '%s' is already registered.", id)
}

func moduleNotFound(deviceID, id string) *wire.Problem {
	return problemf(codeModuleNotFound, "Module %s on device %s", id, deviceID)
}

func moduleExists(hub, deviceID, id string) *wire.Problem {
	return problemf(codeModuleExists, "Device %s in IotHub %s already contains Module %s.", deviceID, hub, id)
}

func staleETag() *wire.Problem {
	return problemf(codePreconditionFailed, "PreconditionFailed, ETag may be invalid.")
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

// errorBody renders a refusal. Recorded traffic has two kinds of tracking ID: on identity
// paths it is the request ID without dashes, on twin paths another one without "-G:".
func (h *Hub) errorBody(p *wire.Problem, requestID string, twinPath bool) any {
	now := h.now().UTC()
	tracking := strings.ReplaceAll(requestID, "-", "")
	switch {
	case twinPath:
		tracking = hex.EncodeToString(h.random.Bytes(16)) + "-TimeStamp:" + now.Format("01/02/2006 15:04:05")
	case h.choices.UpperCaseTracking:
		tracking = strings.ToUpper(tracking) + "-G2:-TimeStamp:" + now.Format(time.RFC3339Nano)
	default:
		tracking += "-G:0-TimeStamp:" + now.Format("01/02/2006 15:04:05")
	}
	coded := codedErrorBody{p.Code.Number(), p.Text, tracking, now.Format("2006-01-02T15:04:05Z")}
	switch p.Envelope {
	case wire.Coded:
		return coded
	case wire.Nested:
		return plainErrorBody{Message: string(wire.JSON(coded))}
	default:
		return plainErrorBody{"ErrorCode:" + p.Code.Name() + ";" + p.Text, "Tracking ID:" + tracking}
	}
}

// refusal is the answer that a problem ends in.
func (h *Hub) refusal(r *http.Request, p *wire.Problem, requestID string) *wire.Reply {
	twinPath := strings.HasPrefix(strings.ToLower(r.URL.Path), "/twins")
	reply := wire.Answer(p.Code.Status(), h.errorBody(p, requestID, twinPath))
	reply.Header.Set("iothub-errorcode", p.Code.Name())
	if reply.Status == http.StatusTooManyRequests {
		// A throttled answer carries no Retry-After and closes the connection (observed live).
		reply.Header.Set("Connection", "close")
	}
	maps.Copy(reply.Header, p.Header)
	return reply
}

// words are the refusals at the front.
type words struct{}

// CheckVersion takes any dated api-version; which ones the service still takes is unknown.
func (words) CheckVersion(version string) *wire.Problem {
	if !wire.IsVersion(version) {
		return problemf(codeInvalidProtocolVersion, "The api-version is missing or invalid")
	}
	return nil
}

// NotModelled is 501: the emulator does not know this part of the service.
func (words) NotModelled(r *http.Request, _ bool) *wire.Problem {
	return problemf(codeNotModelled, "The emulator does not model %s %s of an IoT Hub.", r.Method, r.URL.Path)
}

// Unauthorized names an Entra principal that was recognised. The hub never answers 403 for a missing permission.
func (words) Unauthorized(r *http.Request, c caller.Caller) *wire.Problem {
	if c.Mode == caller.Entra && c.Principal != "" {
		return problemf(codeUnauthorized, "Principal %s is not authorized for %s on %s due to no assigned permissions",
			c.Principal, r.Method, r.URL.Path)
	}
	return unauthorized()
}

// Throttled does not say when to try again (observed live).
func (words) Throttled(time.Duration) *wire.Problem {
	return problemf(codeBacklogTimeout,
		"The request has been throttled. Wait 10 seconds and try again. Operation type: CRUD")
}

// TooLarge is what the documentation lists for too large a message.
func (words) TooLarge() *wire.Problem {
	return problemf(codeMessageTooLarge, "The request is too large")
}

func unauthorized() *wire.Problem { return problemf(codeUnauthorizedAccess, "Unauthorized") }

// write sends an answer or a refusal with the headers that every recorded answer has.
func (h *Hub) write(w http.ResponseWriter, r *http.Request, reply *wire.Reply, p *wire.Problem) {
	requestID := h.random.GUID()
	if p != nil {
		reply = h.refusal(r, p, requestID)
	}
	w.Header().Set("Server", "Microsoft-HTTPAPI/2.0")
	w.Header().Set("Vary", "Origin")
	reply.Write(w, requestID)
}

// Refuse writes an injected error status as an IoT Hub words it.
func (h *Hub) Refuse(w http.ResponseWriter, r *http.Request, status int) {
	if code, known := injectedCodes()[status]; known {
		h.write(w, r, nil, problemf(code, "%s", http.StatusText(status)))
		return
	}
	w.Header().Set("Iothub-Errorcode", "ServerError")
	wire.WriteJSON(w, status, plainErrorBody{
		Message:          "ErrorCode:ServerError;" + http.StatusText(status),
		ExceptionMessage: "Tracking ID:" + strings.ReplaceAll(h.random.GUID(), "-", ""),
	})
}

// injectedCodes are the commonest errors of a hub by status.
func injectedCodes() map[int]wire.Code {
	return map[int]wire.Code{
		http.StatusBadRequest:         codeArgumentInvalid,
		http.StatusUnauthorized:       codeUnauthorizedAccess,
		http.StatusForbidden:          codeQuotaExceeded,
		http.StatusConflict:           codeDeviceExists,
		http.StatusPreconditionFailed: codePreconditionFailed,
		http.StatusTooManyRequests:    codeBacklogTimeout,
		http.StatusServiceUnavailable: codeServiceUnavailable,
	}
}
