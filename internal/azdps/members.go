// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"encoding/json"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// The methods below keep what this package does not know: azrest explains how.

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (e *IndividualEnrollment) UnmarshalJSON(data []byte) error {
	type plain IndividualEnrollment
	if err := azrest.UnmarshalMembers(data, (*plain)(e), &e.Extra); err != nil {
		return err
	}
	return azrest.RequireMember("registrationId", e.RegistrationID)
}

// MarshalJSON encodes the object, the members in Extra included.
func (e IndividualEnrollment) MarshalJSON() ([]byte, error) {
	type plain IndividualEnrollment
	return azrest.MarshalMembers(plain(e), e.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (g *EnrollmentGroup) UnmarshalJSON(data []byte) error {
	type plain EnrollmentGroup
	if err := azrest.UnmarshalMembers(data, (*plain)(g), &g.Extra); err != nil {
		return err
	}
	return azrest.RequireMember("enrollmentGroupId", g.EnrollmentGroupID)
}

// MarshalJSON encodes the object, the members in Extra included.
func (g EnrollmentGroup) MarshalJSON() ([]byte, error) {
	type plain EnrollmentGroup
	return azrest.MarshalMembers(plain(g), g.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (r *Registration) UnmarshalJSON(data []byte) error {
	type plain Registration
	return azrest.UnmarshalMembers(data, (*plain)(r), &r.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (r Registration) MarshalJSON() ([]byte, error) {
	type plain Registration
	return azrest.MarshalMembers(plain(r), r.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (c *Capabilities) UnmarshalJSON(data []byte) error {
	type plain Capabilities
	return azrest.UnmarshalMembers(data, (*plain)(c), &c.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (c Capabilities) MarshalJSON() ([]byte, error) {
	type plain Capabilities
	return azrest.MarshalMembers(plain(c), c.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (p *ReprovisionPolicy) UnmarshalJSON(data []byte) error {
	type plain ReprovisionPolicy
	return azrest.UnmarshalMembers(data, (*plain)(p), &p.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (p ReprovisionPolicy) MarshalJSON() ([]byte, error) {
	type plain ReprovisionPolicy
	return azrest.MarshalMembers(plain(p), p.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (d *CustomAllocationDefinition) UnmarshalJSON(data []byte) error {
	type plain CustomAllocationDefinition
	return azrest.UnmarshalMembers(data, (*plain)(d), &d.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (d CustomAllocationDefinition) MarshalJSON() ([]byte, error) {
	type plain CustomAllocationDefinition
	return azrest.MarshalMembers(plain(d), d.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (a *Attestation) UnmarshalJSON(data []byte) error {
	type plain Attestation
	return azrest.UnmarshalMembers(data, (*plain)(a), &a.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (a Attestation) MarshalJSON() ([]byte, error) {
	type plain Attestation
	return azrest.MarshalMembers(plain(a), a.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (t *TPM) UnmarshalJSON(data []byte) error {
	type plain TPM
	return azrest.UnmarshalMembers(data, (*plain)(t), &t.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (t TPM) MarshalJSON() ([]byte, error) {
	type plain TPM
	return azrest.MarshalMembers(plain(t), t.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (x *X509) UnmarshalJSON(data []byte) error {
	type plain X509
	return azrest.UnmarshalMembers(data, (*plain)(x), &x.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (x X509) MarshalJSON() ([]byte, error) {
	type plain X509
	return azrest.MarshalMembers(plain(x), x.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (s *CertificateSlots) UnmarshalJSON(data []byte) error {
	type plain CertificateSlots
	return azrest.UnmarshalMembers(data, (*plain)(s), &s.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (s CertificateSlots) MarshalJSON() ([]byte, error) {
	type plain CertificateSlots
	return azrest.MarshalMembers(plain(s), s.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (c *Certificate) UnmarshalJSON(data []byte) error {
	type plain Certificate
	return azrest.UnmarshalMembers(data, (*plain)(c), &c.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (c Certificate) MarshalJSON() ([]byte, error) {
	type plain Certificate
	return azrest.MarshalMembers(plain(c), c.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (i *CertificateInfo) UnmarshalJSON(data []byte) error {
	type plain CertificateInfo
	return azrest.UnmarshalMembers(data, (*plain)(i), &i.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (i CertificateInfo) MarshalJSON() ([]byte, error) {
	type plain CertificateInfo
	return azrest.MarshalMembers(plain(i), i.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (r *CAReferences) UnmarshalJSON(data []byte) error {
	type plain CAReferences
	return azrest.UnmarshalMembers(data, (*plain)(r), &r.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (r CAReferences) MarshalJSON() ([]byte, error) {
	type plain CAReferences
	return azrest.MarshalMembers(plain(r), r.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (k *SymmetricKey) UnmarshalJSON(data []byte) error {
	type plain SymmetricKey
	return azrest.UnmarshalMembers(data, (*plain)(k), &k.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (k SymmetricKey) MarshalJSON() ([]byte, error) {
	type plain SymmetricKey
	return azrest.MarshalMembers(plain(k), k.Extra)
}

// initialTwin and twinProperties are an initial twin's two levels on the wire.
type (
	initialTwin struct {
		Tags       json.RawMessage            `json:"tags,omitempty"`
		Properties *twinProperties            `json:"properties,omitempty"`
		Extra      map[string]json.RawMessage `json:"-"`
	}
	twinProperties struct {
		Desired json.RawMessage            `json:"desired,omitempty"`
		Extra   map[string]json.RawMessage `json:"-"`
	}
)

// UnmarshalJSON decodes the object of properties and keeps unknown members in Extra.
func (p *twinProperties) UnmarshalJSON(data []byte) error {
	type plain twinProperties
	return azrest.UnmarshalMembers(data, (*plain)(p), &p.Extra)
}

// MarshalJSON encodes the object of properties, the members in Extra included.
func (p twinProperties) MarshalJSON() ([]byte, error) {
	type plain twinProperties
	return azrest.MarshalMembers(plain(p), p.Extra)
}

// UnmarshalJSON decodes the twin and keeps unknown members of both its levels.
func (t *InitialTwin) UnmarshalJSON(data []byte) error {
	var wire initialTwin
	if err := azrest.UnmarshalMembers(data, &wire, &wire.Extra); err != nil {
		return err
	}
	*t = InitialTwin{Tags: wire.Tags, Extra: wire.Extra}
	if wire.Properties != nil {
		t.Desired, t.PropertiesExtra = wire.Properties.Desired, wire.Properties.Extra
		if t.Desired == nil && t.PropertiesExtra == nil {
			t.PropertiesExtra = map[string]json.RawMessage{} // there were properties, though empty ones
		}
	}
	return nil
}

// MarshalJSON encodes the twin, unknown members of both its levels included.
func (t InitialTwin) MarshalJSON() ([]byte, error) {
	wire := initialTwin{Tags: t.Tags}
	if t.Desired != nil || t.PropertiesExtra != nil {
		wire.Properties = &twinProperties{Desired: t.Desired, Extra: t.PropertiesExtra}
	}
	return azrest.MarshalMembers(wire, t.Extra)
}
