// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// writer works on one entry of one DPS instance.
type writer struct {
	subject

	dps   *azure.Instance
	store store
	// deletedDisabled says that the other half of a replacement has deleted the entry, which was disabled.
	deletedDisabled bool
	// wrote is what is to be remembered of the entry; nil when nothing was written.
	wrote *memory
}

// handover is what a Delete that left its entry in place leaves for the Create of the same entry: the ETag that the
// entry then had.
type handover struct{ etag azcore.ETag }

func openWriter(services *azure.Services, k kind, dps *azure.Instance, id string) writer {
	return writer{
		subject: subject{services: services, kind: k, id: id, host: dps.Host()}, dps: dps, store: k.open(dps),
	}
}

// create makes the entry, or takes over the one that the other half of a replacement left.
func (w *writer) create(ctx context.Context, config, plan model) (model, diag.Diagnostics) {
	stored, diags := w.takeOver(ctx)
	if diags.HasError() {
		return plan, diags
	}
	was, _ := azure.Take[iotplan.Standing](&w.services.Handover, w.object())
	w.deletedDisabled = was.Disabled() && stored.ETag == ""
	body, more := plan.withAttestation(config).expand(w.kind.shape, stored)
	if diags.Append(more...); diags.HasError() {
		return plan, diags
	}
	asked := w.kind.shape.decode(config.Attestation).keys
	if diags.Append(w.addKeys(ctx, &body, asked, stored)...); diags.HasError() {
		return plan, diags
	}
	written := w.put(ctx, body, stored, w.asPlanned(ctx, plan, body, asked))
	switch {
	case written.Outcome == writes.Done:
	case azrest.IsConflict(written.Err) && stored.ETag == "" && !written.Contradicted():
		return plan, append(diags, w.exists())
	default:
		return plan, append(diags, w.writeFailed("create", written))
	}
	echo := *written.Now
	state := flatten(w.kind.shape, echo, plan)
	w.wrote = &memory{ETag: echo.ETag}
	if differing := plan.differences(state); len(differing) > 0 {
		w.wrote = &memory{}
		// An error would taint the entry, and a state that differs from the plan would be called the provider's defect.
		diags.Append(w.storedOtherwise(differing))
		return configure.Completed(ctx, plan, state), diags
	}
	return state, diags
}

// takeOver reads the entry that the Delete of this apply left in place; the zero value when there is none.
func (w *writer) takeOver(ctx context.Context) (entry, diag.Diagnostics) {
	left, ok := azure.Take[handover](&w.services.Handover, w.object())
	if !ok {
		return entry{}, nil
	}
	stored, err := w.find(ctx)
	switch {
	case err != nil:
		return entry{}, diag.Diagnostics{w.readFailed(err)}
	case stored == nil:
		return entry{}, nil
	case left.etag != stored.ETag:
		return entry{}, diag.Diagnostics{w.changedMeanwhile()}
	}
	return *stored, nil
}

