// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// rotation renews one of an entry's two symmetric keys. The other one, which devices may hold, and everything else is
// sent back as it was read.
type rotation struct {
	writer

	slot string
	// fresh is the new key. It is made here and not by the service: a write whose answer was lost is recognised by it,
	// and the other key never depends on what the service does with one that is left out.
	fresh string
}

func rotateKeys(ctx context.Context, r *reader, asked types.Object, tell teller) diag.Diagnostics {
	k := groupKind()
	if !isNull(asked, registrationIDName) {
		k = individualKind()
	}
	w := rotation{
		writer: openWriter(r.services, k, r.dps, stringIn(asked, k.idName).ValueString()),
		slot:   stringIn(asked, keyName).ValueString(), fresh: newKey(),
	}
	diags := w.rotate(ctx)
	if !diags.HasError() {
		tell(fmt.Sprintf("Renewed the %s key of %s %q at %s. The other key is as it was.",
			w.slot, k.noun, w.id, r.dps.Host()))
	}
	return diags
}

// keyBytes is the size of the keys that DPS makes (recorded traffic).
const keyBytes = 64

func newKey() string {
	raw := make([]byte, keyBytes)
	_, _ = rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

func (w *rotation) rotate(ctx context.Context) diag.Diagnostics {
	found, err := w.withKeys(ctx)
	if err != nil {
		return diag.Diagnostics{w.unread(err)}
	}
	if found == nil {
		return diag.Diagnostics{w.absent()}
	}
	for stored, tries := *found, 0; tries < conflictTries; tries++ {
		sent, diags := w.renewed(stored)
		if diags.HasError() {
			return diags
		}
		written := w.put(ctx, stored, sent)
		switch {
		case written.Outcome == writes.Done:
			return w.confirm(ctx, *written.Now, sent)
		case written.Outcome != writes.Overtaken:
			return diag.Diagnostics{w.rotationFailed(written)}
		case written.Now == nil:
			return diag.Diagnostics{w.absent()}
		case !sameKeys(*written.Now, stored):
			return diag.Diagnostics{w.rotatedByOthers()}
		}
		stored = *written.Now
	}
	return diag.Diagnostics{w.contended()}
}

// withKeys reads the entry and then its keys, in this order: keys that change in between make its ETag an old one. nil
// when there is none.
func (w *rotation) withKeys(ctx context.Context) (*entry, error) {
	found, err := w.find(ctx)
	if err != nil || found == nil || found.Attestation.Type != azdps.AttestationSymmetricKey {
		return found, err
	}
	shown, err := w.store.attestation(ctx, w.id)
	if err != nil {
		return nil, &keysError{err}
	}
	if found.Attestation.SymmetricKey, err = shown.Keys(); err != nil {
		return nil, &keysError{err}
	}
	return found, nil
}

// keysError is a failure to read the keys of an entry that itself could be read.
type keysError struct{ error }

// Unwrap is the client's error.
func (e *keysError) Unwrap() error { return e.error }

// renewed are the keys with the new one in its slot.
func (w *rotation) renewed(stored entry) (azdps.SymmetricKey, diag.Diagnostics) {
	if stored.Attestation.Type != azdps.AttestationSymmetricKey {
		return azdps.SymmetricKey{}, diag.Diagnostics{noKeys(w.kind, w.id, stored.Attestation.Type)}
	}
	keys := *stored.Attestation.SymmetricKey
	if w.slot == primaryName {
		keys.PrimaryKey = w.fresh
	} else {
		keys.SecondaryKey = w.fresh
	}
	if keys.PrimaryKey == "" || keys.SecondaryKey == "" {
		return keys, diag.Diagnostics{w.keysUnreadable(errors.New("the service showed one key of two"))}
	}
	return keys, nil
}

func (w *rotation) put(ctx context.Context, stored entry, keys azdps.SymmetricKey) writes.Result[entry] {
	body := stored
	body.Attestation.SymmetricKey = &keys
	return writes.Put(
		func() (entry, error) { return w.store.write(ctx, body, onlyIfUnchanged(stored)) },
		func() (*entry, error) { return w.withKeys(ctx) },
		func(found entry) bool { return sameKeys(found, body) })
}

// confirm compares the keys that DPS has with those that were sent; where its answer shows none, it is asked.
func (w *rotation) confirm(ctx context.Context, now entry, sent azdps.SymmetricKey) diag.Diagnostics {
	if now.Attestation.SymmetricKey == nil || now.Attestation.SymmetricKey.PrimaryKey == "" {
		found, err := w.withKeys(ctx)
		if err != nil || found == nil {
			return diag.Diagnostics{w.unconfirmed()}
		}
		now = *found
	}
	if !sameKeys(now, entry{Enrollment: azdps.Enrollment{Attestation: azdps.Attestation{SymmetricKey: &sent}}}) {
		return diag.Diagnostics{w.unconfirmed()}
	}
	return nil
}

// sameKeys tells whether two entries show the same two keys.
func sameKeys(a, b entry) bool {
	x, y := a.Attestation.SymmetricKey, b.Attestation.SymmetricKey
	return x != nil && y != nil && x.PrimaryKey == y.PrimaryKey && x.SecondaryKey == y.SecondaryKey
}

func (w *rotation) unread(err error) diag.Diagnostic {
	if keys, ok := errors.AsType[*keysError](err); ok {
		return w.keysUnreadable(keys.error)
	}
	a := w.attempt("read", w.kind.reading)
	a.Afterwards = "Nothing was written."
	return iotdiag.Failed(a, err)
}

func (w *rotation) rotationFailed(written writes.Result[entry]) diag.Diagnostic {
	a := w.attempt("renew a key of", w.kind.writing)
	a.Afterwards = "Nothing was changed."
	if azrest.MaybeDone(written.Err) {
		a.Afterwards = fmt.Sprintf("The %s key may have been renewed all the same; the other one is as it was. Look at the "+
			"keys before you invoke it again: it makes another one.", w.slot)
	}
	return iotdiag.Failed(a, written.Err)
}

func (w *rotation) absent() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(w.kind.idName), "No such "+w.kind.noun, fmt.Sprintf(
		"There is no %s %q at %s. Nothing was written. Check the ID and the DPS instance.", w.kind.noun, w.id, w.dps.Host()))
}

