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
	if err := azrest.UnmarshalMembers(data, e, &e.Extra); err != nil {
		return err
	}
	return azrest.RequireMember("registrationId", e.RegistrationID)
}

// MarshalJSON encodes the object and the members in Extra.
func (e IndividualEnrollment) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(e, e.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (g *EnrollmentGroup) UnmarshalJSON(data []byte) error {
	if err := azrest.UnmarshalMembers(data, g, &g.Extra); err != nil {
		return err
	}
	return azrest.RequireMember("enrollmentGroupId", g.EnrollmentGroupID)
}

// MarshalJSON encodes the object and the members in Extra.
func (g EnrollmentGroup) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(g, g.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (r *Registration) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, r, &r.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (r Registration) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(r, r.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (c *Capabilities) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, c, &c.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (c Capabilities) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(c, c.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (p *ReprovisionPolicy) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, p, &p.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (p ReprovisionPolicy) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(p, p.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (d *CustomAllocationDefinition) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, d, &d.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (d CustomAllocationDefinition) MarshalJSON() ([]byte, error) {
	return azrest.MarshalMembers(d, d.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (a *Attestation) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, a, &a.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (a Attestation) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(a, a.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (t *TPM) UnmarshalJSON(data []byte) error { return azrest.UnmarshalMembers(data, t, &t.Extra) }

// MarshalJSON encodes the object and the members in Extra.
func (t TPM) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(t, t.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (x *X509) UnmarshalJSON(data []byte) error { return azrest.UnmarshalMembers(data, x, &x.Extra) }

// MarshalJSON encodes the object and the members in Extra.
func (x X509) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(x, x.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (s *CertificateSlots) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, s, &s.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (s CertificateSlots) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(s, s.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (c *Certificate) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, c, &c.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (c Certificate) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(c, c.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (i *CertificateInfo) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, i, &i.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (i CertificateInfo) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(i, i.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (r *CAReferences) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, r, &r.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (r CAReferences) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(r, r.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (k *SymmetricKey) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, k, &k.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (k SymmetricKey) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(k, k.Extra) }

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
	return azrest.UnmarshalMembers(data, p, &p.Extra)
}

// MarshalJSON encodes the object of properties, the members in Extra included.
func (p twinProperties) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(p, p.Extra) }

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