// update changes the entry as planned. On an error the returned model is what is true now.
func (w *writer) update(ctx context.Context, config, plan, prior model) (model, diag.Diagnostics) {
	asked, before := w.kind.shape.decode(config.Attestation).keys, w.kind.shape.decode(prior.Attestation).keys
	sendKeys := asked.movedFrom(before)
	if len(plan.differences(prior)) == 0 && !sendKeys {
		return plan, nil
	}
	stored, err := w.store.read(ctx, w.id)
	switch {
	case azrest.IsNotFound(err):
		return prior, diag.Diagnostics{w.vanished()}
	case err != nil:
		return prior, diag.Diagnostics{w.readFailed(err)}
	}
	now := flatten(w.kind.shape, stored, prior)
	if changes := prior.changes(now); len(changes) > 0 {
		return prior, diag.Diagnostics{w.stale(changes)}
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
	written := w.put(ctx, body, stored, w.asPlanned(ctx, plan, body, asked))
	if written.Outcome != writes.Done {
		return prior, append(diags, w.writeFailed("change", written))
	}
	echo := *written.Now
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
func (w *writer) addKeys(ctx context.Context, body *entry, asked *symmetricKey, stored entry) diag.Diagnostics {
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
		if err != nil {
			return diag.Diagnostics{w.keysUnreadable(err)}
		}
		stored, err := shown.Keys()
		if err != nil {
			return diag.Diagnostics{w.keysUnreadable(err)}
		}
		keys.Extra = stored.Extra
		if keys.PrimaryKey == "" {
			keys.PrimaryKey = stored.PrimaryKey
		}
		if keys.SecondaryKey == "" {
			keys.SecondaryKey = stored.SecondaryKey
		}
	}
	body.Attestation.SymmetricKey = &keys
	return nil
}

// put writes body over stored, the record just read. ours tells whether an entry is what was sent, which is asked only
// when the service may have carried out a write that failed: one that was refused without doubt was somebody else's.
func (w *writer) put(ctx context.Context, body, stored entry, ours func(entry) bool) writes.Result[entry] {
	var failure error
	return writes.Put(func() (entry, error) {
		echo, err := w.store.write(ctx, body, onlyIfUnchanged(stored))
		failure = err
		return echo, err
	}, func() (*entry, error) { return w.find(ctx) }, func(found entry) bool {
		return azrest.MaybeDone(failure) && found.ETag != stored.ETag && ours(found)
	})
}

// asPlanned recognises an entry that is as the plan wants it, and has the keys that were asked for.
func (w *writer) asPlanned(ctx context.Context, plan model, sent entry, asked *symmetricKey) func(entry) bool {
	return func(found entry) bool {
		return len(plan.differences(flatten(w.kind.shape, found, plan))) == 0 &&
			(asked == nil || w.hasKeys(ctx, sent.Attestation.SymmetricKey))
	}
}

// hasKeys tells whether the entry has the keys that were sent; those that the service was to make may be any. Nothing
// else tells a write of new keys from somebody else's that left the keys as they were.
func (w *writer) hasKeys(ctx context.Context, sent *azdps.SymmetricKey) bool {
	if sent == nil || sent.PrimaryKey == "" && sent.SecondaryKey == "" {
		return true
	}
	shown, err := w.store.attestation(ctx, w.id)
	if err != nil {
		return false
	}
	now, err := shown.Keys()
	return err == nil && (sent.PrimaryKey == "" || sent.PrimaryKey == now.PrimaryKey) &&
		(sent.SecondaryKey == "" || sent.SecondaryKey == now.SecondaryKey)
}

// find reads the entry; nil when there is none.
func (w *writer) find(ctx context.Context) (*entry, error) {
	return azrest.IfFound(w.store.read(ctx, w.id))
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

// letGo tells how to have Terraform forget an entry whose instance cannot be read; empty for the block's own instance.
// An entry stays where it was made when the block is pointed elsewhere.
func letGo(services *azure.Services, k kind, host, id string) string {
	if host == "" || azrest.SameHost(host, services.DPSHost("")) {
		return ""
	}
	return fmt.Sprintf("The %s %q is at %s, which is not the DPS instance of the provider block. To leave it there and "+
		"have Terraform forget it, use a removed block or terraform state rm.", k.noun, id, host)
}

// destroy does what on_destroy says.
func (w *writer) destroy(
	ctx context.Context, state model, fate iotplan.Fate, remembered memory,
) diag.Diagnostics {
	switch {
	case state.OnDestroy.ValueString() == iotplan.DestroyPrevent:
		return diag.Diagnostics{iotplan.Prevented(w.kind.noun, w.id, w.host, "destroy")}
	case deletesAsShown(state, fate) && shownETag(fate, remembered) != "":
		return w.removeAsShown(ctx, state, fate, shownETag(fate, remembered))
	}
	found, err := w.find(ctx)
	if err != nil {
		return diag.Diagnostics{w.readFailed(err)}
	}
	return w.destroyFound(ctx, state, fate, found)
}

// deletesAsShown tells whether a delete is all that there is to do, if the entry is what the plan of the destroy has
// shown: it has the same status as in state.
func deletesAsShown(state model, fate iotplan.Fate) bool {
	status := state.ProvisioningStatus.ValueString()
	shown := fate.Seen != nil && status != "" && fate.Seen.Status == status
	return deletes(state) && shown && !state.DeleteRegistrations.ValueBool()
}

func deletes(state model) bool {
	onDestroy := state.OnDestroy.ValueString()
	return onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable
}

// shownETag is the one with which the entry was what the plan of the destroy has shown; a plan of an earlier version
// has only shown state.
func shownETag(fate iotplan.Fate, remembered memory) azcore.ETag {
	if fate.Seen != nil && fate.Seen.ETag != "" {
		return azcore.ETag(fate.Seen.ETag)
	}
	return remembered.ETag
}

// removeAsShown deletes the entry without reading it, only while it has the ETag with which it was shown. One that has
// another by now is read, and judged by what it is.
func (w *writer) removeAsShown(
	ctx context.Context, state model, fate iotplan.Fate, etag azcore.ETag,
) diag.Diagnostics {
	was := state.ProvisioningStatus.ValueString()
	removed := writes.Remove(func() error {
		err := w.store.remove(ctx, w.id, &azdps.WriteOptions{OnlyIfUnchanged: &etag})
		if azrest.IsNotFound(err) {
			was = ""
		}
		return err
	}, func() (*entry, error) { return w.find(ctx) })
	switch removed.Outcome {
	case writes.Overtaken:
		return w.destroyFound(ctx, state, fate, removed.Now)
	case writes.Done:
		w.handOver(fate, was)
		return nil
	case writes.Refused, writes.Unknown:
	}
	return diag.Diagnostics{w.deleteFailed(removed)}
}

// destroyFound does what on_destroy says to an entry as it was found, nil for none. What a Create of the same entry in
// this apply, which is what a replacement is, has to know is handed over: the status that the entry has, and the entry
// itself when it stays.
func (w *writer) destroyFound(ctx context.Context, state model, fate iotplan.Fate, found *entry) diag.Diagnostics {
	if found == nil {
		w.handOver(fate, "")
		return nil
	}
	stored := *found
	if diags := w.unforeseen(state, fate, stored); diags.HasError() {
		return diags
	}
	w.handOver(fate, flattenStatus(stored).ValueString())
	switch state.OnDestroy.ValueString() {
	case iotplan.DestroyKeep:
		w.leave(stored)
		return nil
	case iotplan.DestroyDisable:
		disabled, diags := w.disable(ctx, stored)
		if !diags.HasError() {
			w.leave(disabled)
		}
		return diags
	}
	if state.DeleteRegistrations.ValueBool() {
		return w.deleteWithRegistrations(ctx, stored)
	}
	return w.remove(ctx, stored)
}

// unforeseen is an error when the entry is not what the plan has shown, where it is deleted, or written over by the
// Create of the same entry.
func (w *writer) unforeseen(state model, fate iotplan.Fate, stored entry) diag.Diagnostics {
	reborn := w.reborn(fate)
	if !reborn && !deletes(state) || fate.Seen != nil && fate.Seen.ETag == string(stored.ETag) {
		return nil
	}
	now := flatten(w.kind.shape, stored, state)
	if stored.Disabled() {
		if !fate.Foresaw(reborn, state.ProvisioningStatus.ValueString()) {
			return diag.Diagnostics{w.disabledMeanwhile()}
		}
		state.ProvisioningStatus = now.ProvisioningStatus
	}
	if changes := state.changes(now); len(changes) > 0 {
		return diag.Diagnostics{w.stale(changes)}
	}
	return nil
}

func (w *writer) leave(e entry) {
	azure.Leave(&w.services.Handover, w.object(), handover{etag: e.ETag})
}

// disable changes the status and nothing else.
func (w *writer) disable(ctx context.Context, stored entry) (entry, diag.Diagnostics) {
	if stored.Disabled() {
		return stored, nil
	}
	body := stored
	body.ProvisioningStatus = new(azdps.StatusDisabled)
	if diags := w.addKeys(ctx, &body, nil, stored); diags.HasError() {
		return stored, diags
	}
	written := w.put(ctx, body, stored, entry.Disabled)
	switch {
	case written.Outcome != writes.Done:
		return stored, diag.Diagnostics{w.writeFailed("disable", written)}
	case !written.Now.Disabled():
		return *written.Now, diag.Diagnostics{w.notStored([]string{statusName})}
	}
	return *written.Now, nil
}

func (w *writer) remove(ctx context.Context, stored entry) diag.Diagnostics {
	removed := writes.Remove(
		func() error { return w.store.remove(ctx, w.id, onlyIfUnchanged(stored)) },
		func() (*entry, error) { return w.find(ctx) })
	if removed.Outcome != writes.Done {
		return diag.Diagnostics{w.deleteFailed(removed)}
	}
	return nil
}

// deleteWithRegistrations disables the group first, because an enabled one would fill the records again; when something
// fails after that, it stays disabled.
func (w *writer) deleteWithRegistrations(ctx context.Context, stored entry) diag.Diagnostics {
	disabled, diags := w.disable(ctx, stored)
	if diags.HasError() {
		return diags
	}
	if diags := w.records().delete(ctx); diags.HasError() {
		return diags
	}
	return w.remove(ctx, disabled)
}

// reborn tells whether the Create behind this Delete makes the same entry again, be it at another instance.
func (w *writer) reborn(fate iotplan.Fate) bool {
	return fate.Reborn(w.id, iottype.RegistrationID().Same)
}

// handOver leaves the status with which the entry is made again.
func (w *writer) handOver(fate iotplan.Fate, was string) {
	host, standing := fate.HandsOver(w.reborn(fate), w.host, iotplan.Standing{Status: was})
	azure.Leave(&w.services.Handover, w.kind.object(host, w.id), standing)
}

// standing is the status of the entry; the zero value when there is none.
func (w *writer) standing(ctx context.Context) (iotplan.Standing, error) {
	exists, disabled, known := w.store.listed(ctx, w.id)
	if !known {
		found, err := w.find(ctx)
		if err != nil {
			return iotplan.Standing{}, err
		}
		exists, disabled = found != nil, found != nil && found.Disabled()
	}
	switch {
	case !exists:
		return iotplan.Standing{}, nil
	case disabled:
		return iotplan.Standing{Status: azdps.StatusDisabled}, nil
	}
	return iotplan.Standing{Status: azdps.StatusEnabled}, nil
}

// countLimit bounds how many registration records a destroy plan counts: each hundred is a call.
const countLimit = 1000

// records are the registration records of a group.
type records struct {
	subject

	dps *azure.Instance
}

func (w *writer) records() records { return records{subject: w.subject, dps: w.dps} }

// delete deletes them, page by page, each time from the start of what is left: a continuation of a list that shrinks
// might pass over some. Each is deleted once: a device that goes on trying makes its record anew, which then tells of a
// refusal only.
func (r records) delete(ctx context.Context) diag.Diagnostics {
	for deleted := map[string]bool{}; ; {
		records, err := r.some(ctx, deleted)
		if err != nil {
			return diag.Diagnostics{r.failed("list", r.id, iotdiag.ReadRegistration(), err)}
		}
		if len(records) == 0 {
			return nil
		}
		for _, record := range records {
			if deleted[record.RegistrationID] {
				return diag.Diagnostics{r.failed("delete", record.RegistrationID, iotdiag.DeleteRegistration(),
					errors.New("the service says that the record is deleted, and lists it again"))}
			}
			removed := removeRegistration(ctx, r.dps, azdps.Registration{RegistrationID: record.RegistrationID})
			if removed.Outcome != writes.Done {
				return diag.Diagnostics{r.failed(
					"delete", record.RegistrationID, iotdiag.DeleteRegistration(), removed.Err)}
			}
			deleted[record.RegistrationID] = true
		}
	}
}

// some are those of the first page that has any to delete; none when there are none.
func (r records) some(ctx context.Context, deleted map[string]bool) ([]azdps.Registration, error) {
	for pager := r.dps.NewListRegistrationsPager(r.id, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		left := slices.DeleteFunc(page.Items, func(record azdps.Registration) bool {
			return deleted[record.RegistrationID] && record.AssignedHub == ""
		})
		if err != nil || len(left) > 0 {
			return left, err
		}
	}
	return nil, nil
}

// warning says how many registration records stay behind, or go as well.
func (r records) warning(ctx context.Context, state model) diag.Diagnostics {
	count, err := r.count(ctx)
	if err != nil {
		a := r.attempt("list", iotdiag.ReadRegistration())
		a.Noun = "registration records of enrollment group"
		a.Afterwards = "How many records the group leaves behind is not known."
		return diag.Diagnostics{iotdiag.Warned(a, err)}
	}
	if count == 0 {
		return nil
	}
	number := fmt.Sprint(count)
	if count > countLimit {
		number = fmt.Sprintf("more than %d", countLimit)
	}
	if state.DeleteRegistrations.ValueBool() {
		return diag.Diagnostics{diag.NewWarningDiagnostic("Registration records are deleted", fmt.Sprintf(
			"The enrollment group %q is disabled first, then its registration records (%s) are deleted, then the group. The "+
				"devices stay in their hubs.", r.id, number))}
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Registration records stay", fmt.Sprintf(
		"The enrollment group %q leaves its registration records behind (%s); they count against the quota of the DPS "+
			"instance. With %s = true they are deleted as well. The devices stay in their hubs.",
		r.id, number, deleteRegistrationsName))}
}

