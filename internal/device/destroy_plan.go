// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

// planDestroy says what destroying leads to, as things are now, and notes what it found: Terraform 1.11 plans the
// destroy of a resource that left the configuration from a state that it has not refreshed.
func (r *identityResource) planDestroy(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	state, diags := configure.Decode[identityModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		resp.Diagnostics.Append(prevented(state, "destroy"))
		return
	}
	now, seen, diags := r.lookAt(ctx, state)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(seen.Keep(ctx, resp.Private)...)
	if now != nil {
		resp.Diagnostics.Append(destroyed(*now, state))
	}
}

// lookAt reads an identity that is to be destroyed: as it is now, nil when it is gone. Where it cannot be read, state
// has to do, and a Delete goes by that.
func (r *identityResource) lookAt(
	ctx context.Context, state identityModel,
) (*identityModel, iotplan.Seen, diagnostics) {
	if !r.Services.Known() {
		return &state, iotplan.Seen{}, nil
	}
	w, diags := r.newWriter(state)
	if diags.HasError() {
		return &state, iotplan.Seen{}, diags
	}
	found, err := w.find(ctx)
	switch {
	case err != nil:
		a := attempt(r.Services, "read", w.hub.Host(), w.deviceID, iotdiag.ReadDeviceIdentity())
		a.Afterwards = fmt.Sprintf("What is said of it here is what Terraform last saw (%s).", state.Status.ValueString())
		return &state, iotplan.Seen{}, diagnostics{iotdiag.Warned(a, err)}
	case found == nil:
		return nil, iotplan.Seen{}, nil
	}
	now := flatten(*found, state)
	return &now, iotplan.Seen{
		Status: now.Status.ValueString(), ETag: string(found.ETag), Generation: found.GenerationID,
	}, nil
}
