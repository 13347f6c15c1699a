// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
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

// mustPlan validates and plans a configuration.
func (b bench) mustPlan(given attributes) acctest.Step {
	b.t.Helper()
	config := b.config(given)
	if checked := b.validate(config); checked.Failed() {
		b.t.Fatalf("the configuration should be valid: %s", checked.Errors())
	}
	planned := b.Plan(config)
	if planned.Failed() {
		b.t.Fatalf("the plan should succeed: %s", planned.Errors())
	}
	return planned
}

// validate checks a configuration as a Terraform that knows write-only attributes has it checked.
func (b bench) validate(config tftypes.Value) acctest.Step {
	b.t.Helper()
	server, err := b.Server()
	must(b.t, err)
	encoded, err := tfprotov6.NewDynamicValue(config.Type(), config)
	must(b.t, err)
	typeName := individualType
	if b.isGroup() {
		typeName = groupType
	}
	response, err := server.ValidateResourceConfig(b.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typeName, Config: &encoded,
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	must(b.t, err)
	return acctest.Step{Diagnostics: response.Diagnostics}
}

// mustApply plans and applies a configuration; it returns the plan.
func (b bench) mustApply(given attributes) acctest.Step {
	b.t.Helper()
	planned := b.mustPlan(given)
	if applied := b.Apply(planned); applied.Failed() {
		b.t.Fatalf("the apply should succeed: %s", applied.Errors())
	}
	return planned
}

// mustRefresh reads the entry.
func (b bench) mustRefresh() acctest.Step {
	b.t.Helper()
	b.Reconfigure()
	refreshed := b.Refresh()
	if refreshed.Failed() {
		b.t.Fatalf("the refresh should succeed: %s", refreshed.Errors())
	}
	return refreshed
}

// mustSettle refreshes and fails the test unless the next plan is empty.
func (b bench) mustSettle(given attributes) {
	b.t.Helper()
	b.mustRefresh()
	if planned := b.mustPlan(given); b.Changes(planned) {
		b.t.Fatalf("the plan should be empty:\nstate   %s\nplanned %s", b.State, planned.Planned)
	}
}

// mustDestroy plans and applies the destruction; it returns the plan.
func (b bench) mustDestroy() acctest.Step {
	b.t.Helper()
	b.mustRefresh()
	planned := b.Plan(b.Nothing())
	if planned.Failed() {
		b.t.Fatalf("the destroy plan should succeed: %s", planned.Errors())
	}
	if applied := b.Apply(planned); applied.Failed() {
		b.t.Fatalf("the destroy should succeed: %s", applied.Errors())
	}
	return planned
}

// mustImport imports the entry.
func (b bench) mustImport(id string) {
	b.t.Helper()
	if imported := b.Import(id); imported.Failed() {
		b.t.Fatalf("the import should succeed: %s", imported.Errors())
	}
}

// mustFail fails the test unless the step ended with an error that says all texts.
func mustFail(t testing.TB, step acctest.Step, texts ...string) {
	t.Helper()
	if !step.Failed() {
		t.Fatal("there should be an error")
	}
	mustSay(t, step.Errors(), texts...)
}

func mustSay(t testing.TB, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q should be said in:\n%s", want, text)
		}
	}
}

func mustNotSay(t testing.TB, text string, unwanted ...string) {
	t.Helper()
	for _, unwant := range unwanted {
		if strings.Contains(text, unwant) {
			t.Errorf("%q should not be said in:\n%s", unwant, text)
		}
	}
}

// at is a nested attribute of a value as text: "null", "unknown", or the value.
func at(t testing.TB, value tftypes.Value, names ...string) string {
	t.Helper()
	for _, name := range names {
		if !value.IsKnown() {
			return "unknown"
		}
		if value.IsNull() {
			return "null"
		}
		var members map[string]tftypes.Value
		must(t, value.As(&members))
		member, ok := members[name]
		if !ok {
			t.Fatalf("there is no attribute %s among %v", name, slices.Sorted(maps.Keys(members)))
		}
		value = member
	}
	return textOf(t, value)
}

func textOf(t testing.TB, value tftypes.Value) string {
	t.Helper()
	switch {
	case !value.IsKnown():
		return "unknown"
	case value.IsNull():
		return "null"
	case value.Type().Is(tftypes.String):
		var text string
		must(t, value.As(&text))
		return text
	case value.Type().Is(tftypes.Bool):
		var flag bool
		must(t, value.As(&flag))
		return fmt.Sprint(flag)
	}
	return value.String()
}

// expect fails the test unless attributes read as wanted; nested ones are named with dots.
func expect(t testing.TB, value tftypes.Value, wanted map[string]string) {
	t.Helper()
	for name, want := range wanted {
		if got := at(t, value, strings.Split(name, ".")...); got != want {
			t.Errorf("%s should be %q, not %q", name, want, got)
		}
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
