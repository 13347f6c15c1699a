// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// rotation renews one of an identity's two keys, or exchanges them. A device that holds the other key goes on
// connecting with it, and everything else is sent back as it was read. A hub can make the new key itself (POST
// /devices/keys/regenerate), but takes no ETag then, and when its answer is lost nobody can tell whether it did.
type rotation struct {
	writer

	// turn makes the new keys of those that the identity has.
	turn func(aziothub.SymmetricKey) aziothub.SymmetricKey
}

// turns are what a rotation can do with the keys.
func turns() map[string]func(aziothub.SymmetricKey) aziothub.SymmetricKey {
	fresh := newKey()
	return map[string]func(aziothub.SymmetricKey) aziothub.SymmetricKey{
		primaryKey: func(k aziothub.SymmetricKey) aziothub.SymmetricKey {
			k.PrimaryKey = &fresh
			return k
		},
		secondaryKey: func(k aziothub.SymmetricKey) aziothub.SymmetricKey {
			k.SecondaryKey = &fresh
			return k
		},
		swapKeys: func(k aziothub.SymmetricKey) aziothub.SymmetricKey {
			k.PrimaryKey, k.SecondaryKey = k.SecondaryKey, k.PrimaryKey
			return k
		},
	}
}

func (w *rotation) rotate(ctx context.Context) diag.Diagnostics {
	found, err := w.find(ctx)
	switch {
	case err != nil:
		return diag.Diagnostics{w.readFailed(err)}
	case found == nil:
		return diag.Diagnostics{noIdentity(w.host, w.deviceID)}
	}
	for now, tries := *found, 0; tries < conflictTries; tries++ {
		if diags := w.mustHaveKeys(now); diags.HasError() {
			return diags
		}
		keys := w.turn(*now.Authentication.SymmetricKey)
		written := w.put(ctx, withAuthentication(now, keys), &now.ETag, func(found aziothub.Device) bool {
			return found.GenerationID == now.GenerationID && hasKeys(found, keys)
		})
		switch {
		case written.Outcome == writes.Done && hasKeys(*written.Now, keys):
			return nil
		case written.Outcome == writes.Done:
			return diag.Diagnostics{w.notRotated()}
		case written.Outcome != writes.Overtaken:
			return diag.Diagnostics{w.rotationFailed(written)}
		case written.Now == nil:
			return diag.Diagnostics{noIdentity(w.host, w.deviceID)}
		case written.Now.GenerationID != now.GenerationID || !hasKeys(*written.Now, *now.Authentication.SymmetricKey):
			return diag.Diagnostics{w.rotatedByOthers()}
		}
		now = *written.Now
	}
	return diag.Diagnostics{w.contended()}
}

// withAuthentication is the identity as it was read, with other keys.
func withAuthentication(now aziothub.Device, keys aziothub.SymmetricKey) aziothub.Device {
	a := *now.Authentication
	a.SymmetricKey = &keys
	now.Authentication = &a
	return now
}

func hasKeys(d aziothub.Device, keys aziothub.SymmetricKey) bool {
	return d.Authentication != nil && sameKeys(d.Authentication.SymmetricKey, &keys)
}

// mustHaveKeys is an error for an identity that proves itself otherwise, or whose keys the hub does not show.
func (w *rotation) mustHaveKeys(now aziothub.Device) diag.Diagnostics {
	switch {
	case !keysShown(now):
		return diag.Diagnostics{w.keysHidden()}
	case now.Authentication.Type != aziothub.AuthenticationSAS:
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(deviceIDName), "There are no keys", fmt.Sprintf(
			"The device identity %q in %s authenticates by %q, which has no keys. Nothing was written.",
			w.deviceID, w.host, now.Authentication.Type))}
	}
	return nil
}

func (w *rotation) rotationFailed(written writes.Result[aziothub.Device]) diag.Diagnostic {
	a := w.attempt("rotate the keys of", iotdiag.WriteDeviceIdentity())
	a.Afterwards = "Nothing was changed."
	if azrest.MaybeDone(written.Err) {
		a.Afterwards = "The keys may have been rotated all the same. Look at them before you invoke it again, which would " +
			"rotate them once more."
	}
	return iotdiag.Failed(a, written.Err)
}

func (w *rotation) rotatedByOthers() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Keys are changed by somebody else", fmt.Sprintf(
		"Somebody else has changed the keys of the device identity %q in %s at the same moment (HTTP 412), or has made it "+
			"anew. Nothing was written: rotating once more could leave the device without a good key. Find out which key it "+
			"holds first.", w.deviceID, w.host))
}

func (w *rotation) notRotated() diag.Diagnostic {
	return diag.NewErrorDiagnostic("The hub did not store the change", fmt.Sprintf(
		"The device identity %q in %s was written, but the hub does not show the keys that were sent. Look at them before "+
			"you invoke it again; if it stays so, ask Azure support.", w.deviceID, w.host))
}

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
func NewRotateKeysAction() action.Action {
	return &rotationAction{configure.Action[*azure.Services]{
		Name: "iothub_rotate_device_keys", Describe: rotationSchema,
	}}
}

// rotationModel is the action in Terraform's types.
type rotationModel struct {
	DeviceID       types.String      `tfsdk:"device_id"`
	IoTHubHostname iottype.TextValue `tfsdk:"iothub_hostname"`
	Key            types.String      `tfsdk:"key"`
}

func rotationSchema() schema.Schema {
	// What names an identity is taken from the data source, which has a type of its own for it.
	id, hostname := deviceIDAttribute(), hostnameAttribute()
	return schema.Schema{
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
				Required: true, MarkdownDescription: id.MarkdownDescription, Validators: id.Validators,
			},
			hostnameName: schema.StringAttribute{
				Optional: true, CustomType: hostname.CustomType, MarkdownDescription: hostname.MarkdownDescription,
				Validators: hostname.Validators,
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
