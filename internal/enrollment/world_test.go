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

// bench is one entry at protocol level, with the world that it lives in.
type bench struct {
	*acctest.World
	*acctest.Object
}

func newBench(t testing.TB, typeName string, options ...acctest.Option) bench {
	t.Helper()
	w := acctest.NewWorld(t, options...)
	return bench{World: w, Object: w.NewObject(typeName)}
}

// beside is a bench for another entry in the same world.
func (b bench) beside(typeName string) bench {
	b.T.Helper()
	return bench{World: b.World, Object: b.NewObject(typeName)}
}

// For is the bench for a part of the test.
func (b bench) For(t testing.TB) bench {
	t.Helper()
	return bench{World: b.World.For(t), Object: b.Object.For(t)}
}

// newManaged has the individual enrollment sensor-1 made, by a configuration with symmetric keys.
func newManaged(t testing.TB) (bench, attributes) {
	t.Helper()
	b := newBench(t, individualType)
	config := individualKey("sensor-1", attributes{})
	b.MustApply(b.Config(config))
	return b, config
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

// keyedKinds are the configurations of an entry sensor-1 of either kind with such keys, by type.
func keyedKinds(key attributes) map[string]attributes {
	return map[string]attributes{
		individualType: individualKey("sensor-1", key), groupType: groupKey("sensor-1", key),
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// deviceCertificate is a certificate of the world's factory.
func (b bench) deviceCertificate(id string, o ...devicesim.Option) devicesim.Certificate {
	b.T.Helper()
	c, err := b.Intermediate.Device(id, o...)
	must(b.T, err)
	return c
}

// keys are the symmetric keys that the service holds.
func (b bench) keys(id string) azdps.SymmetricKey {
	b.T.Helper()
	read := b.DPS.GetIndividualEnrollmentAttestation
	if b.isGroup() {
		read = b.DPS.GetEnrollmentGroupAttestation
	}
	attestation, err := read(b.Context(), id)
	must(b.T, err)
	if attestation.SymmetricKey == nil {
		b.T.Fatal("the entry should have keys")
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
	b.T.Helper()
	g, err := b.DPS.GetEnrollmentGroup(b.Context(), id)
	if azrest.IsNotFound(err) {
		return nil
	}
	must(b.T, err)
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
	b.T.Helper()
	if got := b.calls(); !slices.Equal(got, wanted) {
		b.T.Errorf("the calls should be %q, not %q", wanted, got)
	}
}
