// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// pems are some certificates to draw from.
func pems(t testing.TB) []string {
	t.Helper()
	var all []string
	for i := range 3 {
		c, err := devicesim.SelfSigned(fmt.Sprintf("sensor-%d", i), devicesim.Organization("Contoso, Ltd."))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c.PEM())
	}
	return all
}

// drawn draws parts of entries.
type drawn struct {
	*rapid.T

	pems []string
}

func (d drawn) bool(label string) bool { return rapid.Bool().Draw(d.T, label) }

func (d drawn) of(label string, values ...string) string {
	return rapid.SampledFrom(values).Draw(d.T, label)
}

// maybe is one of the values, or null.
func (d drawn) maybe(label string, values ...string) types.String {
	if d.bool(label + " is null") {
		return types.StringNull()
	}
	return types.StringValue(d.of(label, values...))
}

func (d drawn) json(label string) iottype.TextValue {
	if d.bool(label + " is null") {
		return iottype.JSON().Null()
	}
	return iottype.JSON().Value(d.of(
		label, `{"a":1}`, `{"version":{"count":[1,2.50,"x"]},"metadata":null}`, `{ "b" : true }`, `{}`))
}

func (d drawn) pem(label string) iottype.TextValue {
	text := d.of(label, d.pems...)
	if d.bool(label + " is CRLF") {
		text = "# " + label + "\r\n" + text
	}
	return iottype.CertificatePEM().Value(text)
}

func (d drawn) slots() *certificateSlots {
	s := &certificateSlots{primary: iottype.CertificatePEM().Null(), secondary: iottype.CertificatePEM().Null()}
	which := d.of("slots", "both", "primary", "secondary")
	if which != "secondary" {
		s.primary = d.pem("primary")
	}
	if which != "primary" {
		s.secondary = d.pem("secondary")
	}
	return s
}

// attestation is one of those that the shape allows.
func (d drawn) attestation(s shape) attestation {
	kinds := []string{"x509", "key"}
	if s.tpm {
		kinds = append(kinds, "tpm")
	}
	if s.references {
		kinds = append(kinds, "references")
	}
	switch d.of("attestation", kinds...) {
	case "x509":
		return attestation{certificates: d.slots()}
	case "tpm":
		return attestation{tpm: &tpmKeys{
			endorsementKey: types.StringValue("AAAA"), storageRootKey: d.maybe("storage root key", "BBBB"),
		}}
	case "references":
		return attestation{references: &caReferences{
			primary: types.StringValue("root"), secondary: d.maybe("second reference", "other"),
		}}
	}
	if d.bool("keys have a version") {
		return attestation{keys: &symmetricKey{version: types.StringValue("7")}}
	}
	return attestation{keys: &symmetricKey{}}
}

// model draws one that a configuration could lead to.
func (d drawn) model(k kind) model {
	m := newModel("", "sensor-1")
	a := d.attestation(k.shape)
	if k.shape.tpm {
		m.DeviceID = d.maybe("device ID", "sensor-one")
		m.DeviceInformation = d.json("device information")
	}
	m.DeleteRegistrations = types.BoolValue(!k.shape.tpm && d.bool("delete registrations"))
	m.Attestation = k.shape.encode(a)
	m.ProvisioningStatus = types.StringValue(d.of("status", azdps.StatusEnabled, azdps.StatusDisabled))
	m.AllocationPolicy = d.maybe("policy", allocationPolicies()...)
	m.IoTHubHostnames = types.SetNull(types.StringType)
	if hubs := d.of("hubs", "", "a", "ab"); hubs != "" {
		var elements []attr.Value
		for _, hub := range hubs {
			elements = append(elements, types.StringValue(string(hub)+".azure-devices.net"))
		}
		m.IoTHubHostnames = types.SetValueMust(types.StringType, elements)
	}
	m.CustomAllocation = types.ObjectNull(customAllocationType().AttrTypes)
	if d.bool("custom") {
		m.CustomAllocation = types.ObjectValueMust(customAllocationType().AttrTypes, map[string]attr.Value{
			webhookURLName: types.StringValue("https://fn.example/api?code=x"), apiVersionName: types.StringValue("2021-10-01"),
		})
	}
	m.ReprovisionPolicy = reprovisionPolicy(d.bool("update"), d.bool("migrate"))
	m.InitialTwin = types.ObjectNull(initialTwinType().AttrTypes)
	if d.bool("twin") {
		m.InitialTwin = types.ObjectValueMust(initialTwinType().AttrTypes, map[string]attr.Value{
			tagsName: d.json("tags"), desiredPropertiesName: d.json("desired"),
		})
	}
	m.EdgeEnabled = types.BoolValue(d.bool("edge"))
	m.OnDestroy = types.StringValue(d.of("on destroy", "delete", "keep"))
	m.Certificates = certificates(a.certificates, types.ObjectNull(certificatesType().AttrTypes), nil)
	return m
}

