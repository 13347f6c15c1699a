// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
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
