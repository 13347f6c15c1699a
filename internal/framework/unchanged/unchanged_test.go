// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package unchanged_test

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

func encoded(t *testing.T, value tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	made, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	return &made
}

// object is an object of texts, flags, nulls (nil) and values that stand for themselves.
func object(t *testing.T, given map[string]any) unchanged.Attributes {
	t.Helper()
	kinds, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
	for name, value := range given {
		switch v := value.(type) {
		case tftypes.Value:
			values[name] = v
		case bool:
			values[name] = tftypes.NewValue(tftypes.Bool, v)
		default:
			values[name] = tftypes.NewValue(tftypes.String, v)
		}
		kinds[name] = values[name].Type()
	}
	decoded, ok := unchanged.Decode(encoded(t, tftypes.NewValue(tftypes.Object{AttributeTypes: kinds}, values)))
	if !ok {
		t.Fatal("an object is one")
	}
	return decoded
}

func TestAttributes_areSureOfWhatIsKnownOnly(t *testing.T) {
	t.Parallel()
	a := object(t, map[string]any{
		"text": "a", "empty": "", "null": nil, "flag": false, "unknown": tftypes.UnknownValue,
	})
	for _, name := range []string{"null", "unknown", "flag", "missing"} {
		if text, ok := a.Text(name); ok {
			t.Errorf("%s is the text %q", name, text)
		}
	}
	for name, want := range map[string]string{"text": "a", "empty": ""} {
		if text, ok := a.Text(name); !ok || text != want {
			t.Errorf("%s is %q, %t", name, text, ok)
		}
	}
	for _, name := range []string{"text", "empty", "unknown", "flag", "missing"} {
		if a.Null(name) {
			t.Errorf("%s is null", name)
		}
	}
	if !a.Null("null") {
		t.Error("null is not null")
	}
	if value, known := a.Bool("flag"); value || !known {
		t.Errorf("the flag is %t, %t", value, known)
	}
	for _, name := range []string{"text", "null", "unknown", "missing"} {
		if _, known := a.Bool(name); known {
			t.Errorf("%s is a flag", name)
		}
		if a.Below(name) != nil {
			t.Errorf("%s is an object", name)
		}
	}
}

func TestDecode_takesObjectsInMessagePackOnly(t *testing.T) {
	t.Parallel()
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": tftypes.String}}
	for name, value := range map[string]*tfprotov6.DynamicValue{
		"nothing":   nil,
		"empty":     {},
		"null":      encoded(t, tftypes.NewValue(kind, nil)),
		"not known": encoded(t, tftypes.NewValue(kind, tftypes.UnknownValue)),
		"a text":    encoded(t, tftypes.NewValue(tftypes.String, "a")),
		"JSON":      {JSON: []byte(`{"a":"b"}`)},
		"cut off":   {MsgPack: []byte{0x81, 0xa1}},
	} {
		if a, ok := unchanged.Decode(value); ok {
			t.Errorf("%s is an object: %v", name, a)
		}
	}
}

func TestDecodePrivate_leavesAloneWhatIsTheFrameworks(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"": true, `{"entry":"e30="}`: true, `{".framework":"e30="}`: false, `[]`: false, `{`: false,
	} {
		if _, ok := unchanged.DecodePrivate([]byte(raw)); ok != want {
			t.Errorf("%s is understood: %t", raw, ok)
		}
	}
}

func testSchema() schema.Schema {
	return schema.Schema{Attributes: map[string]schema.Attribute{
		"id":      schema.StringAttribute{Required: true},
		"policy":  schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("delete")},
		"edge":    schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false)},
		"known":   schema.StringAttribute{Computed: true},
		"address": schema.StringAttribute{Optional: true, WriteOnly: true},
		"hook": schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
			"url": schema.StringAttribute{Optional: true, Computed: true},
		}},
		"twin": schema.SingleNestedAttribute{
			Optional: true, Computed: true,
			Default: objectdefault.StaticValue(types.ObjectValueMust(
				map[string]attr.Type{"edge": types.BoolType}, map[string]attr.Value{"edge": types.BoolValue(true)})),
			Attributes: map[string]schema.Attribute{
				"edge": schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(true)},
			},
		},
	}}
}

