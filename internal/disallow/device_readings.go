// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func objectOptions() basetypes.ObjectAsOptions { return basetypes.ObjectAsOptions{} }

// Origins of an entry.
const (
	originCreated = "created"
	originAdopted = "adopted"
)

// readings are the computed attributes in Go's types.
type readings struct {
	picture    deprovision.Picture
	access     deprovision.Access
	origin     string
	previous   deprovision.Picture
	reversible bool
	effects    []deprovision.Effect
	paths      []deprovision.ReenrollPath
}

// unknowns say which readings of a plan only the apply can tell.
type unknowns struct {
	identities bool
	// identity names the hubs whose identity is unknown while others are known.
	identity func(host string) bool
	access   bool
	origin   bool
	previous bool
	effects  bool
	paths    bool
}

// readings decodes the computed attributes of a state or a plan; what is unknown reads as empty.
func (m deviceModel) readings(ctx context.Context) (readings, diag.Diagnostics) {
	r := readings{
		access: deprovision.Access(m.Access.ValueString()), origin: m.EnrollmentOrigin.ValueString(),
		reversible: m.Reversible.ValueBool(),
	}
	var diags, more diag.Diagnostics
	r.picture.Enrollment = deprovision.Status(m.EnrollmentStatus.ValueString())
	r.picture.Identities, diags = expandIdentities(ctx, m.HubIdentities)
	r.previous, more = expandPrevious(ctx, m.Previous)
	diags.Append(more...)
	r.effects, more = expandEffects(ctx, m.Effects)
	diags.Append(more...)
	r.paths, more = expandPaths(ctx, m.ReenrollPaths)
	diags.Append(more...)
	return r, diags
}

// withReadings sets every computed attribute: the framework marks all of them unknown as soon as any setting differs,
// so that nothing may be left to it.
func (m deviceModel) withReadings(ctx context.Context, r readings, u unknowns) (deviceModel, diag.Diagnostics) {
	var diags, more diag.Diagnostics
	m.EnrollmentStatus = types.StringValue(string(r.picture.Enrollment))
	m.Reversible = types.BoolValue(r.reversible)
	m.Access = types.StringValue(string(r.access))
	if u.access {
		m.Access = types.StringUnknown()
	}
	m.EnrollmentOrigin = types.StringValue(r.origin)
	if u.origin {
		m.EnrollmentOrigin = types.StringUnknown()
	}
	m.HubIdentities, more = flattenIdentities(ctx, r.picture.Identities, u.identity)
	if u.identities {
		m.HubIdentities = types.MapUnknown(identityType())
	}
	diags.Append(more...)
	m.Previous, more = flattenPrevious(ctx, r.previous)
	if u.previous {
		m.Previous = types.ObjectUnknown(previousType().AttrTypes)
	}
	diags.Append(more...)
	m.Effects, more = flattenEffects(ctx, r.effects)
	if u.effects {
		m.Effects = types.ListUnknown(effectType())
	}
	diags.Append(more...)
	m.ReenrollPaths, more = flattenPaths(ctx, r.paths)
	if u.paths {
		m.ReenrollPaths = types.ListUnknown(pathType())
	}
	diags.Append(more...)
	return m, diags
}
