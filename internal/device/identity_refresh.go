// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

// update changes the identity as planned, from what is there now.
func (w *writer) update(ctx context.Context, plan, prior identityModel) (aziothub.Device, diagnostics) {
	now, err := w.hub.GetDevice(ctx, w.deviceID)
	switch {
	case azrest.IsNotFound(err):
		return now, diagnostics{w.vanished()}
	case err != nil:
		return now, diagnostics{w.readFailed(err)}
	case now.GenerationID != prior.GenerationID.ValueString():
		return now, diagnostics{w.madeAnew()}
	}
	return w.change(ctx, now, prior.settings(), plan.settings())
}

// unmoved tells whether the identity still has the ETag. A twin shows it and may be read 60 times as often as an
// identity; a hub that refuses a twin is asked for identities only from then on, and so is one that cannot answer now.
func (r *identityResource) unmoved(ctx context.Context, hub *azure.Hub, id, etag string) bool {
	if !hub.TwinsReadable() {
		return false
	}
	twin, err := hub.GetTwin(ctx, id)
	if azrest.IsUnauthorized(err) || azrest.IsForbidden(err) {
		if hub.TwinsRefused() {
			tflog.Info(ctx, "Twins of this hub may not be read; its device identities are refreshed one by one, which the hub "+
				"allows less often", map[string]any{"host": hub.Host()})
		}
	}
	return err == nil && string(twin.DeviceETag) == etag
}

// withoutKeysVersion forgets which keys were sent: the identity that had them is gone.
func withoutKeysVersion(value types.Object) types.Object {
	if value.IsNull() {
		return value
	}
	values := value.Attributes()
	values[keysVersionName] = types.StringNull()
	return types.ObjectValueMust(authenticationType().AttrTypes, values)
}
