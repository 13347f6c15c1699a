// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Values of ProvisioningStatus.
const (
	StatusEnabled  = "enabled"
	StatusDisabled = "disabled"
)

// Values of AllocationPolicy.
const (
	AllocationHashed     = "hashed"
	AllocationGeoLatency = "geoLatency"
	AllocationStatic     = "static"
	AllocationCustom     = "custom"
)

// Enrollment is what both kinds of DPS entries have. Nil members are absent on the wire; the dates are the service's
// text.
type Enrollment struct {
	Attestation    Attestation   `json:"attestation"`
	Capabilities   *Capabilities `json:"capabilities,omitempty"`
	IoTHubHostName *string       `json:"iotHubHostName,omitempty"`
	InitialTwin    *InitialTwin  `json:"initialTwin,omitempty"`
	ETag           azcore.ETag   `json:"etag,omitempty"`
	// ProvisioningStatus is one of the Status constants; the service takes null and absent for enabled.
	ProvisioningStatus         *string                     `json:"provisioningStatus,omitempty"`
	ReprovisionPolicy          *ReprovisionPolicy          `json:"reprovisionPolicy,omitempty"`
	CreatedDateTimeUTC         string                      `json:"createdDateTimeUtc,omitempty"`
	LastUpdatedDateTimeUTC     string                      `json:"lastUpdatedDateTimeUtc,omitempty"`
	AllocationPolicy           *string                     `json:"allocationPolicy,omitempty"`
	IoTHubs                    []string                    `json:"iotHubs,omitzero"`
	CustomAllocationDefinition *CustomAllocationDefinition `json:"customAllocationDefinition,omitempty"`
	// Extra holds the members of the entry that this package does not know, to be sent back as they were read.
	Extra map[string]json.RawMessage `json:"-"`
}

// Disabled says that the entry refuses its devices.
func (e Enrollment) Disabled() bool {
	return e.ProvisioningStatus != nil && strings.EqualFold(*e.ProvisioningStatus, StatusDisabled)
}

// toWrite leaves out what only the service writes.
func (e Enrollment) toWrite() Enrollment {
	e.ETag, e.CreatedDateTimeUTC, e.LastUpdatedDateTimeUTC = "", "", ""
	return e
}

// IndividualEnrollment is the DPS entry of one device.
type IndividualEnrollment struct {
	// RegistrationID is the device's name towards the DPS, without regard to case.
	RegistrationID string `json:"registrationId"`
	// DeviceID is the device's name in its hub; nil means the registration ID.
	DeviceID *string `json:"deviceId,omitempty"`
	// RegistrationState comes with the answer to a single GET only, and is never sent.
	RegistrationState *Registration `json:"registrationState,omitempty"`
	// OptionalDeviceInformation is a free-form object that the device receives, kept as it was read.
	OptionalDeviceInformation json.RawMessage `json:"optionalDeviceInformation,omitempty"`
	Enrollment
}

// EnrollmentGroup is the DPS entry of all devices that share a CA or a key.
type EnrollmentGroup struct {
	EnrollmentGroupID string `json:"enrollmentGroupId"`
	Enrollment
}

// Capabilities are what the device may be in its hub.
type Capabilities struct {
	IoTEdge bool                       `json:"iotEdge"`
	Extra   map[string]json.RawMessage `json:"-"`
}

// InitialTwin is what a device's twin starts with at its first assignment. Tags and Desired are free-form objects,
// kept as they were read, nil when absent.
type InitialTwin struct {
	Tags    json.RawMessage
	Desired json.RawMessage
	// Extra holds unknown members of the twin, PropertiesExtra those beside "desired".
	Extra           map[string]json.RawMessage
	PropertiesExtra map[string]json.RawMessage
}

// ReprovisionPolicy says what happens when a device registers again.
type ReprovisionPolicy struct {
	UpdateHubAssignment bool                       `json:"updateHubAssignment"`
	MigrateDeviceData   bool                       `json:"migrateDeviceData"`
	Extra               map[string]json.RawMessage `json:"-"`
}

// CustomAllocationDefinition is the webhook that chooses the hub. Its URL usually carries a function key.
type CustomAllocationDefinition struct {
	WebhookURL string                     `json:"webhookUrl"`
	APIVersion string                     `json:"apiVersion"`
	Extra      map[string]json.RawMessage `json:"-"`
}

// String returns the definition without its URL.
func (d CustomAllocationDefinition) String() string {
	return fmt.Sprintf("{WebhookURL:[redacted] APIVersion:%s}", d.APIVersion)
}

// GoString returns what String returns.
func (d CustomAllocationDefinition) GoString() string { return d.String() }

// Format writes what String returns for every verb.
func (d CustomAllocationDefinition) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }
