// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

type whole struct {
	ID types.String `tfsdk:"id"`
	place
}

// goish has a field of Go's own, which only the framework can decode.
type goish struct {
	ID   string       `tfsdk:"id"`
	Host types.String `tfsdk:"host"`
	Room types.Set    `tfsdk:"room"`
}

func emptyState() tfsdk.State {
	described := schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{Optional: true}, "host": schema.StringAttribute{Optional: true},
		"room": schema.SetAttribute{Optional: true, ElementType: types.StringType},
	}}
	kind := described.Type().TerraformType(context.Background())
	return tfsdk.State{Schema: described, Raw: tftypes.NewValue(kind, nil)}
}

func wholes() map[string]whole {
	return map[string]whole{
		"known":   {types.StringValue("a"), place{address{types.StringValue("h")}, set(types.StringValue("1"))}},
		"null":    {types.StringNull(), place{address{types.StringNull()}, types.SetNull(types.StringType)}},
		"unknown": {types.StringUnknown(), place{address{types.StringValue("h")}, types.SetUnknown(types.StringType)}},
	}
}

func TestStore_writesWhatTheFrameworkWrites(t *testing.T) {
	t.Parallel()
	for name, w := range wholes() {
		ours, theirs := emptyState(), emptyState()
		diags := append(configure.Store(t.Context(), &ours, w), theirs.Set(t.Context(), w)...)
		if diags.HasError() || !ours.Raw.Equal(theirs.Raw) {
			t.Errorf("%s: %s, and the framework %s (%v)", name, ours.Raw, theirs.Raw, diags)
		}
	}
	state := emptyState()
	diags := configure.Store(t.Context(), &state, goish{"a", types.StringNull(), types.SetNull(types.StringType)})
	if read, more := configure.Decode[goish](t.Context(), state); diags.HasError() || more.HasError() || read.ID != "a" {
		t.Errorf("%v %v %v", read, diags, more)
	}
	if diags := configure.Store(t.Context(), &state, address{types.StringValue("h")}); !diags.HasError() {
		t.Error("attributes are missing")
	}
}

func TestDecode_readsWhatTheFrameworkReads(t *testing.T) {
	t.Parallel()
	for name, w := range wholes() {
		state := emptyState()
		if diags := state.Set(t.Context(), w); diags.HasError() {
			t.Fatal(diags)
		}
		for _, source := range []configure.Source{state, tfsdk.Config(state), tfsdk.Plan(state), &state} {
			var theirs whole
			said := source.Get(t.Context(), &theirs)
			ours, diags := configure.Decode[whole](t.Context(), source)
			if said.HasError() || diags.HasError() || !reflect.DeepEqual(ours, theirs) {
				t.Errorf("%s: %T: %v, and the framework %v (%v %v)", name, source, ours, theirs, diags, said)
			}
		}
	}
}

func TestDecode_leavesToTheFrameworkWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	state := emptyState()
	if _, diags := configure.Decode[whole](t.Context(), state); !diags.HasError() {
		t.Error("nothing is no model")
	}
	if diags := state.Set(t.Context(), wholes()["known"]); diags.HasError() {
		t.Fatal(diags)
	}
	read, diags := configure.Decode[goish](t.Context(), state)
	if diags.HasError() || read.ID != "a" {
		t.Errorf("read %v, %v", read, diags)
	}
	if _, diags := configure.Decode[address](t.Context(), state); !diags.HasError() {
		t.Error("a model has to have every attribute")
	}
}

// The framework compiles a regular expression for each field.
//
//nolint:paralleltest // Allocations are counted of the whole process.
func TestDecode_takesLittle(t *testing.T) {
	state := emptyState()
	if diags := state.Set(t.Context(), wholes()["known"]); diags.HasError() {
		t.Fatal(diags)
	}
	ours := testing.AllocsPerRun(100, func() { _, _ = configure.Decode[whole](t.Context(), state) })
	theirs := testing.AllocsPerRun(100, func() { state.Get(t.Context(), &whole{}) })
	if 2*ours > theirs {
		t.Errorf("%v allocations, and in the framework %v", ours, theirs)
	}
}
