// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Object is one resource object driven at protocol level, as Terraform's core drives it: refresh, plan, plan again at
// apply, apply. It holds what the state file would hold. It also checks what core checks, so that a provider which
// plans one thing and does another fails here as it would there.
type Object struct {
	world    *World
	server   tfprotov6.ProviderServer
	typeName string
	schema   *tfprotov6.Schema
	object   tftypes.Object
	// block is the type of the provider block, and validated is what it was when the provider last checked it.
	block     tftypes.Object
	validated []byte

	// State is the object's state; null when there is none.
	State tftypes.Value
	// Private is the provider's private state.
	Private []byte
	// Tainted says that the last create failed.
	Tainted bool

	// planned is the configuration that was planned in this walk, nil before.
	planned *tftypes.Value
	// identity is the resource identity, as Terraform 1.12 and later keep it; a provider may not change it in place.
	identity *tfprotov6.ResourceIdentityData
}

// NewObject starts a provider for one object of a resource type.
func (w *World) NewObject(typeName string) *Object {
	w.T.Helper()
	server, err := w.Server()
	must(w.T, err)
	o := w.objectOf(server, typeName)
	o.Reconfigure()
	return o
}

func (w *World) objectOf(server tfprotov6.ProviderServer, typeName string) *Object {
	w.T.Helper()
	schemas := w.schemasOf(server)
	o := &Object{world: w, server: server, typeName: typeName, schema: schemas.ResourceSchemas[typeName]}
	if o.schema == nil {
		w.T.Fatalf("the provider has no resource %s", typeName)
	}
	o.object, o.block = mustObject(w.T, o.schema), mustObject(w.T, schemas.Provider)
	o.State = tftypes.NewValue(o.object, nil)
	return o
}

func mustObject(t testing.TB, schema *tfprotov6.Schema) tftypes.Object {
	t.Helper()
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		t.Fatalf("a schema is no object but %s", schema.ValueType())
	}
	return object
}

// For is the object as it is now for a part of the test: what goes wrong fails t, and what is done there changes
// nothing here.
func (o *Object) For(t testing.TB) *Object {
	t.Helper()
	own := *o
	own.world = o.world.For(t)
	return &own
}

// Reconfigure begins a new walk: Terraform configures the provider anew for each. It also has the block checked each
// time; here one that is as it was is not checked again, which long tests would spend much of their time on.
func (o *Object) Reconfigure() {
	o.world.T.Helper()
	o.planned = nil
	block := o.world.encodedBlock(o.block)
	var said Step
	if !bytes.Equal(o.validated, block.MsgPack) {
		said = o.world.validateBlock(block, o.server)
		o.validated = block.MsgPack
	}
	if !said.Failed() {
		said = o.world.configureWith(block, o.server)
	}
	if said.Failed() {
		o.world.T.Fatalf("the provider cannot be configured: %s", said.Errors())
	}
}

// Config is a configuration of the object, made as by Value.
func (o *Object) Config(attributes map[string]any) tftypes.Value {
	o.world.T.Helper()
	return Value(o.world.T, o.object, attributes)
}

func (o *Object) encode(kind tftypes.Type, value tftypes.Value) *tfprotov6.DynamicValue {
	o.world.T.Helper()
	encoded, err := tfprotov6.NewDynamicValue(kind, value)
	must(o.world.T, err)
	return &encoded
}

func (o *Object) decode(value *tfprotov6.DynamicValue) tftypes.Value {
	o.world.T.Helper()
	if value == nil {
		return tftypes.NewValue(o.object, nil)
	}
	decoded, err := value.Unmarshal(o.object)
	must(o.world.T, err)
	return decoded
}

