// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

type diagnostics = diag.Diagnostics

// writer works on one entry of one DPS instance.
type writer struct {
	services *azure.Services
	kind     kind
	dps      *azdps.Client
	store    store
	id       string
	// wrote is what is to be remembered of the entry; nil when nothing was written.
	wrote *memory
}

// handover is what a Delete that left its entry in place leaves for the Create of the same entry: the ETag that the
// entry then had.
type handover struct{ etag azcore.ETag }

// create makes the entry, or takes over the one that the other half of a replacement left.
func (w *writer) create(ctx context.Context, config, plan model) (model, diagnostics) {
	stored, diags := w.takeOver(ctx)
	if diags.HasError() {
		return plan, diags
	}
	body, more := plan.withAttestation(config).expand(w.kind.shape, stored)
	if diags.Append(more...); diags.HasError() {
		return plan, diags
	}
	asked := w.kind.shape.decode(config.Attestation).keys
	if diags.Append(w.addKeys(ctx, &body, asked, stored)...); diags.HasError() {
		return plan, diags
	}
	echo, err := w.store.write(ctx, body, onlyIfUnchanged(stored))
	if err != nil {
		found, done := w.writtenAfterAll(ctx, err, plan, stored)
		switch {
		case done:
			echo = found
		case azrest.IsConflict(err) && stored.ETag == "":
			return plan, append(diags, w.exists())
		default:
			return plan, append(diags, w.writeFailed("create", err))
		}
	}
	state := flatten(w.kind.shape, echo, plan)
	w.wrote = &memory{ETag: echo.ETag}
	if differing := plan.differences(state); len(differing) > 0 {
		w.wrote = &memory{}
		// An error would taint the entry, and a state that differs from the plan would be called the provider's defect.
		diags.Append(w.storedOtherwise(differing))
		plan.Certificates = state.Certificates
		return plan, diags
	}
	return state, diags
}

// takeOver reads the entry that the Delete of this apply left in place; the zero value when there is none.
func (w *writer) takeOver(ctx context.Context) (entry, diagnostics) {
	left, ok := w.services.Handover.Take(w.kind.typeName, w.dps.Host(), w.id)
	if !ok {
		return entry{}, nil
	}
	stored, err := w.store.read(ctx, w.id)
	switch {
	case azrest.IsNotFound(err):
		return entry{}, nil
	case err != nil:
		return entry{}, diagnostics{w.failed("read", w.kind.reading, err)}
	}
	if note, ok := left.(handover); !ok || note.etag != stored.ETag {
		return entry{}, diagnostics{w.changedMeanwhile()}
	}
	return stored, nil
}

// update changes the entry as planned. On an error the returned model is what is true now.
func (w *writer) update(ctx context.Context, config, plan, prior model) (model, diagnostics) {
	asked, before := w.kind.shape.decode(config.Attestation).keys, w.kind.shape.decode(prior.Attestation).keys
	sendKeys := asked.movedFrom(before)
	if len(plan.differences(prior)) == 0 && !sendKeys {
		return plan, nil
	}
	stored, err := w.store.read(ctx, w.id)
	switch {
	case azrest.IsNotFound(err):
		return prior, diagnostics{w.vanished()}
	case err != nil:
		return prior, diagnostics{w.failed("read", w.kind.reading, err)}
	}
	now := flatten(w.kind.shape, stored, prior)
	if differing := prior.differences(now); len(differing) > 0 {
		return prior, diagnostics{w.stale(prior, now, differing)}
	}
	body, diags := plan.withAttestation(config).expand(w.kind.shape, stored)
	if diags.HasError() {
		return prior, diags
	}
	if !sendKeys {
		asked = nil
	}
	if diags.Append(w.addKeys(ctx, &body, asked, stored)...); diags.HasError() {
		return prior, diags
	}
	echo, err := w.store.write(ctx, body, onlyIfUnchanged(stored))
	if err != nil {
		found, done := w.writtenAfterAll(ctx, err, plan, stored)
		if !done {
			return prior, append(diags, w.writeFailed("change", err))
		}
		echo = found
	}
	state := flatten(w.kind.shape, echo, plan)
	w.wrote = &memory{ETag: echo.ETag}
	if differing := plan.differences(state); len(differing) > 0 {
		diags.Append(w.notStored(differing))
	}
	return state, diags
}

// addKeys completes the keys of a symmetric-key entry: those asked for; where it is one already, the others as they are
// stored, because a write without them may have the service make new ones; and otherwise none, which has the service
// make them. Keys are read here only, for this one write.
func (w *writer) addKeys(ctx context.Context, body *entry, asked *symmetricKey, stored entry) diagnostics {
	if body.Attestation.Type != azdps.AttestationSymmetricKey {
		return nil
	}
	keys := azdps.SymmetricKey{}
	if asked != nil {
		keys.PrimaryKey, keys.SecondaryKey = asked.primary.ValueString(), asked.secondary.ValueString()
	}
	complete := keys.PrimaryKey != "" && keys.SecondaryKey != ""
	if stored.Attestation.Type == azdps.AttestationSymmetricKey && !complete {
		shown, err := w.store.attestation(ctx, w.id)
		if err == nil && (shown.SymmetricKey == nil || shown.SymmetricKey.PrimaryKey == "") {
			err = errors.New("the service showed no keys")
		}
		if err != nil {
			return diagnostics{w.keysUnreadable(err)}
		}
		keys.Extra = shown.SymmetricKey.Extra
		if keys.PrimaryKey == "" {
			keys.PrimaryKey = shown.SymmetricKey.PrimaryKey
		}
		if keys.SecondaryKey == "" {
			keys.SecondaryKey = shown.SymmetricKey.SecondaryKey
		}
	}
	body.Attestation.SymmetricKey = &keys
	return nil
}

// writtenAfterAll looks whether a write that failed was carried out all the same: when its answer was lost, trying
// again ends in a conflict with our own entry.
func (w *writer) writtenAfterAll(ctx context.Context, failure error, plan model, stored entry) (entry, bool) {
	if !maybeDone(failure) {
		return entry{}, false
	}
	found, err := w.store.read(ctx, w.id)
	if err != nil || found.ETag == stored.ETag {
		return entry{}, false
	}
	return found, len(plan.differences(flatten(w.kind.shape, found, plan))) == 0
}

// maybeDone tells whether a call that failed may have been carried out.
func maybeDone(failure error) bool {
	if fault, ok := azrest.AsError(failure); ok {
		return fault.Uncertain || fault.Status >= 500 || fault.Status < 300
	}
	if silence, ok := errors.AsType[*azrest.TransportError](failure); ok {
		return silence.Uncertain || !silence.NotSent
	}
	return !azrest.IsUnsent(failure)
}

func onlyIfUnchanged(stored entry) *azdps.WriteOptions {
	if stored.ETag == "" {
		return nil
	}
	return &azdps.WriteOptions{OnlyIfUnchanged: &stored.ETag}
}

// withAttestation takes the attestation of config: it alone has the keys, and the certificates where the plan keeps a
// stand-in.
func (m model) withAttestation(config model) model {
	m.Attestation = config.Attestation
	return m
}
