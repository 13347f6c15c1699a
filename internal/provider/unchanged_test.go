// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/tfserver"
)

// manyReads is so many reads that the lists of a DPS instance are asked before its entries.
const manyReads = 6

// elsewhere is the connection string of an instance that is not there.
const elsewhere = "HostName=localhost:1;SharedAccessKeyName=all;SharedAccessKey=QUJDRA=="

// bothWays are two servers in one world: one that answers what stands as it is without the framework, and one that
// asks the framework about everything.
type bothWays struct {
	t           *rapid.T
	world       *acctest.World
	short, full tfprotov6.ProviderServer
	typeName    string
	schema      *tfprotov6.Schema
	object      tftypes.Type
}

func newBothWays(t *rapid.T, w *acctest.World, typeName string, block map[string]any) *bothWays {
	made := provider.New("test", provider.Options{Getenv: w.Getenv, Now: w.Clock.Now, Sleep: w.Clock.Sleep})
	b := &bothWays{t: t, world: w, typeName: typeName}
	b.short = tfserver.Factory(made)()
	b.full = tfserver.Factory(func() frameworkprovider.Provider {
		return struct{ frameworkprovider.Provider }{made()} // It does not tell what its resources are configured with.
	})()
	for _, server := range []tfprotov6.ProviderServer{b.short, b.full} {
		schemas, err := server.GetProviderSchema(w.Context(), &tfprotov6.GetProviderSchemaRequest{})
		b.must(err)
		b.schema = schemas.ResourceSchemas[typeName]
		b.object = b.schema.ValueType()
		config := b.encode(acctest.Value(w.T, schemas.Provider.ValueType(), block))
		answer, err := server.ConfigureProvider(w.Context(), &tfprotov6.ConfigureProviderRequest{Config: config})
		b.must(err)
		if said := saidOf(answer.Diagnostics); said != "" {
			t.Fatalf("the provider cannot be configured: %s", said)
		}
	}
	return b
}

func (b *bothWays) must(err error) {
	if err != nil {
		b.t.Helper()
		b.t.Fatal(err)
	}
}

func (b *bothWays) encode(value tftypes.Value) *tfprotov6.DynamicValue {
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	b.must(err)
	return &encoded
}

func (b *bothWays) decoded(value *tfprotov6.DynamicValue) tftypes.Value {
	if value == nil {
		return tftypes.NewValue(b.object, nil)
	}
	decoded, err := value.Unmarshal(b.object)
	b.must(err)
	return decoded
}