func (r records) count(ctx context.Context) (int, error) {
	count := 0
	for pager := r.dps.NewListRegistrationsPager(r.id, nil); pager.More() && count <= countLimit; {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		count += len(page.Items)
	}
	return count, nil
}

func (r records) failed(verb, id string, needs iotdiag.Right, err error) diag.Diagnostic {
	a := r.attempt(verb, needs)
	a.Noun, a.ID = "registration record", id
	if verb == "list" {
		a.Noun = "registration records of enrollment group"
	}
	a.Afterwards = fmt.Sprintf(
		"The %s %q stays, disabled: no device registers through it. Destroying again goes on from here.",
		r.kind.noun, r.id)
	return iotdiag.Failed(a, err)
}

// subject is the entry of which diagnostics speak.
type subject struct {
	services *azure.Services
	kind     kind
	// id is the entry's, host its DPS instance.
	id, host string
}

// object names the entry for what resources tell each other.
func (s subject) object() azure.Object { return s.kind.object(s.host, s.id) }

func (s subject) attempt(verb string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: s.kind.noun, ID: s.id, Host: s.host, Mode: s.services.Mode(s.host), Needs: needs,
	}
}

func (s subject) readFailed(err error) diag.Diagnostic {
	a := s.attempt("read", s.kind.reading)
	a.Afterwards = letGo(s.services, s.kind, s.host, s.id)
	return iotdiag.Failed(a, err)
}

