// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// What the attribute key can say.
const (
	primaryKey   = "primary"
	secondaryKey = "secondary"
	swapKeys     = "swap"
)

// rotationAction is azureiot_iothub_rotate_device_keys. A plan of it calls nobody.
type rotationAction struct {
	configure.Action[*azure.Services]
}

var _ action.ActionWithConfigure = &rotationAction{}

// NewRotateKeysAction makes azureiot_iothub_rotate_device_keys: a key of an identity is renewed, or both change places.
func NewRotateKeysAction() action.Action { return &rotationAction{} }

// rotationModel is the action in Terraform's types.
type rotationModel struct {
	DeviceID       types.String      `tfsdk:"device_id"`
	IoTHubHostname iottype.TextValue `tfsdk:"iothub_hostname"`
	Key            types.String      `tfsdk:"key"`
}

// Metadata names the action.
func (a *rotationAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_iothub_rotate_device_keys"
}

// Schema describes the action.
func (a *rotationAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Renews one of the two keys of a device identity, or has them change places. The other key, " +
			"the status and everything else stay as they are, so that a device that holds the other key goes on connecting. " +
			"An identity without keys is an error.\n\n" +
			"Each invocation makes a new key, and the one that it replaces is refused at once; two swaps undo each other. So " +
			"rotating takes two invocations with the device in between: renew the secondary key; give the device the new one; " +
			"then renew the primary key. The keys of modules are others, and stay. Of a device that DPS has put there rotate " +
			"the keys of its entry (`azureiot_dps_rotate_keys`): DPS may replace those of the identity when the device " +
			"registers again. [The guide](../guides/rotate-keys.md) has every step.\n\n" +
			"The key is made by the provider, of 32 random bytes, and never shown: read it with the ephemeral resource " +
			"`azureiot_iothub_device_credentials`. Where a resource sends the keys (`primary_key_wo`), renew them there.",
		Attributes: map[string]schema.Attribute{
			deviceIDName: schema.StringAttribute{
				Required: true, MarkdownDescription: deviceIDText, Validators: []validator.String{iotvalidator.DeviceID()},
			},
			hostnameName: schema.StringAttribute{
				Optional: true, CustomType: iottype.Hostname(), MarkdownDescription: hostnameText,
				Validators: []validator.String{iotvalidator.HubHostname()},
			},
			"key": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Which key is renewed: `primary` or `secondary`, where the device must hold the other one " +
					"by then; or `swap`, which renews none and has both change places.",
				Validators: []validator.String{iotvalidator.OneOf(primaryKey, secondaryKey, swapKeys)},
			},
		},
	}
}

// Invoke rotates the keys.
func (a *rotationAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m, diags := configure.Decode[rotationModel](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	hub, diags := openHub(a.Services, a.Services.HubHost(m.IoTHubHostname.ValueString()))
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w := rotation{
		turn: turns()[m.Key.ValueString()], writer: openWriter(a.Services, hub, m.DeviceID.ValueString()),
	}
	if resp.Diagnostics.Append(w.rotate(ctx)...); resp.Diagnostics.HasError() || ctx.Err() != nil {
		return
	}
	done := fmt.Sprintf("Renewed the %s key", m.Key.ValueString())
	rest := "The other key is as it was."
	if m.Key.ValueString() == swapKeys {
		done, rest = "Swapped the keys", "Both are good as before."
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("%s of device identity %q in %s. %s",
		done, w.deviceID, hub.Host(), rest)})
}