func TestRules_keepOnlyWhatIsPlannedAsItWas(t *testing.T) {
	t.Parallel()
	rules := unchanged.RulesOf(t.Context(), testSchema(), []string{"known"})
	hook := func(url any) tftypes.Value {
		return tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"url": tftypes.String}},
			map[string]tftypes.Value{"url": tftypes.NewValue(tftypes.String, url)})
	}
	noHook := tftypes.NewValue(hook("c").Type(), nil)
	twin := func(edge any) tftypes.Value {
		return tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"edge": tftypes.Bool}},
			map[string]tftypes.Value{"edge": tftypes.NewValue(tftypes.Bool, edge)})
	}
	noTwin := tftypes.NewValue(twin(true).Type(), nil)
	whole := func(changes map[string]any) unchanged.Attributes {
		all := map[string]any{
			"id": "a", "policy": "delete", "edge": false, "known": "b", "address": nil, "hook": hook("c"), "twin": twin(true),
		}
		for name, value := range changes {
			all[name] = value
		}
		return object(t, all)
	}
	for name, test := range map[string]struct {
		config, prior map[string]any
		want          bool
	}{
		"all configured":           {nil, nil, true},
		"defaults as they were":    {map[string]any{"policy": nil, "edge": nil}, nil, true},
		"another than the default": {map[string]any{"policy": nil}, map[string]any{"policy": "keep"}, false},
		"another flag":             {map[string]any{"edge": nil}, map[string]any{"edge": true}, false},
		"a default of nothing":     {map[string]any{"policy": nil}, map[string]any{"policy": nil}, false},
		"a part of nothing":        {map[string]any{"hook": hook(nil)}, map[string]any{"hook": hook(nil)}, false},
		"no parts":                 {map[string]any{"hook": noHook}, map[string]any{"hook": noHook}, true},
		"a default of all parts":   {map[string]any{"twin": noTwin}, nil, true},
		"parts as they were":       {map[string]any{"twin": twin(true)}, map[string]any{"twin": twin(true)}, true},
		"a default part":           {map[string]any{"twin": twin(nil)}, map[string]any{"twin": twin(nil)}, false},
		"configured anew":          {map[string]any{"policy": "keep"}, nil, false},
		"a part that is left out":  {map[string]any{"hook": hook(nil)}, nil, false},
		"all parts left out":       {map[string]any{"hook": nil}, nil, false},
		"a secret":                 {map[string]any{"address": "s"}, nil, false},
		"computed":                 {map[string]any{"known": nil}, nil, true},
	} {
		if got := rules.Keep(whole(test.config), whole(test.prior)); got != test.want {
			t.Errorf("%s: keeps %t", name, got)
		}
	}
}

func TestRules_ofWhatNobodyHasDeclaredKeepNothing(t *testing.T) {
	t.Parallel()
	s := testSchema()
	s.Attributes["list"] = schema.ListAttribute{Optional: true, Computed: true, ElementType: types.StringType}
	s.Attributes["slots"] = schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{
		Attributes: map[string]schema.Attribute{"end": schema.StringAttribute{Computed: true}},
	}}
	rules := unchanged.RulesOf(t.Context(), s, nil)
	if want := []string{"known", "list", "slots"}; !slices.Equal(rules.Undeclared(), want) {
		t.Errorf("not declared are %v, want %v", rules.Undeclared(), want)
	}
	a := object(t, map[string]any{"id": "a", "policy": "delete", "edge": false, "known": "b"})
	if rules.Keep(a, a) {
		t.Error("nothing is certain")
	}
}
