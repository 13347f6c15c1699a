// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"encoding/json"
	"fmt"
)

// How a registration ended.
const (
	// Assigned: DPS let the device in and named its hub.
	Assigned = "assigned"
	// Disabled: the governing enrollment is disabled.
	Disabled = "disabled"
	// Failed: DPS accepted the device, but could not assign it.
	Failed = "failed"
	// Refused: DPS did not accept the device: unknown, or its credential is wrong.
	Refused = "refused"
	// Unavailable: DPS throttled or failed until the device gave up; it has said nothing about the device.
	Unavailable = "unavailable"
	// Unreachable: no HTTP answer. Only [Device.KeepTrying] reports it; elsewhere it is an error.
	Unreachable = "unreachable"
)

// Outcome is the end of one registration, as the device was told.
type Outcome struct {
	// Status is one of the constants above; a look-up may also say "unassigned" or "assigning".
	Status string
	// HTTPStatus is that of the last answer; 200 also for disabled and failed ones.
	HTTPStatus int
	// ErrorCode is the service's own code (401002, 404201, 400207, ...), 0 without one.
	ErrorCode int
	// Message is the service's sentence about a refusal or failure.
	Message string
	// AssignedHub and DeviceID say where the device may connect; empty unless assigned.
	AssignedHub, DeviceID string
	// Substatus tells what happened to the device's data in an assignment, e.g. "initialAssignment".
	Substatus string
	// EnrollmentGroupID names the group that let the device in, where the service says so.
	EnrollmentGroupID string
	// ETag, CreatedUTC and LastUpdatedUTC are the record's, as text.
	ETag, CreatedUTC, LastUpdatedUTC string
	// Payload is what a custom allocation handed to the device; nil without one.
	Payload json.RawMessage
}

// Admitted says whether DPS let the device in.
func (o Outcome) Admitted() bool { return o.Status == Assigned }

// String is one line for logs and captions.
func (o Outcome) String() string {
	switch {
	case o.Admitted():
		return fmt.Sprintf("assigned to %s as %s", o.AssignedHub, o.DeviceID)
	case o.Message == "" && o.ErrorCode == 0:
		return fmt.Sprintf("%s (HTTP %d)", o.Status, o.HTTPStatus)
	case o.ErrorCode == 0:
		return fmt.Sprintf("%s (HTTP %d: %s)", o.Status, o.HTTPStatus, o.Message)
	default:
		return fmt.Sprintf("%s (HTTP %d, %d: %s)", o.Status, o.HTTPStatus, o.ErrorCode, o.Message)
	}
}

// operation is the body of the answers to register and poll.
type operation struct {
	OperationID       string       `json:"operationId"`
	Status            string       `json:"status"`
	RegistrationState registration `json:"registrationState"`
}

// registration is the device's view of its registration record.
type registration struct {
	Status         string          `json:"status"`
	Substatus      string          `json:"substatus"`
	AssignedHub    string          `json:"assignedHub"`
	DeviceID       string          `json:"deviceId"`
	ErrorCode      int             `json:"errorCode"`
	ErrorMessage   string          `json:"errorMessage"`
	ETag           string          `json:"etag"`
	CreatedUTC     string          `json:"createdDateTimeUtc"`
	LastUpdatedUTC string          `json:"lastUpdatedDateTimeUtc"`
	Payload        json.RawMessage `json:"payload"`
	TPM            *struct {
		AuthenticationKey string `json:"authenticationKey"`
	} `json:"tpm"`
	X509         *governor `json:"x509"`
	SymmetricKey *governor `json:"symmetricKey"`
}

type governor struct {
	EnrollmentGroupID string `json:"enrollmentGroupId"`
}

func (r registration) outcome(httpStatus int) Outcome {
	o := Outcome{
		Status: r.Status, HTTPStatus: httpStatus, ErrorCode: r.ErrorCode, Message: r.ErrorMessage,
		AssignedHub: r.AssignedHub, DeviceID: r.DeviceID, Substatus: r.Substatus,
		ETag: r.ETag, CreatedUTC: r.CreatedUTC, LastUpdatedUTC: r.LastUpdatedUTC, Payload: r.Payload,
	}
	for _, g := range []*governor{r.X509, r.SymmetricKey} {
		if g != nil && g.EnrollmentGroupID != "" {
			o.EnrollmentGroupID = g.EnrollmentGroupID
		}
	}
	return o
}