// Validate has the provider check a configuration.
func (o *Object) Validate(config tftypes.Value) Step {
	o.world.T.Helper()
	response, err := o.server.ValidateResourceConfig(o.world.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: o.typeName, Config: o.encode(o.object, config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	must(o.world.T, err)
	return Step{Diagnostics: response.Diagnostics}
}

// Refresh reads the object, as a plan does first.
func (o *Object) Refresh() Step {
	o.world.T.Helper()
	if o.State.IsNull() {
		return Step{}
	}
	response, err := o.server.ReadResource(o.world.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: o.typeName, CurrentState: o.encode(o.object, o.State), Private: o.Private,
		CurrentIdentity: o.identity,
	})
	must(o.world.T, err)
	step := Step{Diagnostics: response.Diagnostics}
	if !step.Failed() {
		o.State, o.Private, o.identity = o.decode(response.NewState), response.Private, response.NewIdentity
	}
	return step
}

// Plan plans a configuration from the state as it is; a null configuration plans a destroy.
func (o *Object) Plan(config tftypes.Value) Step { return o.plan(config, o.State, o.Private) }

// Keep takes over the private state of a plan, as core does for the next plan of a replacement.
func (o *Object) Keep(planned Step) { o.Private = planned.private }

// PlanReplacement plans the half of a replacement that creates, which does not see the state. As from core, it gets the
// private state of an object that is not tainted.
func (o *Object) PlanReplacement(config tftypes.Value) Step {
	var private []byte
	if !o.Tainted {
		private = o.Private
	}
	return o.plan(config, tftypes.NewValue(o.object, nil), private)
}

// Nothing is the configuration of an object that is gone from it.
func (o *Object) Nothing() tftypes.Value { return tftypes.NewValue(o.object, nil) }

func (o *Object) plan(config, prior tftypes.Value, private []byte) Step {
	o.world.T.Helper()
	if o.planned != nil && !config.IsNull() && !config.Equal(*o.planned) {
		o.Reconfigure() // No walk has two configurations of one resource.
	}
	if !config.IsNull() {
		o.planned = &config
	}
	var identity *tfprotov6.ResourceIdentityData
	if !prior.IsNull() {
		identity = o.identity
	}
	response, err := o.server.PlanResourceChange(o.world.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: o.typeName, PriorState: o.encode(o.object, prior), PriorPrivate: private, PriorIdentity: identity,
		ProposedNewState: o.encode(o.object, o.proposed(config, prior)), Config: o.encode(o.object, config),
	})
	must(o.world.T, err)
	step := Step{
		Diagnostics: response.Diagnostics, Replaces: response.RequiresReplace,
		private: response.PlannedPrivate, config: config, identity: response.PlannedIdentity,
	}
	if !step.Failed() {
		step.Planned = o.decode(response.PlannedState)
	}
	return step
}

// proposed is the state that core proposes: configured values, and prior ones where only the provider can set them.
func (o *Object) proposed(config, prior tftypes.Value) tftypes.Value {
	if config.IsNull() {
		return config
	}
	values, before := attributes(o.world.T, config), map[string]tftypes.Value{}
	if !prior.IsNull() {
		before = attributes(o.world.T, prior)
	}
	for _, attribute := range o.schema.Block.Attributes {
		if value, ok := before[attribute.Name]; ok && attribute.Computed && values[attribute.Name].IsNull() {
			values[attribute.Name] = value
		}
	}
	return tftypes.NewValue(o.object, values)
}

// Apply applies a plan as core does: unless it destroys, it plans again first, and accepts neither another plan nor
// another outcome.
func (o *Object) Apply(planned Step) Step {
	o.world.T.Helper()
	return o.ApplyAfter(planned, func() {})
}

// ApplyAfter applies a plan as Apply does, and has something happen between the plan that core makes once more and the
// apply.
func (o *Object) ApplyAfter(planned Step, happens func()) Step {
	o.world.T.Helper()
	o.Reconfigure()
	if planned.config.IsNull() {
		defer o.Reconfigure() // What a walk knows ends with it.
	}
	return o.applyInWalk(planned, happens)
}

func (o *Object) applyInWalk(planned Step, happens func()) Step {
	o.world.T.Helper()
	if planned.config.IsNull() {
		return o.applyNow(planned, o.State)
	}
	again := o.Plan(planned.config)
	if again.Failed() {
		return again
	}
	if difference := disagreement(planned.Planned, again.Planned); difference != "" {
		return inconsistent("final plan", difference, again.Diagnostics)
	}
	if !o.Changes(again) {
		return Step{} // Core does not apply what changes nothing.
	}
	happens()
	return o.applyNow(again, o.State)
}

// StartApply applies a plan beside the test, which can make something happen meanwhile. The answer is how it ended;
// none comes when the test has failed in it.
func (o *Object) StartApply(planned Step) <-chan Step {
	done := make(chan Step, 1)
	go func() {
		defer close(done)
		done <- o.Apply(planned)
	}()
	return done
}

// Replace replaces the object, the old one deleted first or last.
func (o *Object) Replace(config tftypes.Value, createFirst bool) Step {
	o.world.T.Helper()
	planned := o.PlanReplacement(config)
	if planned.Failed() {
		return planned
	}
	return o.ApplyReplacement(planned, createFirst)
}