func saidOf(said []*tfprotov6.Diagnostic) string {
	var all []string
	for _, d := range said {
		all = append(all, fmt.Sprintf("%s: %s (%s) at %s", d.Severity, d.Summary, d.Detail, d.Attribute))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// identityText is an identity in words.
func (b *bothWays) identityText(identity *tfprotov6.ResourceIdentityData) string {
	if identity == nil {
		return "none"
	}
	schemas, err := b.full.GetResourceIdentitySchemas(b.world.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	b.must(err)
	value, err := identity.IdentityData.Unmarshal(schemas.IdentitySchemas[b.typeName].ValueType())
	b.must(err)
	return value.String()
}

// agree fails the test where two answers differ: states are compared by what they say, private states byte by byte.
func (b *bothWays) agree(
	what string, states [2]*tfprotov6.DynamicValue, privates [2][]byte, identities [2]*tfprotov6.ResourceIdentityData,
	said [2][]*tfprotov6.Diagnostic,
) {
	b.t.Helper()
	if short, full := b.decoded(states[0]), b.decoded(states[1]); !short.Equal(full) {
		differences, err := short.Diff(full)
		b.t.Errorf("%s: the states differ (%v): %v", what, err, differences)
	}
	if !bytes.Equal(privates[0], privates[1]) {
		b.t.Errorf("%s: private state is %s, not %s", what, privates[0], privates[1])
	}
	if short, full := b.identityText(identities[0]), b.identityText(identities[1]); short != full {
		b.t.Errorf("%s: the identity is %s, not %s", what, short, full)
	}
	if short, full := saidOf(said[0]), saidOf(said[1]); short != full {
		b.t.Errorf("%s: said is %q, not %q", what, short, full)
	}
}

// kept is what Terraform keeps of an object.
type kept struct {
	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// read reads in both ways, so often that lists are asked. It tells whether the framework was not asked in the end.
func (b *bothWays) read(k kept) (kept, bool) {
	b.t.Helper()
	req := &tfprotov6.ReadResourceRequest{
		TypeName: b.typeName, CurrentState: b.encode(k.state), Private: k.private, CurrentIdentity: k.identity,
	}
	var short, full *tfprotov6.ReadResourceResponse
	for range manyReads {
		var err error
		short, err = b.short.ReadResource(b.world.Context(), req)
		b.must(err)
		full, err = b.full.ReadResource(b.world.Context(), req)
		b.must(err)
	}
	b.agree("a read", [2]*tfprotov6.DynamicValue{short.NewState, full.NewState}, [2][]byte{short.Private, full.Private},
		[2]*tfprotov6.ResourceIdentityData{short.NewIdentity, full.NewIdentity},
		[2][]*tfprotov6.Diagnostic{short.Diagnostics, full.Diagnostics})
	return kept{b.decoded(full.NewState), full.Private, full.NewIdentity}, short.NewState == req.CurrentState
}

// upgrade reads a stored state in both ways.
func (b *bothWays) upgrade(stored string) {
	b.t.Helper()
	for version := range int64(2) {
		req := &tfprotov6.UpgradeResourceStateRequest{
			TypeName: b.typeName, Version: version, RawState: &tfprotov6.RawState{JSON: []byte(stored)},
		}
		short, err := b.short.UpgradeResourceState(b.world.Context(), req)
		b.must(err)
		full, err := b.full.UpgradeResourceState(b.world.Context(), req)
		b.must(err)
		b.agree("an upgrade of "+stored, [2]*tfprotov6.DynamicValue{short.UpgradedState, full.UpgradedState}, [2][]byte{},
			[2]*tfprotov6.ResourceIdentityData{}, [2][]*tfprotov6.Diagnostic{short.Diagnostics, full.Diagnostics})
	}
}

// stored is a value as a state file has it.
func stored(t *rapid.T, value tftypes.Value) any {
	var text string
	var flag bool
	var members map[string]tftypes.Value
	var elements []tftypes.Value
	switch {
	case value.IsNull():
		return nil
	case value.Type().Is(tftypes.String):
		if err := value.As(&text); err != nil {
			t.Fatal(err)
		}
		return text
	case value.Type().Is(tftypes.Bool):
		if err := value.As(&flag); err != nil {
			t.Fatal(err)
		}
		return flag
	case value.Type().Is(tftypes.Object{}):
		if err := value.As(&members); err != nil {
			t.Fatal(err)
		}
		all := map[string]any{}
		for name, member := range members {
			all[name] = stored(t, member)
		}
		return all
	}
	if err := value.As(&elements); err != nil {
		t.Fatal(err)
	}
	all := []any{}
	for _, element := range elements {
		all = append(all, stored(t, element))
	}
	return all
}

// storedTexts are a state as a state file has it, as another version may have written it, and as nobody has.
func storedTexts(t *rapid.T, state tftypes.Value) []string {
	whole, ok := stored(t, state).(map[string]any)
	if !ok {
		t.Fatal("a state is an object")
	}
	var all []string
	for _, change := range []func(){
		func() {}, func() { whole["more"] = map[string]any{"a": 1} }, func() { delete(whole, "on_destroy") },
		func() { whole["on_destroy"] = []string{"x"} },
	} {
		change()
		raw, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(raw))
	}
	return append(all, "null", "{", "")
}

// plan plans in both ways, and tells whether the framework was not asked.
func (b *bothWays) plan(k kept, config tftypes.Value) bool {
	b.t.Helper()
	req := &tfprotov6.PlanResourceChangeRequest{
		TypeName: b.typeName, PriorState: b.encode(k.state), PriorPrivate: k.private, PriorIdentity: k.identity,
		Config: b.encode(config), ProposedNewState: b.encode(proposed(b.t, b.schema.Block.Attributes, config, k.state)),
	}
	short, err := b.short.PlanResourceChange(b.world.Context(), req)
	b.must(err)
	full, err := b.full.PlanResourceChange(b.world.Context(), req)
	b.must(err)
	b.agree("a plan", [2]*tfprotov6.DynamicValue{short.PlannedState, full.PlannedState},
		[2][]byte{short.PlannedPrivate, full.PlannedPrivate},
		[2]*tfprotov6.ResourceIdentityData{short.PlannedIdentity, full.PlannedIdentity},
		[2][]*tfprotov6.Diagnostic{short.Diagnostics, full.Diagnostics})
	replaces := fmt.Sprint(short.RequiresReplace) != fmt.Sprint(full.RequiresReplace)
	if replaces || (short.Deferred == nil) != (full.Deferred == nil) {
		b.t.Errorf("a plan replaces for %v, not for %v", short.RequiresReplace, full.RequiresReplace)
	}
	return short.PlannedState == req.PriorState
}

// proposed is what core proposes (objchange.ProposedNew): what is configured, without what is write-only; and what
// there was, where only the provider may set it.
func proposed(t *rapid.T, attributes []*tfprotov6.SchemaAttribute, config, prior tftypes.Value) tftypes.Value {
	if config.IsNull() || !config.IsKnown() {
		return config
	}
	values, before := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	if err := config.As(&values); err != nil {
		t.Fatal(err)
	}
	values = maps.Clone(values)
	if !prior.IsNull() && prior.IsKnown() {
		if err := prior.As(&before); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range attributes {
		was, there := before[a.Name]
		switch {
		case a.WriteOnly:
			values[a.Name] = tftypes.NewValue(values[a.Name].Type(), nil)
		case a.Computed && there && values[a.Name].IsNull():
			values[a.Name] = was
		case a.NestedType != nil && a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			if !there {
				was = tftypes.NewValue(values[a.Name].Type(), nil)
			}
			values[a.Name] = proposed(t, a.NestedType.Attributes, values[a.Name], was)
		}
	}
	return tftypes.NewValue(config.Type(), values)
}

// plainFace is a plain resource with what may be configured, and what may become of it outside Terraform.
type plainFace struct {
	typeName string
	// fixed is always configured, of the others each may be, with one of its values.
	fixed   func(id string) map[string]any
	choices func(w *acctest.World, pem string) map[string][]any
	remove  func(w *acctest.World, id string) error
	// outside are changes outside Terraform.
	outside map[string]func(w *acctest.World, id string)
	// blocks are provider blocks with which nothing is known, or that name another instance.
	blocks func(w *acctest.World) []map[string]any
}

func entryChoices(w *acctest.World) map[string][]any {
	host := w.Emulator.DPSHostname()
	return map[string][]any{
		"dps_hostname":        {host, strings.ToUpper(host)},
		"provisioning_status": {"enabled", "disabled"},
		"on_destroy":          {"delete", "disable", "keep", "prevent"},
		"allocation_policy":   {"hashed", "geoLatency"},
		"iothub_hostnames":    {[]string{w.Hostname("hub1")}, []string{strings.ToUpper(w.Hostname("hub1"))}},
		"edge_enabled":        {true, false},
		"reprovision_policy": {
			map[string]any{}, map[string]any{"update_hub_assignment": true}, map[string]any{"migrate_device_data": false},
			map[string]any{"update_hub_assignment": true, "migrate_device_data": true},
		},
		"initial_twin": {
			map[string]any{"tags": `{"a":1}`}, map[string]any{"tags": `{ "a": 1 }`}, map[string]any{"desired_properties": "{}"},
		},
	}
}

func entryBlocks(*acctest.World) []map[string]any {
	return []map[string]any{
		{"dps_connection_string": acctest.Unknown{}}, {"iothub_hostname": acctest.Unknown{}},
		{"dps_connection_string": elsewhere}, {"dps_connection_string": elsewhere, "use_cli": false},
	}
}

func keys(version string) map[string]any {
	key := strings.Repeat("QUJD", 8)
	return map[string]any{"primary_key_wo": key, "secondary_key_wo": key, "keys_wo_version": version}
}

func plainFaces() []plainFace {
	webhook := map[string]any{"webhook_url": "https://example.net/hook", "api_version": "2021-10-01"}
	return []plainFace{
		{
			typeName: "azureiot_dps_individual_enrollment",
			fixed: func(id string) map[string]any {
				return map[string]any{"registration_id": id, "attestation": map[string]any{"symmetric_key": map[string]any{}}}
			},
			remove: func(w *acctest.World, id string) error {
				return w.DPS.DeleteIndividualEnrollment(w.Context(), id, nil)
			},
			choices: func(w *acctest.World, pem string) map[string][]any {
				choices := entryChoices(w)
				choices["device_id"] = []any{"another"}
				choices["optional_device_information"] = []any{`{"b":[]}`, `{"b": []}`}
				choices["attestation"] = []any{
					map[string]any{"symmetric_key": keys("1")}, map[string]any{"symmetric_key": keys("2")},
					map[string]any{"x509": map[string]any{"client_certificates": map[string]any{"primary": pem}}},
					map[string]any{"tpm": map[string]any{"endorsement_key": "QUJD"}},
				}
				return choices
			},
			outside: map[string]func(*acctest.World, string){
				"disabled": func(w *acctest.World, id string) { w.SetEntryStatus(id, azdps.StatusDisabled) },
				"enabled":  func(w *acctest.World, id string) { w.SetEntryStatus(id, azdps.StatusEnabled) },
				"another twin": func(w *acctest.World, id string) {
					w.SetEntry(id, func(e *azdps.IndividualEnrollment) {
						e.InitialTwin = &azdps.InitialTwin{Tags: []byte(`{"z":2}`)}
					})
				},
				"deleted": func(w *acctest.World, id string) { w.DeleteEntry(id) },
			},
			blocks: entryBlocks,
		},
		{
			typeName: "azureiot_dps_enrollment_group",
			fixed: func(id string) map[string]any {
				return map[string]any{"enrollment_group_id": id, "attestation": map[string]any{"symmetric_key": map[string]any{}}}
			},
			remove: func(w *acctest.World, id string) error { return w.DPS.DeleteEnrollmentGroup(w.Context(), id, nil) },
			choices: func(w *acctest.World, pem string) map[string][]any {
				choices := entryChoices(w)
				choices["delete_registrations_on_destroy"] = []any{false}
				choices["attestation"] = []any{
					map[string]any{"x509": map[string]any{"signing_certificates": map[string]any{"primary": pem}}},
					map[string]any{"x509": map[string]any{"signing_certificates": map[string]any{
						"primary": pem, "secondary": w.Root.PEM(),
					}}},
				}
				choices["custom_allocation"] = []any{webhook}
				return choices
			},
			outside: map[string]func(*acctest.World, string){
				"disabled": func(w *acctest.World, id string) {
					w.SetGroup(id, func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
				},
				"another policy": func(w *acctest.World, id string) {
					w.SetGroup(id, func(g *azdps.EnrollmentGroup) { g.AllocationPolicy = new(azdps.AllocationGeoLatency) })
				},
			},
			blocks: entryBlocks,
		},
		{
			typeName: "azureiot_iothub_device_identity",
			fixed:    func(id string) map[string]any { return map[string]any{"device_id": id} },
			remove:   func(w *acctest.World, id string) error { return w.Hub("hub1").DeleteDevice(w.Context(), id, nil) },
			choices: func(w *acctest.World, _ string) map[string][]any {
				return map[string][]any{
					"iothub_hostname": {w.Hostname("hub1"), strings.ToUpper(w.Hostname("hub1"))},
					"status":          {"enabled", "disabled"},
					"status_reason":   {"stolen", "found"},
					"edge_enabled":    {true, false},
					"on_destroy":      {"delete", "keep"},
					"authentication": {
						map[string]any{"type": "sas"}, map[string]any{"type": "certificateAuthority"},
						map[string]any{"type": "selfSigned", "primary_thumbprint": strings.Repeat("AB", 20)},
						map[string]any{"type": "selfSigned", "primary_thumbprint": strings.Repeat("ab", 20)},
						merged(keys("1"), "type", "sas"), merged(keys("2"), "type", "sas"),
					},
				}
			},
			outside: map[string]func(*acctest.World, string){
				"disabled": func(w *acctest.World, id string) { w.SetIdentityStatus("hub1", id, aziothub.StatusDisabled) },
				"a reason": func(w *acctest.World, id string) {
					w.SetIdentity("hub1", id, func(d *aziothub.Device) { d.StatusReason = new("seen") })
				},
				"deleted":   func(w *acctest.World, id string) { w.DeleteIdentity("hub1", id) },
				"made anew": func(w *acctest.World, id string) { w.DeleteIdentity("hub1", id); w.AddIdentity("hub1", id, nil) },
			},
			blocks: func(w *acctest.World) []map[string]any {
				own := w.Emulator.Hub("hub1").ConnectionString()
				return []map[string]any{
					{"iothub_connection_strings": acctest.Unknown{}}, {"dps_hostname": acctest.Unknown{}},
					{"iothub_connection_strings": []string{elsewhere}, "use_cli": false},
					{"iothub_connection_strings": []string{own, elsewhere}, "iothub_hostname": "localhost:1"},
				}
			},
		},
	}
}

func merged(all map[string]any, name string, value any) map[string]any {
	all[name] = value
	return all
}

// drawn is a configuration: what is fixed, and of the other attributes those that are drawn.
func drawn(t *rapid.T, label string, fixed map[string]any, choices map[string][]any) map[string]any {
	all := maps.Clone(fixed)
	for _, name := range slices.Sorted(maps.Keys(choices)) {
		often := 3
		if name == "attestation" { // Most of what may be said is said of it.
			often = 1
		}
		if rapid.IntRange(0, often).Draw(t, label+" has "+name) == 0 {
			all[name] = rapid.SampledFrom(choices[name]).Draw(t, label+" "+name)
		}
	}
	if all["custom_allocation"] != nil {
		all["allocation_policy"] = "custom"
	}
	return all
}

// changed is a configuration with one attribute drawn anew, or left out.
func changed(t *rapid.T, from, fixed map[string]any, choices map[string][]any) map[string]any {
	all := maps.Clone(from)
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(choices))).Draw(t, "changed attribute")
	delete(all, name)
	if value, ok := fixed[name]; ok {
		all[name] = value
	}
	if rapid.Bool().Draw(t, "configured") {
		all[name] = rapid.SampledFrom(choices[name]).Draw(t, "changed value")
	}
	return all
}

func TestUnchanged_isAnsweredAsTheFrameworkDoes(t *testing.T) {
	t.Parallel()
	for _, f := range plainFaces() {
		t.Run(f.typeName, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			number, reads, plans := 0, 0, 0
			rapid.Check(t, func(t *rapid.T) {
				number++
				read, planned := f.compare(t, w, fmt.Sprintf("device-%d", number))
				reads, plans = reads+read, plans+planned
			})
			if reads == 0 || plans == 0 {
				t.Errorf("the framework was spared %d reads and %d plans: nothing was compared", reads, plans)
			}
			t.Logf("the framework was spared %d reads and %d plans", reads, plans)
		})
	}
}

// compare makes an object, lets time pass and somebody change it, and reads and plans it in both ways. It counts how
// often the framework was spared.
func (f plainFace) compare(t *rapid.T, w *acctest.World, id string) (reads, plans int) {
	now := w.Clock.Now()
	leaf, err := devicesim.SelfSigned(id, devicesim.Valid(now.Add(-time.Hour), now.Add(
		time.Duration(rapid.IntRange(20, 60).Draw(t, "days"))*24*time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	fixed, choices := f.fixed(id), f.choices(w, leaf.PEM())
	config := drawn(t, "it", fixed, choices)
	object := w.NewObject(f.typeName)
	if step := object.Apply(object.Plan(object.Config(config))); step.Failed() {
		t.Skip("it cannot be made: ", step.Errors()) // The service refuses some, such as a certificate for an edge device.
	}
	defer func() { _ = f.remove(w, id) }()             // It may be gone by then.
	if rapid.IntRange(0, 2).Draw(t, "imported") == 0 { // An import knows nothing of what only Terraform has.
		object.Forget()
		object.Import(id)
	}
	k := kept{state: object.State, private: object.Private}
	b := newBothWays(t, w, f.typeName, nil)
	for _, text := range storedTexts(t, object.State) {
		b.upgrade(text)
	}
	if rapid.Bool().Draw(t, "with identity") {
		k, _ = b.read(k)
	}
	if rapid.IntRange(0, 3).Draw(t, "later") == 0 {
		w.Clock.Advance(time.Duration(rapid.IntRange(1, 40).Draw(t, "days later")) * 24 * time.Hour)
	}
	if rapid.IntRange(0, 2).Draw(t, "outside") == 0 {
		f.outside[rapid.SampledFrom(slices.Sorted(maps.Keys(f.outside))).Draw(t, "change")](w, id)
	}
	block := rapid.SampledFrom(append(f.blocks(w), nil, nil, nil, nil, nil)).Draw(t, "provider block")
	k.private = f.private(t, k.private)
	if rapid.IntRange(0, 3).Draw(t, "other facts") == 0 {
		k.state = withOtherFacts(t, k.state)
	}
	if k.identity != nil && rapid.IntRange(0, 5).Draw(t, "another identity") == 0 {
		encoded := k.identity.IdentityData.MsgPack
		k.identity = &tfprotov6.ResourceIdentityData{IdentityData: &tfprotov6.DynamicValue{
			MsgPack: bytes.ReplaceAll(encoded, []byte("localhost"), []byte("otherhost")),
		}}
	}
	b = newBothWays(t, w, f.typeName, block)
	k, spared := b.read(k)
	reads += count(spared)
	if k.state.IsNull() {
		return reads, plans
	}
	for _, c := range []map[string]any{config, changed(t, config, fixed, choices), drawn(t, "other", fixed, choices)} {
		plans += count(b.plan(k, object.Config(c)))
	}
	return reads, plans
}

// withOtherFacts is a state whose facts of certificates are those of others, as of a state that was edited.
func withOtherFacts(t *rapid.T, state tftypes.Value) tftypes.Value {
	edited, err := tftypes.Transform(state, func(at *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if last, ok := at.LastStep().(tftypes.AttributeName); !ok || last != "thumbprint_sha256" || v.IsNull() {
			return v, nil
		}
		return tftypes.NewValue(tftypes.String, "00"), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return edited
}

// private is private state as it is, or in a way that is not expected.
func (f plainFace) private(t *rapid.T, private []byte) []byte {
	switch rapid.IntRange(0, 9).Draw(t, "private") {
	case 0:
		return nil
	case 1:
		return bytes.Replace(private, []byte(`}`), []byte(`,"moved":"eyJ2YWx1ZSI6eyJzdGF0dXMiOiJkaXNhYmxlZCJ9fQ=="}`), 1)
	case 2:
		return bytes.Replace(private, []byte(`{`), []byte(`{".import_before_read":"dHJ1ZQ==",`), 1)
	}
	return private
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
