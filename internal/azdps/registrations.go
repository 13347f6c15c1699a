// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"context"
	"encoding/json"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// Values of Registration.Status.
const (
	RegistrationUnassigned = "unassigned"
	RegistrationAssigning  = "assigning"
	RegistrationAssigned   = "assigned"
	RegistrationFailed     = "failed"
	RegistrationDisabled   = "disabled"
)

// Registration is the service's record of a device's last attempt to register. Only the service writes it. A refused
// attempt overwrites the record of an assignment: status disabled, no hub.
type Registration struct {
	RegistrationID         string                     `json:"registrationId,omitempty"`
	CreatedDateTimeUTC     string                     `json:"createdDateTimeUtc,omitempty"`
	AssignedHub            string                     `json:"assignedHub,omitempty"`
	DeviceID               string                     `json:"deviceId,omitempty"`
	Status                 string                     `json:"status,omitempty"`
	Substatus              string                     `json:"substatus,omitempty"`
	ErrorCode              int                        `json:"errorCode,omitempty"`
	ErrorMessage           string                     `json:"errorMessage,omitempty"`
	LastUpdatedDateTimeUTC string                     `json:"lastUpdatedDateTimeUtc,omitempty"`
	ETag                   azcore.ETag                `json:"etag,omitempty"`
	Payload                json.RawMessage            `json:"payload,omitempty"`
	Extra                  map[string]json.RawMessage `json:"-"`
}

// RegistrationsPage is one page of registration records.
type RegistrationsPage = azrest.Page[Registration]

// GetRegistration reads the registration record of a device.
func (c *Client) GetRegistration(ctx context.Context, registrationID string) (Registration, error) {
	return get[Registration](ctx, c, registrations, registrationID)
}

// DeleteRegistration deletes the registration record of a device, so that its next registration is a first one. The
// device stays in its hub.
func (c *Client) DeleteRegistration(ctx context.Context, registrationID string, o *WriteOptions) error {
	return remove(ctx, c, registrations, registrationID, o)
}

// NewListRegistrationsPager lists the registration records that were made through an enrollment group. o may be nil.
func (c *Client) NewListRegistrationsPager(
	enrollmentGroupID string, o *ListOptions,
) *runtime.Pager[RegistrationsPage] {
	return list[Registration](c, []string{registrations, enrollmentGroupID}, nil, o)
}
