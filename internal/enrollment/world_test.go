// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

const (
	groupType      = "azureiot_dps_enrollment_group"
	individualType = "azureiot_dps_individual_enrollment"
)

// attributes is a configuration; nested attributes are attributes again.
type attributes = map[string]any

// unknown is a value that is not known yet.
type unknown struct{}

// bench is one entry at protocol level, with the world that it lives in.
type bench struct {
	*acctest.World
	*acctest.Object

	t testing.TB
	// block is the provider block of configuredServer.
	block attributes
}

func newBench(t testing.TB, typeName string, options ...acctest.Option) bench {
	t.Helper()
	return benchIn(t, acctest.NewWorld(t, options...), typeName)
}

func benchIn(t testing.TB, w *acctest.World, typeName string) bench {
	t.Helper()
	return bench{World: w, Object: w.NewObject(typeName), t: t}
}

// config is a configuration of the entry.
func (b bench) config(given attributes) tftypes.Value {
	b.t.Helper()
	return value(b.t, b.State.Type(), given)
}

// value builds a value of any type; what is left out of an object is null.
func value(t testing.TB, kind tftypes.Type, given any) tftypes.Value {
	t.Helper()
	switch v := given.(type) {
	case nil:
		return tftypes.NewValue(kind, nil)
	case unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case tftypes.Value:
		return v
	case []string:
		elements := make([]tftypes.Value, 0, len(v))
		for _, element := range v {
			elements = append(elements, tftypes.NewValue(tftypes.String, element))
		}
		return tftypes.NewValue(kind, elements)
	case attributes:
		object, ok := kind.(tftypes.Object)
		if !ok {
			t.Fatalf("%s is no object", kind)
		}
		members := map[string]tftypes.Value{}
		for name, member := range object.AttributeTypes {
			members[name] = value(t, member, v[name])
		}
		for name := range v {
			if _, ok := object.AttributeTypes[name]; !ok {
				t.Fatalf("there is no attribute %s", name)
			}
		}
		return tftypes.NewValue(kind, members)
	}
	return tftypes.NewValue(kind, given)
}

// with is base with other attributes; nil removes one.
func with(base, more attributes) attributes {
	merged := attributes{}
	maps.Copy(merged, base)
	maps.Copy(merged, more)
	return merged
}

func individualX509(id, pem string) attributes {
	return attributes{"registration_id": id, "attestation": x509("client_certificates", pem, nil)}
}

func groupX509(id, pem string) attributes {
	return attributes{"enrollment_group_id": id, "attestation": x509("signing_certificates", pem, nil)}
}

func x509(slots string, primary, secondary any) attributes {
	return attributes{"x509": attributes{slots: attributes{"primary": primary, "secondary": secondary}}}
}

func individualKey(id string, key attributes) attributes {
	return attributes{"registration_id": id, "attestation": attributes{"symmetric_key": key}}
}

func groupKey(id string, key attributes) attributes {
	return attributes{"enrollment_group_id": id, "attestation": attributes{"symmetric_key": key}}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// deviceCertificate is a certificate of the world's factory.
func (b bench) deviceCertificate(id string, o ...devicesim.Option) devicesim.Certificate {
	b.t.Helper()
	c, err := b.Intermediate.Device(id, o...)
	must(b.t, err)
	return c
}

// keys are the symmetric keys that the service holds.
func (b bench) keys(id string) azdps.SymmetricKey {
	b.t.Helper()
	read := b.DPS.GetIndividualEnrollmentAttestation
	if b.isGroup() {
		read = b.DPS.GetEnrollmentGroupAttestation
	}
	attestation, err := read(b.Context(), id)
	must(b.t, err)
	if attestation.SymmetricKey == nil {
		b.t.Fatal("the entry should have keys")
	}
	return *attestation.SymmetricKey
}

func (b bench) isGroup() bool {
	object, ok := b.State.Type().(tftypes.Object)
	_, group := object.AttributeTypes["enrollment_group_id"]
	return ok && group
}

// group is the group as it is in DPS; nil when there is none.
func (b bench) group(id string) *azdps.EnrollmentGroup {
	b.t.Helper()
	g, err := b.DPS.GetEnrollmentGroup(b.Context(), id)
	if azrest.IsNotFound(err) {
		return nil
	}
	must(b.t, err)
	return &g
}

// calls lists what was called since the journal was cleared, as "PUT /enrollments/x".
func (b bench) calls() []string {
	var calls []string
	for _, exchange := range b.Emulator.Journal() {
		calls = append(calls, exchange.Method+" "+exchange.Path)
	}
	return calls
}

// mustCall fails the test unless exactly these calls were made since the journal was cleared.
func (b bench) mustCall(wanted ...string) {
	b.t.Helper()
	if got := b.calls(); !slices.Equal(got, wanted) {
		b.t.Errorf("the calls should be %q, not %q", wanted, got)
	}
}