// ApplyReplacement carries a planned replacement out. The half that deletes gets the private state that the plan of the
// half that creates has left; the half that creates is planned again, without any.
func (o *Object) ApplyReplacement(planned Step, createFirst bool) Step {
	o.world.T.Helper()
	o.Reconfigure()
	return o.ReplaceInWalk(planned, createFirst)
}

func (o *Object) applyNow(planned Step, prior tftypes.Value) Step {
	o.world.T.Helper()
	response, err := o.server.ApplyResourceChange(o.world.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: o.typeName, PriorState: o.encode(o.object, prior), PlannedState: o.encode(o.object, planned.Planned),
		Config: o.encode(o.object, planned.config), PlannedPrivate: planned.private, PlannedIdentity: planned.identity,
	})
	must(o.world.T, err)
	step := Step{Diagnostics: response.Diagnostics}
	state := o.decode(response.NewState)
	if !state.IsFullyKnown() {
		o.world.T.Fatalf("%s: the state after an apply does not know %v", o.typeName, unknowns(state))
	}
	if !step.Failed() {
		if difference := disagreement(planned.Planned, state); difference != "" {
			return inconsistent("result after apply", difference, step.Diagnostics)
		}
	}
	o.Tainted = step.Failed() && prior.IsNull() && !state.IsNull()
	o.State, o.Private, o.identity = state, response.Private, response.NewIdentity
	return step
}

func (o *Object) delete(state tftypes.Value, private []byte) Step {
	o.world.T.Helper()
	response, err := o.server.ApplyResourceChange(o.world.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: o.typeName, PriorState: o.encode(o.object, state), PlannedState: o.encode(o.object, o.Nothing()),
		Config: o.encode(o.object, o.Nothing()), PlannedPrivate: private,
	})
	must(o.world.T, err)
	return Step{Diagnostics: response.Diagnostics}
}

// Destroy plans the destroy of the object and carries it out.
func (o *Object) Destroy() Step {
	o.world.T.Helper()
	planned := o.Plan(o.Nothing())
	if planned.Failed() {
		return planned
	}
	step := o.delete(o.State, planned.private)
	if !step.Failed() {
		o.Forget()
	}
	step.Diagnostics = append(planned.Diagnostics, step.Diagnostics...)
	return step
}

// Forget drops the state, as removing the object from it does.
func (o *Object) Forget() { o.State, o.Private, o.Tainted, o.identity = o.Nothing(), nil, false, nil }

// Stop tells the provider to end what it is doing, as core does on Ctrl-C and SIGTERM.
func (o *Object) Stop() {
	o.world.T.Helper()
	_, err := o.server.StopProvider(o.world.Context(), &tfprotov6.StopProviderRequest{})
	must(o.world.T, err)
}

// Import makes the state of an existing object.
func (o *Object) Import(id string) Step {
	o.world.T.Helper()
	response, err := o.server.ImportResourceState(o.world.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: o.typeName, ID: id,
	})
	must(o.world.T, err)
	step := Step{Diagnostics: response.Diagnostics}
	if step.Failed() {
		return step
	}
	found := response.ImportedResources[0]
	o.State, o.Private, o.identity = o.decode(found.State), found.Private, found.Identity
	return o.Refresh()
}

// Generate is the configuration that the provider generates for the object's state, as Terraform 1.14 and later asks.
func (o *Object) Generate() tftypes.Value {
	o.world.T.Helper()
	response, err := o.server.GenerateResourceConfig(o.world.Context(), &tfprotov6.GenerateResourceConfigRequest{
		TypeName: o.typeName, State: o.encode(o.object, o.State),
	})
	must(o.world.T, err)
	if step := (Step{Diagnostics: response.Diagnostics}); step.Failed() {
		o.world.T.Fatalf("%s: no configuration is generated: %s", o.typeName, step.Errors())
	}
	return o.decode(response.Config)
}

// unknowns are the places of a value that are not known.
func unknowns(value tftypes.Value) []string {
	var places []string
	_ = tftypes.Walk(value, func(at *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		if !v.IsKnown() {
			places = append(places, at.String())
		}
		return true, nil
	})
	return places
}

// Changes tells whether the plan changes the object's state.
func (o *Object) Changes(planned Step) bool { return !planned.Planned.Equal(o.State) }

func attributes(t testing.TB, value tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	var all map[string]tftypes.Value
	must(t, value.As(&all))
	return maps.Clone(all) // As hands out the value's own map.
}
