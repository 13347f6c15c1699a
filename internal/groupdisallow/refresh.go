// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// refresh counts what is there now. Effects say what the last change did, and stay.
func (r *groupResource) refresh(ctx context.Context, state model, m memory) (outcome, diagnostics) {
	want, diags := state.expand(ctx)
	effects, more := state.expandEffects(ctx)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	l, diags := r.looker(want)
	if diags.HasError() {
		return outcome{}, diags
	}
	s, err := l.look(ctx, m)
	if err != nil {
		return outcome{}, diagnostics{l.words().lookUpFailed(err)}
	}
	if state.imported() && s.unheardOf() {
		return outcome{}, diagnostics{l.words().noSuchGroup()}
	}
	now := s.remember(m)
	now.Records = len(s.records)
	return outcome{reading: readingOf(s, want, effects), memory: now}, l.words().standingWarnings(s, want)
}

// ImportState takes "group-id", or "dps-host/group-id" for another instance than the provider block's.
func (r *groupResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	host, id, found, diags := configure.ImportAddress(ctx, req, "dps_hostname", "enrollment_group_id")
	resp.Diagnostics.Append(diags...)
	problem := iotvalidator.EnrollmentGroupIDProblem(id)
	switch {
	case found && host == "":
		problem = "The host name before the slash is missing."
	case problem == "" && host != "":
		problem = iotvalidator.HostnameProblem(host)
	}
	if problem != "" {
		resp.Diagnostics.AddAttributeError(path.Root("enrollment_group_id"), "Invalid import ID", problem+
			" It reads \"group-id\" or \"dps-host/group-id\".")
		return
	}
	m := importedModel(id)
	if host = r.Services.DPSHost(host); host != "" {
		m.DPSHostname = iottype.Hostname().Value(host)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(m.identify(ctx, resp.Identity)...)
}

// importedModel has the defaults of all settings, so that the same configuration writes nothing afterwards.
func importedModel(id string) model {
	return model{
		asked: asked{
			EnrollmentGroupID: iottype.RegistrationID().Value(id), DPSHostname: iottype.Hostname().Null(),
			AdditionalIoTHubHostnames: types.SetNull(types.StringType), Reason: types.StringNull(),
			DesiredAccess:       types.StringValue(iotplan.AccessBlocked),
			HubIdentityAction:   types.StringValue(string(deprovision.Disabling)),
			DeleteRegistrations: types.BoolValue(false), OnDestroy: types.StringValue(iotplan.DestroyKeep),
			Timeouts: types.ObjectNull(timeoutsType()),
		},
		told: told{
			GroupStatus: types.StringNull(), Hubs: types.MapNull(hubType()), PendingCount: types.Int64Null(),
			UnplacedCount: types.Int64Null(), Access: types.StringNull(),
			IndividuallyAdmitted: types.SetNull(types.StringType), IndividuallyAdmittedCount: types.Int64Null(),
			ReenrollPaths: types.SetNull(pathType()), Effects: types.SetNull(effectType()),
		},
	}
}