// served is an entry as the service answers to a GET after a write: certificates become what is told of them, and keys
// are not there.
func served(t testing.TB, e entry) entry {
	t.Helper()
	e.ETag = "IjEi"
	e.Attestation.SymmetricKey = nil
	if e.Attestation.X509 != nil {
		x509 := *e.Attestation.X509
		for _, slots := range []**azdps.CertificateSlots{&x509.ClientCertificates, &x509.SigningCertificates} {
			if *slots != nil {
				*slots = &azdps.CertificateSlots{Primary: told(t, (*slots).Primary), Secondary: told(t, (*slots).Secondary)}
			}
		}
		e.Attestation.X509 = &x509
	}
	return e
}

func told(t testing.TB, c *azdps.Certificate) *azdps.Certificate {
	t.Helper()
	if c == nil || c.Certificate == "" {
		return c
	}
	parsed, err := certificate.Parse(c.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	return &azdps.Certificate{Info: &azdps.CertificateInfo{
		SubjectName: parsed.Subject, IssuerName: parsed.Issuer, SerialNumber: parsed.SerialNumber,
		SHA1Thumbprint: parsed.ThumbprintSHA1, SHA256Thumbprint: parsed.ThumbprintSHA256, Version: 3,
		NotBeforeUTC: parsed.NotBefore.Format("2006-01-02T15:04:05Z"),
		NotAfterUTC:  parsed.NotAfter.Format("2006-01-02T15:04:05Z"),
	}}
}

// allDifferences also names what only Terraform knows.
func allDifferences(a, b model) []string {
	differing := a.differences(b)
	for name, same := range map[string]bool{
		"ID": a.ID.Equal(b.ID), dpsHostnameName: a.DPSHostname.Equal(b.DPSHostname),
		onDestroyName: a.OnDestroy.Equal(b.OnDestroy), certificatesName: a.Certificates.Equal(b.Certificates),
		deleteRegistrationsName: a.DeleteRegistrations.Equal(b.DeleteRegistrations),
	} {
		if !same {
			differing = append(differing, name)
		}
	}
	return differing
}

func bothKinds() map[string]kind {
	return map[string]kind{"individual": individualKind(), "group": groupKind()}
}

// eachKindDrawn tests something with models of either kind as they are drawn.
func eachKindDrawn(t *testing.T, test func(t *testing.T, rt *rapid.T, k kind, d drawn)) {
	t.Helper()
	certificates := pems(t)
	for name, k := range bothKinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) { test(t, rt, k, drawn{rt, certificates}) })
		})
	}
}

func TestFlatten_ofWhatWasExpandedIsTheModel(t *testing.T) {
	t.Parallel()
	eachKindDrawn(t, func(t *testing.T, rt *rapid.T, k kind, d drawn) {
		t.Helper()
		m := d.model(k)
		wire, diags := m.expand(k.shape, entry{})
		if diags.HasError() {
			rt.Fatalf("%v", diags)
		}
		if wire.ProvisioningStatus == nil {
			rt.Fatal("every write should say the status")
		}
		got := flatten(k.shape, served(t, wire), m)
		if differing := allDifferences(m, got); len(differing) > 0 {
			rt.Fatalf("%v should be what they were, in %s", differing, encoded(t, k, wire))
		}
		// And again upon what is stored: an update that changes nothing.
		again, diags := m.expand(k.shape, served(t, wire))
		if diags.HasError() || len(m.differences(flatten(k.shape, served(t, again), m))) > 0 {
			rt.Fatalf("a second write should change nothing: %v", diags)
		}
	})
}

func TestFlatten_withoutPriorKnowsEverythingButSpelling(t *testing.T) {
	t.Parallel()
	eachKindDrawn(t, func(t *testing.T, rt *rapid.T, k kind, d drawn) {
		t.Helper()
		m := d.model(k)
		wire, _ := m.expand(k.shape, entry{})
		imported := flatten(k.shape, served(t, wire), newModel("", "sensor-1"))
		a := k.shape.decode(imported.Attestation)
		for _, slot := range []string{primaryName, secondaryName} {
			given, standIn := k.shape.decode(m.Attestation).certificates.slot(slot), a.certificates.slot(slot)
			same := certificate.Same(given.ValueString(), standIn.ValueString())
			if given.IsNull() != standIn.IsNull() || iottype.IsSet(given) && !same {
				rt.Fatalf("%s should stand for %s", standIn, given)
			}
		}
	})
}

