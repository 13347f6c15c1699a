// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
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

// code is the service's error number: the HTTP status, "2", and the kind.
func (k kind) code(status int) int { return status*1000 + 201 + int(k) }

// problem is an error answer of the provisioning service.
type problem struct {
	status  int
	code    int
	message string
	header  http.Header
	// body replaces the error body where the service uses another shape (the TPM
	// challenge).
	body any
}

func invalid(message string) *problem {
	return &problem{status: http.StatusBadRequest, code: 400001, message: message}
}

// missingAttestation is the one validation text that was seen from the service.
func missingAttestation() *problem { return invalid("TPM or X509 attestation is required.") }

func notFound(k kind) *problem {
	return &problem{status: http.StatusNotFound, code: k.code(http.StatusNotFound), message: k.name() + " not found."}
}

func alreadyExists(k kind) *problem {
	return &problem{status: http.StatusConflict, code: k.code(http.StatusConflict), message: k.name() + " already exists."}
}

func preconditionFailed(k kind) *problem {
	return &problem{
		status: http.StatusPreconditionFailed, code: k.code(http.StatusPreconditionFailed),
		message: "Precondition failed.",
	}
}

func unauthorized(message string) *problem {
	return &problem{status: http.StatusUnauthorized, code: 401002, message: message}
}

func methodNotAllowed() *problem {
	return &problem{status: http.StatusMethodNotAllowed, code: 405000, message: "Method not allowed."}
}

func unsupportedMediaType() *problem {
	return &problem{status: http.StatusUnsupportedMediaType, code: 415000, message: "Unsupported media type."}
}

func tooLarge() *problem {
	return &problem{status: http.StatusRequestEntityTooLarge, code: 413000, message: "Request is too large."}
}

func notModelled(what string) *problem {
	return &problem{
		status: http.StatusNotImplemented, code: 501000,
		message: "The emulator does not model " + what + ".",
	}
}

func throttled(wait time.Duration) *problem {
	seconds := max(1, int((wait+time.Second-1)/time.Second))
	return &problem{
		status: http.StatusTooManyRequests, code: 429001, message: "Too many requests.",
		header: http.Header{"Retry-After": {strconv.Itoa(seconds)}},
	}
}

// answer is a success of the provisioning service.
type answer struct {
	status int
	header http.Header
	body   any
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// errorDetails is the flat error body of the provisioning service.
type errorDetails struct {
	ErrorCode    int    `json:"errorCode"`
	TrackingID   string `json:"trackingId"`
	Message      string `json:"message"`
	TimestampUTC string `json:"timestampUtc"`
}

// write answers a request of the provisioning service; the request ID equals the
// tracking ID of an error body (seen in reports of users).
func (d *dps) write(w http.ResponseWriter, a answer, p *problem) {
	requestID := newGUID()
	w.Header().Set("X-Ms-Request-Id", requestID)
	if p != nil {
		a = answer{status: p.status, header: p.header, body: p.body}
		if p.body == nil {
			w.Header().Set("X-Ms-Error-Code", strconv.Itoa(p.code))
			a.body = errorDetails{
				ErrorCode: p.code, TrackingID: requestID, Message: p.message, TimestampUTC: formatTime(d.now()),
			}
		}
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	encoded, err := encodeJSON(a.body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(encoded)))
	w.WriteHeader(a.status)
	_, _ = w.Write(encoded)
}

// encodeJSON leaves <, > and & as they are: the service's encoder does not escape them.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
