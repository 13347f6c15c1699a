// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// kind is one of the three things that the provisioning service stores.
type kind int

const (
	kindIndividual kind = iota
	kindGroup
	kindRegistration
)

// name is what messages call the kind; the conflict messages are recorded
// ("Enrollment already exists.", "EnrollmentGroup already exists.").
func (k kind) name() string { return [...]string{"Enrollment", "EnrollmentGroup", "Registration"}[k] }

// itemType is the value of x-ms-item-type.
func (k kind) itemType() string {
	return [...]string{"Enrollment", "EnrollmentGroup", "DeviceRegistration"}[k]
}

// code is the service's error number: the HTTP status, "2", and the kind. A missing group
// alone has a number of its own (azure-iot-sdk-csharp, ProvisioningServiceEnrollmentGroupTests).
func (k kind) code(status int) wire.Code {
	if k == kindGroup && status == http.StatusNotFound {
		return codeGroupNotFound
	}
	return wire.Code(strconv.Itoa(status*1000 + 201 + int(k)))
}

// The service's error numbers besides those of a kind. Which ones nobody recorded is said with the choices.
const (
	codeInvalid              wire.Code = "400001"
	codeCustomAllocation     wire.Code = "400207"
	codeNoHub                wire.Code = "400208"
	codeHubRefused           wire.Code = "400209"
	codeDenied               wire.Code = "401002"
	codeRoleMissing          wire.Code = "403000"
	codeGroupNotFound        wire.Code = "404204"
	codeMethodNotAllowed     wire.Code = "405000"
	codeTooLarge             wire.Code = "413000"
	codeUnsupportedMediaType wire.Code = "415000"
	codeThrottled            wire.Code = "429001"
	codeNotModelled          wire.Code = "501000"
)

func refused(code wire.Code, text string) *wire.Problem { return &wire.Problem{Code: code, Text: text} }

func invalid(text string) *wire.Problem { return refused(codeInvalid, text) }

// missingAttestation is the one validation text that was seen from the service.
func missingAttestation() *wire.Problem { return invalid("TPM or X509 attestation is required.") }

func notFound(k kind) *wire.Problem {
	return refused(k.code(http.StatusNotFound), k.name()+" not found.")
}

func alreadyExists(k kind) *wire.Problem {
	return refused(k.code(http.StatusConflict), k.name()+" already exists.")
}

func preconditionFailed(k kind) *wire.Problem {
	return refused(k.code(http.StatusPreconditionFailed), "Precondition failed.")
}

func unauthorized(text string) *wire.Problem { return refused(codeDenied, text) }

func notModelled(what string) *wire.Problem {
	return refused(codeNotModelled, "The emulator does not model "+what+".")
}

// words are the refusals at the front.
type words struct{ missingRoleIs403 bool }

// CheckVersion accepts what the service answered in the years that the references
// cover; later versions have members and calls that the emulator does not model.
func (words) CheckVersion(v string) *wire.Problem {
	switch {
	case v == "":
		return invalid("The query parameter api-version is missing.")
	case !wire.IsVersion(v) || v < "2017-08-31":
		return invalid("The api-version is not supported.")
	case v > "2021-11-01-preview":
		return notModelled("api-version " + v)
	}
	return nil
}

// NotModelled tells a method that the path does not have from a path that nobody described.
func (words) NotModelled(_ *http.Request, known bool) *wire.Problem {
	if known {
		return refused(codeMethodNotAllowed, "Method not allowed.")
	}
	return notModelled("this path")
}

// Unauthorized is 401 also for a missing permission.
func (w words) Unauthorized(_ *http.Request, c caller.Caller) *wire.Problem {
	if c.Mode == caller.Entra && w.missingRoleIs403 {
		return refused(codeRoleMissing, "Forbidden")
	}
	return unauthorized("Unauthorized")
}

// Throttled tells when to try again.
func (words) Throttled(wait time.Duration) *wire.Problem {
	seconds := max(1, int((wait+time.Second-1)/time.Second))
	p := refused(codeThrottled, "Too many requests.")
	p.Header = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return p
}

// TooLarge refuses what is over the documented limit.
func (words) TooLarge() *wire.Problem { return refused(codeTooLarge, "Request is too large.") }

// errorDetails is the flat error body of the provisioning service.
type errorDetails struct {
	ErrorCode    int    `json:"errorCode"`
	TrackingID   string `json:"trackingId"`
	Message      string `json:"message"`
	TimestampUTC string `json:"timestampUtc"`
}

// write answers a request of the provisioning service; the request ID equals the
// tracking ID of an error body (seen in reports of users).
func (d *Service) write(w http.ResponseWriter, reply *wire.Reply, p *wire.Problem) {
	requestID := d.random.GUID()
	if p != nil {
		body := p.Body
		if body == nil {
			w.Header().Set("X-Ms-Error-Code", strconv.Itoa(p.Code.Number()))
			body = errorDetails{
				ErrorCode: p.Code.Number(), TrackingID: requestID, Message: p.Text, TimestampUTC: wire.Time(d.now()),
			}
		}
		reply = wire.Answer(p.Code.Status(), body)
		maps.Copy(reply.Header, p.Header)
	}
	reply.Write(w, requestID)
}

// Refuse writes an injected error status as the provisioning service words it.
func (d *Service) Refuse(w http.ResponseWriter, _ *http.Request, status int) {
	d.write(w, nil, refused(wire.Code(strconv.Itoa(status*1000)), http.StatusText(status)))
}