// TestExpand_ofWhatWasReadChangesNothing draws entries that any client may have written.
func TestExpand_ofWhatWasReadChangesNothing(t *testing.T) {
	t.Parallel()
	eachKindDrawn(t, func(t *testing.T, rt *rapid.T, k kind, d drawn) {
		t.Helper()
		wire, _ := d.model(k).expand(k.shape, entry{})
		stored := d.foreign(served(t, wire), k)
		read := flatten(k.shape, stored, newModel("", "sensor-1"))
		again, diags := read.expand(k.shape, stored)
		if diags.HasError() {
			rt.Fatalf("%v", diags)
		}
		again.Attestation.SymmetricKey = nil
		stored.ProvisioningStatus = again.ProvisioningStatus // it is always said
		if before, after := encoded(t, k, stored), encoded(t, k, again); before != after {
			rt.Fatalf("\nread    %s\nwritten %s", before, after)
		}
	})
}

// foreign leaves things out and adds others, as other clients and later versions of the service do.
func (d drawn) foreign(e entry, k kind) entry {
	if d.bool("no status") {
		e.ProvisioningStatus = nil
	}
	if d.bool("no policy") {
		e.ReprovisionPolicy = nil
	}
	if d.bool("no capabilities") {
		e.Capabilities = nil
	}
	if d.bool("empty twin") {
		e.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{}`), Desired: json.RawMessage(`{}`)}
	}
	if d.bool("hollow twin") {
		e.InitialTwin = &azdps.InitialTwin{PropertiesExtra: map[string]json.RawMessage{}}
	}
	if d.bool("single hub") {
		e.IoTHubs, e.IoTHubHostName = nil, new("single.azure-devices.net")
	}
	if k.shape.tpm && d.bool("empty information") {
		e.DeviceInformation = json.RawMessage(`{}`)
	}
	more := map[string]json.RawMessage{"later": json.RawMessage(`{"than":"us"}`)}
	for label, extra := range map[string]*map[string]json.RawMessage{
		"entry": &e.Extra, "attestation": &e.Attestation.Extra,
	} {
		if d.bool("more in the " + label) {
			*extra = more
		}
	}
	if e.ReprovisionPolicy != nil && d.bool("more in the policy") {
		e.ReprovisionPolicy.Extra = more
	}
	if e.CustomAllocationDefinition != nil && d.bool("more in the allocation") {
		e.CustomAllocationDefinition.Extra = more
	}
	if e.Attestation.X509 != nil && d.bool("more in x509") {
		e.Attestation.X509.Extra = more
	}
	return e
}

func encoded(t testing.TB, k kind, e entry) string {
	t.Helper()
	raw, err := json.Marshal(e.body(k))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A model serves both kinds, so that neither the compiler nor the framework sees to this.
func TestModel_hasTheAttributesOfBothSchemas(t *testing.T) {
	t.Parallel()
	unused := configure.Values(model{})
	for name, k := range bothKinds() {
		if _, diags := k.encode(t.Context(), flatten(k.shape, entry{}, newModel("", ""))); diags.HasError() {
			t.Errorf("%s: %v", name, diags)
		}
		_, diags := configure.Object(t.Context(), computedObject("", k.viewAttributes()).GetType(), k.view(entry{}))
		if diags.HasError() {
			t.Errorf("%s in a data source: %v", name, diags)
		}
		for attribute := range k.schema().Attributes {
			delete(unused, attribute)
		}
	}
	if len(unused) > 0 {
		t.Errorf("no schema has %v", unused)
	}
	if _, diags := registrationObject(t.Context(), azdps.Registration{}); diags.HasError() {
		t.Error(diags)
	}
}

func TestCommonName_isFoundInTheServicesWording(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"":                               "",
		"CN=sensor-1":                    "sensor-1",
		"O=Contoso, CN=sensor-1, C=DE":   "sensor-1",
		`O="Contoso, CN=x", cn=sensor-1`: "sensor-1",
		`CN="a, ""b"""`:                  `a, "b"`,
		"O=Contoso":                      "",
		" CN = sensor-1 ":                "sensor-1",
		"CN=":                            "",
		`CN="`:                           `"`,
	} {
		if got := commonName(name); got != want {
			t.Errorf("the common name of %q should be %q, not %q", name, want, got)
		}
	}
}

func TestCustomAllocation_keepsTheAddressThatTheServiceMasks(t *testing.T) {
	t.Parallel()
	allocation := func(url string) types.Object {
		return flattenCustomAllocation(&azdps.CustomAllocationDefinition{WebhookURL: url, APIVersion: "2021-10-01"},
			types.ObjectNull(customAllocationType().AttrTypes))
	}
	prior := allocation("https://fn.example/api?code=secret")
	for told, same := range map[string]bool{
		"https://fn.example/api?****": true, "https://fn.example/api?code=secret": true,
		"https://fn.example/other?****": false, "https://fn.example/api": false, "https://fn.example/api?": false,
	} {
		got := flattenCustomAllocation(&azdps.CustomAllocationDefinition{WebhookURL: told, APIVersion: "2021-10-01"}, prior)
		if got.Equal(prior) != same {
			t.Errorf("%s should be the same: %v", told, same)
		}
	}
}
