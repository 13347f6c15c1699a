// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

// planDestroy says that nothing changes in Azure. An unfinished block is never held by prevent, or every later plan
// of the replacement that Terraform makes of it would fail. Terraform 1.11 plans the destroy of a resource that was
// removed from configuration from the state as it was last stored, so that the warning is worded from a fresh look.
func (r *deviceResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if diags.HasError() {
		return diags
	}
	remembered, more := memoryKey().Recall(ctx, req.Private)
	diags.Append(more...)
	now, more := state.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	id := state.RegistrationID.ValueString()
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !remembered.Unfinished {
		return append(diags, prevented(state, "destroy"))
	}
	restored := state.DesiredAccess.ValueString() == iotplan.AccessRestored
	if !r.Services.Known() {
		return append(diags, destroyWarning(id, now, false, restored))
	}
	fresh, found := r.lookBeforeDestroy(ctx, state, remembered, now)
	return append(diags, destroyWarning(id, fresh, found, restored))
}

// lookBeforeDestroy is where the device stands now, with the groups that would let it in; found is false when that
// could not be read, and what was last known is returned.
func (r *deviceResource) lookBeforeDestroy(
	ctx context.Context, state deviceModel, m memory, last deprovision.Block,
) (now deprovision.Block, found bool) {
	want, diags := state.asked.expand(ctx)
	if diags.HasError() {
		return last, false
	}
	ask, diags := r.ask(want)
	if diags.HasError() {
		return last, false
	}
	q := want.question(m, last)
	q.Settled = false // The warning tells more than that nothing has changed.
	f, _, err := ask.reader.Refresh(ctx, q)
	if err != nil {
		return last, false
	}
	if f.Groups, err = ask.reader.FreshGroups(ctx); err == nil {
		f.Listed = true
	}
	return last.At(want.sight(f, m, last.Paths).evidence()), true
}

// destroyWarning says where the device stands when nobody watches it any more. Removing the entry by hand afterwards
// would let it in.
func destroyWarning(id string, now deprovision.Block, fresh, restored bool) diag.Diagnostic {
	asOf := ""
	if !fresh {
		asOf = "The services could not be asked: this is what was last known."
	}
	if restored || now.State.Enrollment == deprovision.Enabled || now.Access == deprovision.Allowed {
		return iotdiag.Warning("Device is not watched any more", fmt.Sprintf(
			"Destroying changes nothing in Azure. Device %q is not blocked by this resource now, and nobody watches it any "+
				"more.",
			id), asOf)
	}
	entry := fmt.Sprintf("its individual enrollment stays %s", now.State.Enrollment)
	for _, identity := range deprovision.SortedIDs(now.State.Identities) {
		entry += fmt.Sprintf(", its identity %s stays %s", identity, now.State.Identities[identity])
	}
	back := ""
	if len(now.Paths) > 0 && now.State.Enrollment == deprovision.Disabled {
		back = fmt.Sprintf("Do not delete the disabled individual enrollment by hand: these enabled groups could then let "+
			"the device in again: %s.", deprovision.NamePaths(now.Paths))
	}
	if now.Access == deprovision.PartiallyBlocked {
		return iotdiag.Warning("Device stays blocked in DPS only", fmt.Sprintf(
			"Destroying changes nothing in Azure, and nobody watches device %q any more. DPS keeps refusing it, but a hub may "+
				"still let it in (%s).", id, entry), back, asOf)
	}
	return iotdiag.Warning("Device stays blocked", fmt.Sprintf(
		"Destroying changes nothing in Azure. Device %q stays blocked (%s); Terraform only forgets it. To let a device in "+
			"again, set desired_access = \"restored\" and apply.", id, entry), back, asOf)
}

func prevented(m deviceModel, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, m.RegistrationID.ValueString(), m.DPSHostname.ValueString(), verb)
}
