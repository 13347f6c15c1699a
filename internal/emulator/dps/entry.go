// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// entry is an individual enrollment or an enrollment group, members in the order of
// the wire. A stored entry is never changed: each write makes a new one.
type entry struct {
	RegistrationID            string             `json:"registrationId,omitempty"`
	EnrollmentGroupID         string             `json:"enrollmentGroupId,omitempty"`
	DeviceID                  string             `json:"deviceId,omitempty"`
	RegistrationState         *registrationState `json:"registrationState,omitempty"`
	OptionalDeviceInformation json.RawMessage    `json:"optionalDeviceInformation,omitempty"`
	Attestation               *attestation       `json:"attestation,omitempty"`
	Capabilities              *capabilities      `json:"capabilities,omitempty"`
	IoTHubHostName            string             `json:"iotHubHostName,omitempty"`
	InitialTwin               *initialTwin       `json:"initialTwin,omitempty"`
	ETag                      string             `json:"etag,omitempty"`
	ProvisioningStatus        json.RawMessage    `json:"provisioningStatus,omitempty"`
	ReprovisionPolicy         *reprovisionPolicy `json:"reprovisionPolicy,omitempty"`
	CreatedDateTimeUTC        string             `json:"createdDateTimeUtc,omitempty"`
	LastUpdatedDateTimeUTC    string             `json:"lastUpdatedDateTimeUtc,omitempty"`
	AllocationPolicy          string             `json:"allocationPolicy,omitempty"`
	IoTHubs                   []string           `json:"iotHubs,omitempty"`
	CustomAllocation          *customAllocation  `json:"customAllocationDefinition,omitempty"`
	unknown                   map[string]json.RawMessage
}

type capabilities struct {
	IoTEdge bool `json:"iotEdge"`
}

type initialTwin struct {
	Tags       json.RawMessage        `json:"tags,omitempty"`
	Properties *initialTwinProperties `json:"properties,omitempty"`
}

type initialTwinProperties struct {
	Desired json.RawMessage `json:"desired,omitempty"`
}

// reprovisionPolicy has the schema's default, true, for each member left out.
type reprovisionPolicy struct {
	UpdateHubAssignment *bool `json:"updateHubAssignment"`
	MigrateDeviceData   *bool `json:"migrateDeviceData"`
}

type customAllocation struct {
	WebhookURL string `json:"webhookUrl"`
	APIVersion string `json:"apiVersion"`
}

// The attestation types.
const (
	typeTPM          = "tpm"
	typeX509         = "x509"
	typeSymmetricKey = "symmetricKey"
)

type attestation struct {
	Type         string           `json:"type"`
	TPM          *tpmAttestation  `json:"tpm,omitempty"`
	X509         *x509Attestation `json:"x509,omitempty"`
	SymmetricKey *symmetricKey    `json:"symmetricKey,omitempty"`
}

type tpmAttestation struct {
	EndorsementKey string `json:"endorsementKey"`
	StorageRootKey string `json:"storageRootKey,omitempty"`
}

type x509Attestation struct {
	ClientCertificates  *certificateSlots `json:"clientCertificates,omitempty"`
	SigningCertificates *certificateSlots `json:"signingCertificates,omitempty"`
	CAReferences        *caReferences     `json:"caReferences,omitempty"`
}

type certificateSlots struct {
	Primary   *certificate `json:"primary,omitempty"`
	Secondary *certificate `json:"secondary,omitempty"`
}

// each calls f for the slots in use, primary first.
func (s *certificateSlots) each(f func(*certificate)) {
	if s == nil {
		return
	}
	for _, c := range []*certificate{s.Primary, s.Secondary} {
		if c != nil {
			f(c)
		}
	}
}

// certificate is one slot. Stored, it has its info and the certificate itself, which leaves the service in no answer.
type certificate struct {
	Certificate string           `json:"certificate,omitempty"`
	Info        *certificateInfo `json:"info,omitempty"`
	der         []byte
	// parsed is kept for groups only: they are few and asked at each registration.
	parsed *x509.Certificate
}

type caReferences struct {
	Primary   string `json:"primary,omitempty"`
	Secondary string `json:"secondary,omitempty"`
}

type symmetricKey struct {
	PrimaryKey   string `json:"primaryKey"`
	SecondaryKey string `json:"secondaryKey"`
}

func (e *entry) kind() kind {
	if e.EnrollmentGroupID != "" {
		return kindGroup
	}
	return kindIndividual
}

func (e *entry) id() string { return e.RegistrationID + e.EnrollmentGroupID }

// disabled treats an absent or null status as enabled, as the service does.
func (e *entry) disabled() bool {
	return strings.EqualFold(string(e.ProvisioningStatus), `"disabled"`)
}

func (e *entry) edge() bool { return e.Capabilities != nil && e.Capabilities.IoTEdge }

func (e *entry) twin() (tags, desired json.RawMessage) {
	if e.InitialTwin == nil {
		return nil, nil
	}
	if e.InitialTwin.Properties != nil {
		desired = e.InitialTwin.Properties.Desired
	}
	return e.InitialTwin.Tags, desired
}

// view is the entry as an answer shows it: symmetric keys only when revealed.
func (e *entry) view(reveal bool) entry {
	v := *e
	a := e.attestationView(reveal)
	v.Attestation = &a
	return v
}

func (e *entry) attestationView(reveal bool) attestation {
	a := *e.Attestation
	if !reveal {
		a.SymmetricKey = nil
	}
	return a
}

// MarshalJSON appends the members that this version does not know, if any were kept.
func (e entry) MarshalJSON() ([]byte, error) {
	type plain entry
	b := wire.JSON(plain(e))
	if len(e.unknown) == 0 {
		return b, nil
	}
	more := bytes.TrimPrefix(wire.JSON(e.unknown), []byte("{"))
	return append(append(bytes.TrimSuffix(b, []byte("}")), ','), more...), nil
}
