// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// maxListed is how many devices individually_admitted names.
const maxListed = 100

// reading are the computed attributes in Go's types.
type reading struct {
	status   deprovision.Status
	hubs     map[string]deprovision.HubTally
	pending  int
	unplaced int
	access   deprovision.Access
	admitted []string
	paths    []deprovision.ReenrollPath
	effects  []deprovision.GroupEffect
}

// unknowns say which readings of a plan only the apply can tell: what it looks at.
type unknowns struct{ look bool }

// readingOf is what a standing comes to for settings. Of a group that is restored nothing is pending.
func readingOf(s *standing, w wanted, effects []deprovision.GroupEffect) reading {
	g := s.evidence()
	r := reading{
		status: s.status, hubs: g.Tally(), unplaced: len(g.Unplaced()), access: g.Access(), admitted: g.Admitted(),
		paths: s.paths, effects: effects,
	}
	if !w.restore {
		r.pending = total(g.Pending(w.identities))
	}
	return r
}

func total(counts map[string]int) int {
	sum := 0
	for _, count := range counts {
		sum += count
	}
	return sum
}

// flatten sets every computed attribute: the framework marks all of them unknown as soon as any setting differs.
func (r reading) flatten(ctx context.Context, u unknowns) (told, diagnostics) {
	t := told{
		GroupStatus: types.StringValue(string(r.status)), PendingCount: types.Int64Value(int64(r.pending)),
		UnplacedCount: types.Int64Value(int64(r.unplaced)), Access: types.StringValue(string(r.access)),
		IndividuallyAdmittedCount: types.Int64Value(int64(len(r.admitted))),
	}
	hubs := make(map[string]hubModel, len(r.hubs))
	for host, tally := range r.hubs {
		hubs[host] = hubModel{
			Registered: types.Int64Value(int64(tally.Registered)), Enabled: types.Int64Value(int64(tally.Enabled)),
			Disabled: types.Int64Value(int64(tally.Disabled)), Absent: types.Int64Value(int64(tally.Absent)),
			Unreachable: types.Int64Value(int64(tally.Unreachable)),
		}
	}
	var diags, more diagnostics
	t.Hubs, diags = types.MapValueFrom(ctx, hubType(), hubs)
	t.IndividuallyAdmitted, more = types.SetValueFrom(ctx, types.StringType, r.admitted[:min(len(r.admitted), maxListed)])
	diags.Append(more...)
	t.ReenrollPaths, more = flattenPaths(ctx, r.paths)
	diags.Append(more...)
	t.Effects, more = flattenEffects(ctx, r.effects)
	diags.Append(more...)
	return t.unknown(u), diags
}

func (t told) unknown(u unknowns) told {
	if u.look {
		t.Hubs, t.UnplacedCount = types.MapUnknown(hubType()), types.Int64Unknown()
		t.IndividuallyAdmitted = types.SetUnknown(types.StringType)
		t.IndividuallyAdmittedCount = types.Int64Unknown()
		if t.Access.ValueString() != string(deprovision.Blocked) {
			t.Access = types.StringUnknown()
		}
	}
	return t
}

// everythingUnknown is told of nothing.
func everythingUnknown() told {
	return told{
		GroupStatus: types.StringUnknown(), Hubs: types.MapUnknown(hubType()), PendingCount: types.Int64Unknown(),
		UnplacedCount: types.Int64Unknown(), Access: types.StringUnknown(),
		IndividuallyAdmitted: types.SetUnknown(types.StringType), IndividuallyAdmittedCount: types.Int64Unknown(),
		ReenrollPaths: types.SetUnknown(pathType()), Effects: types.SetUnknown(effectType()),
	}
}

func flattenPaths(ctx context.Context, paths []deprovision.ReenrollPath) (types.Set, diagnostics) {
	elements := make([]pathModel, 0, len(paths))
	for _, p := range paths {
		elements = append(elements, pathModel{
			EnrollmentGroupID: types.StringValue(p.EnrollmentGroupID), Match: types.StringValue(string(p.Match)),
		})
	}
	return types.SetValueFrom(ctx, pathType(), elements)
}

func (t told) expandPaths(ctx context.Context) ([]deprovision.ReenrollPath, diagnostics) {
	if t.ReenrollPaths.IsNull() || t.ReenrollPaths.IsUnknown() {
		return nil, nil
	}
	var elements []pathModel
	diags := t.ReenrollPaths.ElementsAs(ctx, &elements, false)
	var paths []deprovision.ReenrollPath
	for _, element := range elements {
		paths = append(paths, deprovision.ReenrollPath{
			EnrollmentGroupID: element.EnrollmentGroupID.ValueString(), Match: deprovision.Match(element.Match.ValueString()),
		})
	}
	deprovision.SortPaths(paths)
	return paths, diags
}

func flattenEffects(ctx context.Context, effects []deprovision.GroupEffect) (types.Set, diagnostics) {
	elements := make([]effectModel, 0, len(effects))
	for _, effect := range effects {
		elements = append(elements, effectModel{
			Target: types.StringValue(string(effect.Target)), Object: types.StringValue(effect.Object),
			Action: types.StringValue(string(effect.Action)), From: types.StringValue(string(effect.From)),
			To: types.StringValue(string(effect.To)), Count: types.Int64Value(int64(effect.Count)),
		})
	}
	return types.SetValueFrom(ctx, effectType(), elements)
}

func (t told) expandEffects(ctx context.Context) ([]deprovision.GroupEffect, diagnostics) {
	if t.Effects.IsNull() || t.Effects.IsUnknown() {
		return nil, nil
	}
	var elements []effectModel
	diags := t.Effects.ElementsAs(ctx, &elements, false)
	var effects []deprovision.GroupEffect
	for _, element := range elements {
		effects = append(effects, deprovision.GroupEffect{
			Effect: deprovision.Effect{
				Target: deprovision.Target(element.Target.ValueString()), Object: element.Object.ValueString(),
				Action: deprovision.Action(element.Action.ValueString()),
				From:   deprovision.Status(element.From.ValueString()), To: deprovision.Status(element.To.ValueString()),
			},
			Count: int(element.Count.ValueInt64()),
		})
	}
	return effects, diags
}