// writeFailed also says that a write may have been carried out of which nobody knows, or which may still arrive.
func (w *writer) writeFailed(verb string, written writes.Result[entry]) diag.Diagnostic {
	a := w.attempt(verb, w.kind.writing)
	if azrest.MaybeDone(written.Err) {
		a.Afterwards = "The write may have been carried out all the same: plan again."
		if verb == "create" {
			a.Afterwards = "The write may have been carried out all the same. " + w.howToImport()
		}
	}
	if w.deletedDisabled {
		a.Afterwards = strings.TrimSpace(a.Afterwards + "\n\n" + iotplan.GoneDisabled(statusName, w.kind.noun))
	}
	return iotdiag.Failed(a, written.Err)
}

func (s subject) keysUnreadable(err error) diag.Diagnostic {
	a := s.attempt("read the keys of", iotdiag.ReadKeys())
	a.Afterwards = "A write of a symmetric-key entry has to send its keys along, or the service would make new ones. " +
		"Nothing was written."
	return iotdiag.Failed(a, err)
}

func (s subject) howToImport() string {
	return fmt.Sprintf("To manage it here, import it:\n\n  import {\n    to = azureiot_%s.<name>\n    id = %q\n  }",
		s.kind.typeName, s.id)
}

func (s subject) exists() diag.Diagnostic {
	summary := iotdiag.Titled(s.kind.noun) + " exists already"
	return diag.NewAttributeErrorDiagnostic(path.Root(s.kind.idName), summary, fmt.Sprintf(
		"There is %s %s %q at %s, and creating never overwrites one. Nothing was changed. %s",
		article(s.kind.noun), s.kind.noun, s.id, s.host, s.howToImport()))
}

