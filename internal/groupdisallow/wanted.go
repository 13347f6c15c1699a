// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

type diagnostics = diag.Diagnostics

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

func (a asked) expand(ctx context.Context) (wanted, diagnostics) {
	w := wanted{
		groupID: a.EnrollmentGroupID.ValueString(), dpsHostname: a.DPSHostname.ValueString(),
		restore:    a.DesiredAccess.ValueString() == iotplan.AccessRestored,
		identities: deprovision.Disposal(a.HubIdentityAction.ValueString()), reason: a.Reason.ValueString(),
		deleteRegistrations: a.DeleteRegistrations.ValueBool(), create: defaultTimeout, update: defaultTimeout,
	}
	var diags diagnostics
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
