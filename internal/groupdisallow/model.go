// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// model is azureiot_dps_enrollment_group_disallow in Terraform's types.
type model struct {
	asked
	told
}

// asked are the attributes that configuration sets.
type asked struct {
	EnrollmentGroupID         iottype.TextValue `tfsdk:"enrollment_group_id"`
	DPSHostname               iottype.TextValue `tfsdk:"dps_hostname"`
	AdditionalIoTHubHostnames types.Set         `tfsdk:"additional_iothub_hostnames"`
	Reason                    types.String      `tfsdk:"reason"`
	DesiredAccess             types.String      `tfsdk:"desired_access"`
	HubIdentityAction         types.String      `tfsdk:"hub_identity_action"`
	DeleteRegistrations       types.Bool        `tfsdk:"delete_registrations"`
	OnDestroy                 types.String      `tfsdk:"on_destroy"`
	Timeouts                  types.Object      `tfsdk:"timeouts"`
}

// told are the attributes that the provider computes.
type told struct {
	GroupStatus               types.String `tfsdk:"group_status"`
	Hubs                      types.Map    `tfsdk:"hubs"`
	PendingCount              types.Int64  `tfsdk:"pending_count"`
	UnplacedCount             types.Int64  `tfsdk:"unplaced_count"`
	Access                    types.String `tfsdk:"access"`
	IndividuallyAdmitted      types.Set    `tfsdk:"individually_admitted"`
	IndividuallyAdmittedCount types.Int64  `tfsdk:"individually_admitted_count"`
	ReenrollPaths             types.Set    `tfsdk:"reenroll_paths"`
	Effects                   types.Set    `tfsdk:"effects"`
}

type timeoutsModel struct {
	Create types.String `tfsdk:"create"`
	Update types.String `tfsdk:"update"`
}

type hubModel struct {
	Registered  types.Int64 `tfsdk:"registered"`
	Enabled     types.Int64 `tfsdk:"enabled"`
	Disabled    types.Int64 `tfsdk:"disabled"`
	Absent      types.Int64 `tfsdk:"absent"`
	Unreachable types.Int64 `tfsdk:"unreachable"`
}

// hubType is the schema's own.
func hubType() attr.Type {
	kind, _ := hubsAttribute().GetType().(types.MapType)
	return kind.ElemType
}

// sameGroup tells whether two models mean the same group of the same DPS instance, for certain.
func (a asked) sameGroup(other asked) bool {
	return !other.EnrollmentGroupID.IsUnknown() &&
		iottype.RegistrationID().Same(a.EnrollmentGroupID.ValueString(), other.EnrollmentGroupID.ValueString()) &&
		iotplan.SameHost(a.DPSHostname, other.DPSHostname)
}

// unfinished are the settings of a state m after an update to plan that came to no end: the former ones, so that the
// next plan takes up what is left. A group that is to be blocked again is not restored any more.
func (m model) unfinished(plan model) model {
	if plan.DesiredAccess.ValueString() == iotplan.AccessBlocked {
		m.DesiredAccess = plan.DesiredAccess
	}
	m.Timeouts = plan.Timeouts
	return m
}

// imported tells whether this is the state of an import that has not been read yet.
func (m model) imported() bool { return m.GroupStatus.IsNull() }

// defaultTimeout is how long an apply goes on when timeouts does not say it: about what disabling five thousand devices
// in one unit of an S1 hub takes.
const defaultTimeout = time.Hour

// wanted are the settings in Go's types.
type wanted struct {
	groupID, dpsHostname string
	restore              bool
	identities           deprovision.Disposal
	reason               string
	// hubs are those that the user names.
	hubs                []string
	deleteRegistrations bool
	// create and update are how long an apply may take.
	create, update time.Duration
}

func (a asked) expand(ctx context.Context) (wanted, diag.Diagnostics) {
	w := wanted{
		groupID: a.EnrollmentGroupID.ValueString(), dpsHostname: a.DPSHostname.ValueString(),
		restore:    a.DesiredAccess.ValueString() == iotplan.AccessRestored,
		identities: deprovision.Disposal(a.HubIdentityAction.ValueString()), reason: a.Reason.ValueString(),
		deleteRegistrations: a.DeleteRegistrations.ValueBool(), create: defaultTimeout, update: defaultTimeout,
	}
	var diags diag.Diagnostics
	if !a.AdditionalIoTHubHostnames.IsNull() {
		diags.Append(a.AdditionalIoTHubHostnames.ElementsAs(ctx, &w.hubs, false)...)
		for i, host := range w.hubs {
			w.hubs[i] = azrest.FoldHost(host)
		}
	}
	if a.Timeouts.IsNull() || a.Timeouts.IsUnknown() {
		return w, diags
	}
	var timeouts timeoutsModel
	diags.Append(a.Timeouts.As(ctx, &timeouts, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: true})...)
	// The attributes' own validators have refused what is no duration.
	if d, err := time.ParseDuration(timeouts.Create.ValueString()); err == nil {
		w.create = d
	}
	if d, err := time.ParseDuration(timeouts.Update.ValueString()); err == nil {
		w.update = d
	}
	return w, diags
}

// intent is what is asked for of a group that stands as the memory tells. have are the settings that were applied last;
// nil for a new block.
func (w wanted) intent(m memory, have *wanted) deprovision.GroupIntent {
	intent := deprovision.GroupIntent{
		EnrollmentGroupID: w.groupID, Restore: w.restore, Identities: w.identities,
		Reenable: m.Group.Before == deprovision.Enabled && m.Group.Created != "" && m.Group.Created == m.Group.Found,
	}
	if w.deletesRecords(have) {
		intent.Registrations = m.Records
	}
	return intent
}

// deletesRecords tells whether the records are to be deleted with this change: once, when that is set.
func (w wanted) deletesRecords(have *wanted) bool {
	return w.deleteRegistrations && !w.restore && (have == nil || !have.deleteRegistrations || have.restore)
}

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
func (r reading) flatten(ctx context.Context, u unknowns) (told, diag.Diagnostics) {
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
	var diags, more diag.Diagnostics
	t.Hubs, diags = types.MapValueFrom(ctx, hubType(), hubs)
	t.IndividuallyAdmitted, more = types.SetValueFrom(ctx, types.StringType, r.admitted[:min(len(r.admitted), maxListed)])
	diags.Append(more...)
	t.ReenrollPaths, more = composite.FlattenPaths(ctx, r.paths)
	diags.Append(more...)
	t.Effects, more = composite.FlattenGroupEffects(ctx, r.effects)
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
		ReenrollPaths: composite.UnknownPaths(), Effects: composite.UnknownGroupEffects(),
	}
}
