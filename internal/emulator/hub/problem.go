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

// The hub's error numbers that the emulator uses.
const (
	codeInvalidProtocolVersion wire.Code = 400001
	codeArgumentInvalid        wire.Code = 400004
	codeArgumentNull           wire.Code = 400005
	codeDefinedMultipleTimes   wire.Code = 400011
	codeInvalidDeviceScope     wire.Code = 400028
	codeInvalidPolicyKey       wire.Code = 400035
	codeUnauthorizedAccess     wire.Code = 401002
	codeUnauthorized           wire.Code = 401003
	codeSystemModule           wire.Code = 401100
	codeQuotaExceeded          wire.Code = 403002
	codeDeviceDisabled         wire.Code = 403012
	codeDeviceNotFound         wire.Code = 404001
	codeModuleNotFound         wire.Code = 404010
	codeDeviceExists           wire.Code = 409001
	codeModuleExists           wire.Code = 409301
	codePreconditionFailed     wire.Code = 412001
	codeMessageTooLarge        wire.Code = 413001
	codeTooManyDevices         wire.Code = 413002
	codeTooManyModules         wire.Code = 413003
	codeBacklogTimeout         wire.Code = 429003
	codeNotModelled            wire.Code = 501000
	codeServiceUnavailable     wire.Code = 503001
)

// codeNames are the codes as the header iothub-errorcode carries them.
func codeNames() map[wire.Code]string {
	return map[wire.Code]string{
		codeInvalidProtocolVersion: "InvalidProtocolVersion",
		codeArgumentInvalid:        "ArgumentInvalid",
		codeArgumentNull:           "ArgumentNull",
		codeDefinedMultipleTimes:   "DeviceDefinedMultipleTimes",
		codeInvalidDeviceScope:     "InvalidDeviceScope",
		codeInvalidPolicyKey:       "InvalidPolicyKey",
		codeUnauthorizedAccess:     "IotHubUnauthorizedAccess",
		codeUnauthorized:           "IotHubUnauthorized",
		codeSystemModule:           "SystemModuleModifyUnauthorizedAccess",
		codeQuotaExceeded:          "IotHubQuotaExceeded",
		codeDeviceDisabled:         "DeviceDisabled",
		codeDeviceNotFound:         "DeviceNotFound",
		codeModuleNotFound:         "ModuleNotFound",
		codeDeviceExists:           "DeviceAlreadyExists",
		codeModuleExists:           "ModuleAlreadyExistsOnDevice",
		codePreconditionFailed:     "PreconditionFailed",
		codeMessageTooLarge:        "MessageTooLarge",
		codeTooManyDevices:         "TooManyDevices",
		codeTooManyModules:         "TooManyModulesOnDevice",
		codeBacklogTimeout:         "ThrottlingBacklogTimeout",
		codeServiceUnavailable:     "ServiceUnavailable",
		codeNotModelled:            "NotModelledByTheEmulator",
	}
}

// problemf makes a refusal in the plain envelope.
func problemf(code wire.Code, format string, args ...any) *wire.Problem {
	return &wire.Problem{Code: code, Name: codeNames()[code], Text: fmt.Sprintf(format, args...)}
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
	coded := codedErrorBody{int(p.Code), p.Text, tracking, now.Format("2006-01-02T15:04:05Z")}
	switch p.Envelope {
	case wire.Coded:
		return coded
	case wire.Nested:
		return plainErrorBody{Message: string(wire.JSON(coded))}
	default:
		return plainErrorBody{"ErrorCode:" + p.Name + ";" + p.Text, "Tracking ID:" + tracking}
	}
}

// refusal is the answer that a problem ends in.
func (h *Hub) refusal(r *http.Request, p *wire.Problem, requestID string) *wire.Reply {
	twinPath := strings.HasPrefix(strings.ToLower(r.URL.Path), "/twins")
	reply := wire.Answer(p.Code.Status(), h.errorBody(p, requestID, twinPath))
	reply.Header.Set("iothub-errorcode", p.Name)
	if reply.Status == http.StatusTooManyRequests {
		// A throttled answer carries no Retry-After and closes the connection (observed live).
		reply.Header.Set("Connection", "close")
	}
	maps.Copy(reply.Header, p.Header)
	return reply
}

// unauthorized is 401 in the hub's words. c is the zero caller when nobody was
// recognised; a recognised Entra principal is named in the text. The hub never answers
// 403 for a missing permission.
func unauthorized(r *http.Request, c caller.Caller) *wire.Problem {
	if c.Mode == caller.Entra && c.Principal != "" {
		return problemf(codeUnauthorized, "Principal %s is not authorized for %s on %s due to no assigned permissions",
			c.Principal, r.Method, r.URL.Path)
	}
	return problemf(codeUnauthorizedAccess, "Unauthorized")
}

func throttled() *wire.Problem {
	return problemf(codeBacklogTimeout,
		"The request has been throttled. Wait 10 seconds and try again. Operation type: CRUD")
}

// notModelled is 501: the emulator does not know this part of the service.
func notModelled(r *http.Request) *wire.Problem {
	return problemf(codeNotModelled, "The emulator does not model %s %s of an IoT Hub.", r.Method, r.URL.Path)
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
