// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// skewOf is how far the clock of an answer's Date is ahead of now.
func skewOf(header http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	return date.Sub(now).Round(time.Second)
}

// Error is an answer of a service that is not the one asked for: a refusal, or something that cannot be read.
type Error struct {
	// Service is the service's name in sentences, "DPS" or "IoT Hub".
	Service string
	// Host is the host that was asked, with its port when it has one.
	Host string
	// Method and Path are the request's; the path is escaped as it was sent and has no query.
	Method, Path string
	// Status is the answer's HTTP status. It is a 2xx when the answer was a success that cannot be read.
	Status int
	// Code is the service's own code, such as "404201" or "DeviceNotFound"; empty when the answer names none.
	Code string
	// Message is the service's sentence: one line, cleaned of anything that looks like a credential, at most 500
	// characters. For an answer that is not the service's it is a sentence of ours.
	Message string
	// TrackingID and RequestID are what Microsoft's support asks for; empty when the answer has none.
	TrackingID, RequestID string
	// Tries says how often the request was sent, Elapsed over what time.
	Tries   int
	Elapsed time.Duration
	// Uncertain says that an earlier try of the same call got no answer or a server error, and so may have been
	// carried out: a 409 after a create, a 412 after an update or a 404 after a delete can be one's own doing.
	Uncertain bool
	// Skew is how far the service's clock is ahead of ours, by the answer's Date; zero when it does not say. Whoever signs
	// by a clock that is off is refused.
	Skew time.Duration
	// Body is the answer's, for calls that ask to keep it; empty otherwise.
	Body string

	unsaid bool // of a 404: the service has not said in its own words that the object does not exist
}

// Error returns one line: who was asked what, and what the answer was.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s %s: %d", e.Service, e.Host, e.Method, e.Path, e.Status)
	if text := http.StatusText(e.Status); text != "" {
		b.WriteString(" " + text)
	}
	if e.Code != "" {
		b.WriteString(", code " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.TrackingID != "" {
		b.WriteString(" (tracking ID " + e.TrackingID + ")")
	} else if e.RequestID != "" {
		b.WriteString(" (request ID " + e.RequestID + ")")
	}
	if e.Tries > 1 {
		fmt.Fprintf(&b, ", after %d tries in %s", e.Tries, e.Elapsed.Round(time.Second))
	}
	return b.String()
}

// Part is the error of one item of a call that e refused, as if it had been sent by itself.
func (e *Error) Part(status int, fault Fault) *Error {
	part := *e
	part.Status, part.Body, part.unsaid = status, "", status == http.StatusNotFound && !fault.Absent
	part.Code, part.Message = cleanMessage(fault.Code), cleanMessage(fault.Message)
	return &part
}

// AsError returns the service's answer that err is or wraps.
func AsError(err error) (*Error, bool) {
	e, ok := errors.AsType[*Error](err)
	return e, ok
}

// IsNotFound says that the service does not have the object, in its own words: its code says so. A 404 without them is
// a proxy's, be it empty, a page or foreign JSON, and that of a hub that is failing over is not about the object
// either: believing them would drop objects from state, and call a device that connects absent.
func IsNotFound(err error) bool {
	e, ok := AsError(err)
	return ok && e.Status == http.StatusNotFound && !e.unsaid
}

// IfFound takes what a call that reads returned: nil, and no error, when the service does not have the object.
func IfFound[T any](object T, err error) (*T, error) {
	switch {
	case IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &object, nil
}

// IsConflict says that the object exists already, or is being changed by someone else (409).
func IsConflict(err error) bool { return hasStatus(err, http.StatusConflict) }

// IsPreconditionFailed says that the object is no longer the one whose ETag was sent (412).
func IsPreconditionFailed(err error) bool { return hasStatus(err, http.StatusPreconditionFailed) }

// IsUnauthorized says that the credential was refused, or that its principal lacks a role (401).
func IsUnauthorized(err error) bool { return hasStatus(err, http.StatusUnauthorized) }

// IsForbidden says that the operation is not allowed: quota, tier, firewall (403).
func IsForbidden(err error) bool { return hasStatus(err, http.StatusForbidden) }

// IsThrottled says that the service still refused for its rate limits when the retry budget ended (429).
func IsThrottled(err error) bool { return hasStatus(err, http.StatusTooManyRequests) }

// IsTooLarge says that the request, or the number of objects it would make, is too large (413).
func IsTooLarge(err error) bool { return hasStatus(err, http.StatusRequestEntityTooLarge) }

// MaybeDone says that a write that failed with err may have been carried out all the same: it got no answer, one that
// cannot be read, or a server error, in this or in an earlier try. A write that never left was not.
func MaybeDone(err error) bool {
	if e, ok := AsError(err); ok {
		return e.Uncertain || e.Status >= http.StatusInternalServerError || e.Status < http.StatusBadRequest
	}
	if silence, ok := errors.AsType[*TransportError](err); ok {
		return silence.Uncertain || !silence.NotSent
	}
	return err != nil && !IsUnsent(err)
}

func hasStatus(err error, status int) bool {
	e, ok := AsError(err)
	return ok && e.Status == status
}
