// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Rules are what the schema of a resource makes of a plan that proposes the prior state. Attributes of which it has no
// rule are configuration's alone: where the proposal is the prior state, so is the plan.
type Rules struct {
	// defaults are, by attribute, what is planned where configuration has null.
	defaults map[string][]byte
	// exact are the attributes below which something is planned that configuration need not have, or which have parts that
	// are in no state: they are left alone only where configuration has all that the prior state has.
	exact map[string]schema.Attribute
	// undeclared are the attributes that are planned in a way that nobody has declared.
	undeclared []string
}

// RulesOf reads the schema of a resource.
func RulesOf(ctx context.Context, s schema.Schema, computes []string) Rules {
	r := Rules{defaults: map[string][]byte{}, exact: map[string]schema.Attribute{}}
	for name, attribute := range s.Attributes {
		born, has := defaultOf(ctx, attribute)
		switch {
		case has && born == nil, collects(attribute):
			r.undeclared = append(r.undeclared, name)
		case slices.Contains(computes, name):
			continue
		case has:
			r.defaults[name] = born
		case attribute.IsComputed():
			r.undeclared = append(r.undeclared, name)
		}
		if slices.ContainsFunc(partsOf(attribute), planned) || attribute.IsWriteOnly() {
			r.exact[name] = attribute
		}
	}
	for name := range s.Blocks {
		r.undeclared = append(r.undeclared, name)
	}
	slices.Sort(r.undeclared)
	return r
}

// Undeclared names the attributes that are planned in a way that nobody has declared; with one, nothing is certain.
func (r Rules) Undeclared() []string { return r.undeclared }

// Keep tells whether a plan leaves what the schema decides as it is in the prior state.
func (r Rules) Keep(config, prior Attributes) bool {
	for name, born := range r.defaults {
		if config.Null(name) && !bytes.Equal(prior[name], born) || !config.Null(name) && !config.same(prior, name) {
			return false
		}
	}
	for name, attribute := range r.exact {
		_, bornWhole := r.defaults[name]
		if config.Null(name) && bornWhole {
			continue
		}
		if !config.same(prior, name) || !whole(attribute, config.Below(name)) {
			return false
		}
	}
	return len(r.undeclared) == 0
}

// whole tells whether configuration has every part of an attribute that would be planned otherwise; nil is an attribute
// that is null, or has no parts.
func whole(attribute schema.Attribute, config Attributes) bool {
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok || config == nil {
		return true
	}
	for name, part := range nested.Attributes {
		if part.IsComputed() && config.Null(name) || !whole(part, config.Below(name)) {
			return false
		}
	}
	return true
}

// planned tells whether an attribute or anything below it is computed or write-only.
func planned(attribute schema.Attribute) bool {
	if attribute.IsComputed() || attribute.IsWriteOnly() {
		return true
	}
	return slices.ContainsFunc(partsOf(attribute), planned)
}

// collects tells whether an attribute is a collection of objects, or has one below it: what of these is planned is not
// looked at here.
func collects(attribute schema.Attribute) bool {
	switch attribute.(type) {
	case schema.ListNestedAttribute, schema.SetNestedAttribute, schema.MapNestedAttribute:
		return true
	}
	return slices.ContainsFunc(partsOf(attribute), collects)
}

func partsOf(attribute schema.Attribute) []schema.Attribute {
	nested, _ := attribute.(schema.SingleNestedAttribute)
	return slices.Collect(maps.Values(nested.Attributes))
}

// defaultOf is the default of an attribute as Terraform encodes it; nil when it has one that cannot be told.
func defaultOf(ctx context.Context, attribute schema.Attribute) (born []byte, has bool) {
	var value attr.Value
	switch a := attribute.(type) {
	case schema.StringAttribute:
		if has = a.Default != nil; has {
			var resp defaults.StringResponse
			a.Default.DefaultString(ctx, defaults.StringRequest{}, &resp)
			value = resp.PlanValue
		}
	case schema.BoolAttribute:
		if has = a.Default != nil; has {
			var resp defaults.BoolResponse
			a.Default.DefaultBool(ctx, defaults.BoolRequest{}, &resp)
			value = resp.PlanValue
		}
	case schema.SingleNestedAttribute:
		if has = a.Default != nil; has {
			var resp defaults.ObjectResponse
			a.Default.DefaultObject(ctx, defaults.ObjectRequest{}, &resp)
			value = resp.PlanValue
		}
	default:
		has = attribute.IsComputed() // Other types have defaults of their own.
	}
	if value == nil {
		return nil, has
	}
	raw, err := value.ToTerraformValue(ctx)
	if err != nil {
		return nil, has
	}
	encoded, err := tfprotov6.NewDynamicValue(raw.Type(), raw)
	if err != nil {
		return nil, has
	}
	return encoded.MsgPack, has
}