func (s subject) vanished() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf("The %s %q was deleted after the plan was made.", s.kind.noun, s.id))
}

func (s subject) changedMeanwhile() diag.Diagnostic {
	return diag.NewErrorDiagnostic("The plan is stale", fmt.Sprintf(
		"The %s %q was changed while Terraform was replacing it.\n\nWhat on_destroy asks for was done before; nothing was "+
			"written since. Plan again.", s.kind.noun, s.id))
}

// stale names what somebody else changed, attribute by attribute.
func (s subject) stale(changes []string) diag.Diagnostic {
	return s.planAgain(fmt.Sprintf("Somebody else changed the %s %q after the plan was made:\n  %s",
		s.kind.noun, s.id, strings.Join(changes, "\n  ")))
}

func (s subject) planAgain(what string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The plan is stale", what+"\n\nNothing was written; plan again.")
}

// storedOtherwise is what a create says of an echo that is not what was sent.
func (s subject) storedOtherwise(differing []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("DPS stored something else", fmt.Sprintf(
		"The %s %q was created, but DPS answers with other values than were sent for: %s. The next plan shows which.",
		s.kind.noun, s.id, strings.Join(differing, ", ")))
}

func (s subject) notStored(differing []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("DPS did not store the change", fmt.Sprintf(
		"The %s %q was written, but DPS answers with other values than were sent for: %s. Plan again; if it stays so, ask "+
			"Azure support.", s.kind.noun, s.id, strings.Join(differing, ", ")))
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an"
	}
	return "a"
}

func (s subject) deleteFailed(removed writes.Result[entry]) diag.Diagnostic {
	a := s.attempt("delete", s.kind.deleting)
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same: plan again."
	}
	return iotdiag.Failed(a, removed.Err)
}

func (s subject) disabledMeanwhile() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf(
		"The %s %q was disabled after the plan was made, and deleting it could let its devices back in.", s.kind.noun, s.id))
}