func (w *rotation) rotatedByOthers() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Keys are changed by somebody else", fmt.Sprintf(
		"Somebody else has changed a key of the %s %q at %s at the same moment (HTTP 412). Nothing was written: renewing "+
			"one more could leave devices without a good key. Find out who holds which key first.",
		w.kind.noun, w.id, w.dps.Host()))
}

func (w *rotation) contended() diag.Diagnostic {
	return diag.NewErrorDiagnostic(iotdiag.Titled(w.kind.noun)+" keeps changing", fmt.Sprintf(
		"Somebody else wrote the %s %q at %s at every one of %d tries (HTTP 412). Nothing of theirs was overwritten, and no "+
			"key was changed.", w.kind.noun, w.id, w.dps.Host(), conflictTries))
}

func (w *rotation) unconfirmed() diag.Diagnostic {
	return diag.NewErrorDiagnostic("DPS did not store the change", fmt.Sprintf(
		"The %s %q at %s was written, but DPS does not show the keys that were sent. Look at its keys before you invoke it "+
			"again; if it stays so, ask Azure support.", w.kind.noun, w.id, w.dps.Host()))
}

const keyName = "key"

// NewRotateKeysAction makes azureiot_dps_rotate_keys: one of the two keys of an entry is renewed.
func NewRotateKeysAction() action.Action {
	return &dpsAction{invoke: rotateKeys, validate: validateRotation,
		Action: actionOf("dps_rotate_keys", func() schema.Schema {
			return schema.Schema{MarkdownDescription: rotationText(), Attributes: rotationAttributes()}
		})}
}

func rotationText() string {
	return "Renews one of the two symmetric keys of an individual enrollment or of an enrollment group. The " +
		"other key, the status and everything else stay as they are, so that a device that holds the other key, or one " +
		"derived from it, goes on registering.\n\n" +
		"Each invocation makes a new key, and the one that it replaces is refused at once. So rotating takes two " +
		"invocations with devices in between: renew the secondary key; give each device the new one and have it register " +
		"with it; then renew the primary key. A device's identity in its hub has the keys that DPS gave it when it " +
		"registered last: until the device registers again, its hub takes the old keys. [The " +
		"guide](../guides/rotate-keys.md) has every step.\n\n" +
		"The key is made by the provider, of 64 random bytes, and never shown: read it with the ephemeral resources " +
		"`azureiot_dps_individual_enrollment_keys`, `azureiot_dps_enrollment_group_keys` and " +
		"`azureiot_dps_derived_device_key`. Where a resource sends the keys (`primary_key_wo`), renew them there."
}

func rotationAttributes() map[string]schema.Attribute {
	const other = " Give this or `%s`."
	return map[string]schema.Attribute{
		registrationIDName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Registration ID of an individual enrollment with symmetric-key attestation; letter case has " +
				"no meaning." + fmt.Sprintf(other, enrollmentGroupIDName),
			Validators: []validator.String{iotvalidator.RegistrationID()},
		},
		enrollmentGroupIDName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "ID of an enrollment group with symmetric-key attestation; letter case has no meaning." +
				fmt.Sprintf(other, registrationIDName),
			Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
		},
		keyName: schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Which key is renewed: `primary` or `secondary`. Devices must hold the other one by then.",
			Validators:          []validator.String{iotvalidator.OneOf(primaryName, secondaryName)},
		},
	}
}

// validateRotation wants one entry. An ID that is not known yet may turn out to be null.
func validateRotation(asked types.Object) diag.Diagnostics {
	device, group := stringIn(asked, registrationIDName), stringIn(asked, enrollmentGroupIDName)
	switch {
	case iottype.IsSet(device) && iottype.IsSet(group):
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(enrollmentGroupIDName), "Keys of two entries",
			fmt.Sprintf("Both %s and %s are given. An action renews a key of one entry: use one for each.",
				registrationIDName, enrollmentGroupIDName))}
	case device.IsNull() && group.IsNull():
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(registrationIDName), "Keys of no entry",
			fmt.Sprintf("Give %s for an individual enrollment, or %s for an enrollment group.",
				registrationIDName, enrollmentGroupIDName))}
	}
	return nil
}
