// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// writer works on one identity of one hub.
type writer struct {
	subject

	hub *azure.Hub
	// keys are to be the identity's; nil leaves them as they are found.
	keys *aziothub.SymmetricKey
	// deletedDisabled says that the other half of a replacement has deleted the identity, which was disabled.
	deletedDisabled bool
}

func openWriter(services *azure.Services, hub *azure.Hub, deviceID string) writer {
	return writer{subject: subject{services: services, host: hub.Host(), deviceID: deviceID}, hub: hub}
}

// handover is what a Delete that left its identity in place leaves for the Create of the same one.
type handover struct{ generationID string }

// object names the identity for the Create of the same one.
func (s subject) object() azure.Object { return azure.IdentityObject(s.host, s.deviceID) }

// create makes the identity with one write, or takes over the one that the other half of a replacement left.
func (w *writer) create(ctx context.Context, want managed) (aziothub.Device, diag.Diagnostics) {
	left, diags := w.takeOver(ctx)
	was, _ := azure.Take[iotplan.Standing](&w.services.Handover, w.object())
	w.deletedDisabled = was.Disabled()
	switch {
	case diags.HasError():
		return aziothub.Device{}, diags
	case left != nil:
		return w.change(ctx, *left, managedOf(*left), want)
	}
	began := w.services.Now()
	body := w.newDevice(want)
	written := w.put(ctx, body, nil, func(found aziothub.Device) bool { return isOwn(found, body, began) })
	switch {
	case written.Outcome == writes.Done:
		return *written.Now, nil
	case exists(written.Err) && !written.Contradicted():
		return aziothub.Device{}, diag.Diagnostics{w.exists()}
	}
	return aziothub.Device{}, diag.Diagnostics{w.createFailed(written)}
}

// newDevice is the identity as it is born. Keys that nobody gave are made here.
func (w *writer) newDevice(want managed) aziothub.Device {
	if want.authentication == nil {
		want.authentication = &authentication{kind: aziothub.AuthenticationSAS}
	}
	if want.authentication.kind == aziothub.AuthenticationSAS && w.keys == nil {
		w.keys = newKeys()
	}
	body := step(aziothub.Device{DeviceID: w.deviceID}, want, w.keys)
	if want.edge {
		body.DeviceScope = nil // The hub makes it, and ignores what is sent.
	}
	return body
}

func pointer(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

// takeOver reads the identity that the Delete of this apply left in place; nil when there is none.
func (w *writer) takeOver(ctx context.Context) (*aziothub.Device, diag.Diagnostics) {
	note, ok := azure.Take[handover](&w.services.Handover, w.object())
	if !ok {
		return nil, nil
	}
	found, err := w.find(ctx)
	switch {
	case err != nil:
		return nil, diag.Diagnostics{w.readFailed(err)}
	case found != nil && found.GenerationID != note.generationID:
		return nil, diag.Diagnostics{w.madeAnew()}
	}
	return found, nil
}

// update changes the identity as planned, from what is there now.
func (w *writer) update(ctx context.Context, plan, prior identityModel) (aziothub.Device, diag.Diagnostics) {
	now, err := w.hub.GetDevice(ctx, w.deviceID)
	switch {
	case azrest.IsNotFound(err):
		return now, diag.Diagnostics{w.vanished()}
	case err != nil:
		return now, diag.Diagnostics{w.readFailed(err)}
	case now.GenerationID != prior.GenerationID.ValueString():
		return now, diag.Diagnostics{w.madeAnew()}
	}
	return w.change(ctx, now, prior.managed(), plan.managed())
}

// change brings an identity, as it was just read, to what is wanted, and returns it as it is then. before is what the
// plan started from: what differs from it is somebody else's, and is not overwritten.
func (w *writer) change(
	ctx context.Context, now aziothub.Device, before, want managed,
) (aziothub.Device, diag.Diagnostics) {
	for steps, tries := 0, 0; ; {
		if foreign := conflicts(before, managedOf(now), want); len(foreign) > 0 {
			return now, diag.Diagnostics{w.stale(foreign)}
		}
		if w.reached(now, want) {
			return now, nil
		}
		if steps == mostSteps {
			return now, diag.Diagnostics{w.notStored(differences(managedOf(now), want))}
		}
		if w.keys == nil && !keysShown(now) {
			return now, diag.Diagnostics{w.keysHidden()}
		}
		written := w.put(ctx, step(now, want, w.keys), &now.ETag, func(found aziothub.Device) bool {
			return carriedOut(found, now, want)
		})
		if written.Outcome != writes.Done {
			if diags := w.givesWay(now, written); diags.HasError() {
				return now, diags
			}
			if tries++; tries == conflictTries {
				return now, diag.Diagnostics{w.contended()}
			}
			now = *written.Now
			continue
		}
		now, before, w.wrote = *written.Now, managedOf(*written.Now), true
		steps++
	}
}

const (
	// mostSteps is how many writes a change takes at most: two, when an edge device becomes a leaf with a parent.
	mostSteps = 2
	// conflictTries bounds how often a write is tried that meets somebody else's.
	conflictTries = 3
)

// put sends a body, over the identity with this ETag or to make one. ours tells whether an identity is what was sent,
// which is asked only when the hub may have carried out a write that failed: one that was refused without doubt was
// somebody else's.
func (w *writer) put(
	ctx context.Context, body aziothub.Device, etag *azcore.ETag, ours func(aziothub.Device) bool,
) writes.Result[aziothub.Device] {
	var failure error
	return writes.Put(func() (aziothub.Device, error) {
		echo, err := w.hub.PutDevice(ctx, body, &aziothub.WriteOptions{OnlyIfUnchanged: etag})
		failure = err
		return echo, err
	}, func() (*aziothub.Device, error) { return w.find(ctx) }, func(found aziothub.Device) bool {
		return azrest.MaybeDone(failure) && ours(found)
	})
}

// find reads the identity; nil when there is none.
func (w *writer) find(ctx context.Context) (*aziothub.Device, error) {
	return azrest.IfFound(w.hub.GetDevice(ctx, w.deviceID))
}

// step is what one write sends: everything that was read, and what of the change it can do.
func step(now aziothub.Device, want managed, keys *aziothub.SymmetricKey) aziothub.Device {
	body := now
	body.Status, body.StatusReason = want.status, pointer(want.reason)
	authenticate(&body, want.authentication, keys)
	place(&body, want.edge, want.parent)
	return body
}

// reached tells whether an identity is as it is wanted.
func (w *writer) reached(d aziothub.Device, want managed) bool {
	if w.keys != nil && (d.Authentication == nil || !sameKeys(d.Authentication.SymmetricKey, w.keys)) {
		return false
	}
	return len(differences(managedOf(d), want)) == 0
}

// givesWay is no error when somebody else's write came before one that failed, so that it can be tried again on what is
// there now.
func (w *writer) givesWay(before aziothub.Device, written writes.Result[aziothub.Device]) diag.Diagnostics {
	now := written.Now
	switch {
	case written.Outcome == writes.Overtaken && now == nil:
		return diag.Diagnostics{w.vanished()}
	case now == nil, written.Outcome == writes.Refused && now.ETag == before.ETag:
		return diag.Diagnostics{w.changeFailed(written)}
	case now.GenerationID != before.GenerationID:
		return diag.Diagnostics{w.madeAnew()}
	}
	return nil
}

// carriedOut tells whether found is what one step from before towards want leads to.
func carriedOut(found, before aziothub.Device, want managed) bool {
	if isEdge(before) && !want.edge {
		want.parent = ""
	}
	return found.ETag != before.ETag && found.GenerationID == before.GenerationID &&
		len(differences(managedOf(found), want)) == 0
}

// exists tells whether a create failed because the identity is there already; a device that is locked is a conflict
// too.
func exists(err error) bool {
	said, ok := azrest.AsError(err)
	return ok && azrest.IsConflict(err) && said.Code != "DeviceLocked" && said.Code != "409102"
}

// isOwn tells whether an identity is what a create wrote whose answer was lost. Keys prove it: nobody else knows them.
// Without keys everything must be as it was sent, and the identity must not be older than the create.
func isOwn(found, sent aziothub.Device, began time.Time) bool {
	if len(differences(managedOf(sent), managedOf(found))) > 0 {
		return false
	}
	if sent.Authentication.SymmetricKey != nil {
		return found.Authentication != nil &&
			sameKeys(found.Authentication.SymmetricKey, sent.Authentication.SymmetricKey)
	}
	return !bornBefore(found.GenerationID, began.Add(-clockSkew))
}

// clockSkew is by how much a hub's clock may differ from the one here.
const clockSkew = 10 * time.Minute

// bornBefore tells whether a generation ID says that its identity was made before t. It counts units of 100 ns since
// the year 1 (recorded traffic); one that cannot be read says nothing.
func bornBefore(generationID string, t time.Time) bool {
	const unixEpoch, perSecond = 621355968000000000, 10_000_000
	ticks, err := strconv.ParseInt(generationID, 10, 64)
	if err != nil || ticks < unixEpoch {
		return false
	}
	return time.Unix((ticks-unixEpoch)/perSecond, 0).Before(t)
}

// destroy does what on_destroy says. What a Create of the same identity in this apply has to know is handed over: the
// status that the identity has and, if this is one half of a replacement, the identity itself when it stays.
func (w *writer) destroy(ctx context.Context, state identityModel, fate iotplan.Fate) diag.Diagnostics {
	onDestroy, replaced := state.OnDestroy.ValueString(), fate.Birth != nil
	switch {
	case onDestroy == iotplan.DestroyPrevent:
		return diag.Diagnostics{prevented(state, "destroy")}
	case onDestroy == iotplan.DestroyKeep && !replaced:
		return nil
	case onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable:
		return w.remove(ctx, state, fate)
	}
	found, diags := w.foreseen(ctx, state, fate)
	if diags.HasError() || found == nil {
		return diags
	}
	if onDestroy == iotplan.DestroyDisable {
		diags = w.disable(ctx, *found)
	}
	if replaced && !diags.HasError() {
		w.leave(state)
	}
	return diags
}

// leave notes that the identity stays, for the Create of the same one.
func (w *writer) leave(state identityModel) {
	azure.Leave(&w.services.Handover, w.object(), handover{generationID: state.GenerationID.ValueString()})
}

// disable changes the status and nothing else.
func (w *writer) disable(ctx context.Context, now aziothub.Device) diag.Diagnostics {
	want := managedOf(now)
	want.status, want.authentication = aziothub.StatusDisabled, nil
	_, diags := w.change(ctx, now, managedOf(now), want)
	return diags
}

// foreseen reads the identity that the plan showed; nil when it is gone. One that was made anew since, or disabled
// where that matters, is an error: nothing is done to it.
func (w *writer) foreseen(
	ctx context.Context, state identityModel, fate iotplan.Fate,
) (*aziothub.Device, diag.Diagnostics) {
	found, err := w.find(ctx)
	switch {
	case err != nil:
		return nil, diag.Diagnostics{w.readFailed(err)}
	case found == nil:
		w.handOver(fate, iotplan.Standing{})
		return nil, nil
	case found.GenerationID != plannedGeneration(state, fate):
		return nil, diag.Diagnostics{w.madeAnew()}
	}
	onDestroy, reborn := state.OnDestroy.ValueString(), w.reborn(fate)
	matters := reborn || onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable
	if found.Disabled() && matters && !fate.Foresaw(reborn, state.Status.ValueString()) {
		return nil, diag.Diagnostics{w.disabledMeanwhile()}
	}
	if matters {
		if foreign := unforeseen(state, fate, *found); len(foreign) > 0 {
			return nil, diag.Diagnostics{w.stale(foreign)}
		}
	}
	w.handOver(fate, standingOf(*found))
	return found, nil
}

// unforeseen lists in what an identity is not what the plan has shown. That it is disabled is judged already.
func unforeseen(state identityModel, fate iotplan.Fate, found aziothub.Device) []difference {
	if fate.Birth == nil && fate.Seen != nil && fate.Seen.ETag == string(found.ETag) {
		return nil
	}
	before, now := state.managed(), managedOf(found)
	if found.Disabled() {
		before.status, before.reason = now.status, now.reason
	}
	return differences(before, now)
}

// plannedGeneration is that of the identity that was planned for: the one that the plan saw, or state's.
func plannedGeneration(state identityModel, fate iotplan.Fate) string {
	if fate.Birth == nil && fate.Seen != nil && fate.Seen.Generation != "" {
		return fate.Seen.Generation
	}
	return state.GenerationID.ValueString()
}

// remove deletes the identity that the plan showed. The ETag that the plan saw saves looking first.
func (w *writer) remove(ctx context.Context, state identityModel, fate iotplan.Fate) diag.Diagnostics {
	var etag azcore.ETag
	if fate.Birth == nil && fate.Seen != nil && fate.Seen.ETag != "" {
		etag = azcore.ETag(fate.Seen.ETag)
		w.handOver(fate, iotplan.Standing{Status: fate.Seen.Status})
	}
	for range conflictTries {
		if etag == "" {
			found, diags := w.foreseen(ctx, state, fate)
			if diags.HasError() || found == nil {
				return diags
			}
			etag = found.ETag
		}
		removed := writes.Remove(
			func() error {
				return w.hub.DeleteDevice(ctx, w.deviceID, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
			},
			func() (*aziothub.Device, error) { return w.find(ctx) })
		switch removed.Outcome {
		case writes.Done:
			return nil
		case writes.Overtaken:
			etag = ""
		default:
			return diag.Diagnostics{w.deleteFailed(removed)}
		}
	}
	return diag.Diagnostics{w.contended()}
}

func sameID(a, b string) bool { return a == b }

// reborn tells whether the Create behind this Delete makes the same device's identity again, be it in another hub.
func (w *writer) reborn(fate iotplan.Fate) bool { return fate.Reborn(w.deviceID, sameID) }

// handOver leaves the status with which the identity is made again.
func (w *writer) handOver(fate iotplan.Fate, was iotplan.Standing) {
	host, standing := fate.HandsOver(w.reborn(fate), w.host, was)
	azure.Leave(&w.services.Handover, azure.IdentityObject(host, w.deviceID), standing)
}

// standing asks the twin, which may be read 60 times as often as an identity, where twins can be read.
func (w *writer) standing(ctx context.Context) (iotplan.Standing, error) {
	if w.hub.TwinsReadable() {
		twin, err := w.hub.GetTwin(ctx, w.deviceID)
		switch {
		case azrest.IsNotFound(err):
			return iotplan.Standing{}, nil
		case err == nil && twin.Status != "":
			return iotplan.Standing{Status: twin.Status, Reason: text(twin.StatusReason)}, nil
		case azrest.IsUnauthorized(err) || azrest.IsForbidden(err):
			w.hub.TwinsRefused()
		}
	}
	found, err := w.find(ctx)
	if err != nil || found == nil {
		return iotplan.Standing{}, err
	}
	return standingOf(*found), nil
}

func standingOf(d aziothub.Device) iotplan.Standing {
	s := managedOf(d)
	return iotplan.Standing{Status: s.status, Reason: s.reason}
}

func (w *writer) createFailed(written writes.Result[aziothub.Device]) diag.Diagnostic {
	a := w.attempt("create", iotdiag.WriteDeviceIdentity())
	a.Afterwards = "Nothing was created."
	if azrest.MaybeDone(written.Err) {
		a.Afterwards = "It may have been created all the same. " + howToImport(w.host, w.deviceID)
	}
	if w.deletedDisabled {
		a.Afterwards += "\n\n" + iotplan.GoneDisabled(statusName, noun)
	}
	return iotdiag.Failed(a, written.Err)
}

func (w *writer) changeFailed(written writes.Result[aziothub.Device]) diag.Diagnostic {
	a := w.attempt("change", iotdiag.WriteDeviceIdentity())
	switch {
	case w.wrote:
		a.Afterwards = "The first of two writes was carried out: the device is a leaf without a parent now. The next apply " +
			"gives it its parent."
	case azrest.MaybeDone(written.Err):
		a.Afterwards = "The change may have been carried out all the same; the next plan shows."
	default:
		a.Afterwards = "Nothing was changed."
	}
	return iotdiag.Failed(a, written.Err)
}

func (s subject) deleteFailed(removed writes.Result[aziothub.Device]) diag.Diagnostic {
	a := s.attempt("delete", iotdiag.DeleteDeviceIdentity())
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same; the next plan shows."
	}
	return iotdiag.Failed(a, removed.Err)
}

func (s subject) exists() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(deviceIDName), "Device identity exists already", fmt.Sprintf(
		"%s has a device identity %q, and creating never overwrites one: DPS makes identities, and so do other tools. "+
			"Nothing was changed. %s", s.host, s.deviceID, howToImport(s.host, s.deviceID)))
}

func howToImport(host, id string) string {
	return fmt.Sprintf("To manage it here, import it:\n\n  import {\n    to = %s.<name>\n    id = %q\n  }",
		resourceType, host+"/"+id)
}

// planAgain is an error about what changed after the plan was made.
func (s subject) planAgain(what string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The plan is stale", what+"\n\n"+s.soFar()+"; plan again.")
}

// soFar is what was written of a change that ends.
func (s subject) soFar() string {
	if s.wrote {
		return "The first of two writes was carried out before"
	}
	return "Nothing was written"
}

func (s subject) vanished() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf(
		"The device identity %q was deleted from %s after the plan was made.", s.deviceID, s.host))
}

func (s subject) madeAnew() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf("The device identity %q in %s is not the one that was planned for: it was deleted "+
		"and made again after the plan was made.", s.deviceID, s.host))
}

func (s subject) disabledMeanwhile() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf("The device identity %q in %s was disabled after the plan was made, and deleting it "+
		"could let its device back in.", s.deviceID, s.host))
}

// stale names what somebody else changed, attribute by attribute.
func (s subject) stale(foreign []difference) diag.Diagnostic {
	var lines []string
	for _, d := range foreign {
		lines = append(lines, "  "+d.String())
	}
	return s.planAgain(fmt.Sprintf("Somebody else changed the device identity %q in %s after the plan was made:\n%s",
		s.deviceID, s.host, strings.Join(lines, "\n")))
}

func (s subject) contended() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Device identity keeps changing", fmt.Sprintf(
		"Somebody else wrote the device identity %q in %s at every one of %d tries (HTTP 412). Nothing of theirs was "+
			"overwritten. Find out who, then plan again.", s.deviceID, s.host, conflictTries))
}

func (s subject) keysHidden() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot change device identity", fmt.Sprintf(
		"%s does not show the authentication of the device identity %q. A write has to send it along, or the hub would "+
			"make new keys and the device could not connect any more. %s.", s.host, s.deviceID, s.soFar()))
}

func (s subject) notStored(differing []difference) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The hub did not store the change",
		s.storedText(differing)+"Plan again; if it stays so, ask Azure support.")
}

// storedText says how the hub's answer differs from what was sent.
func (s subject) storedText(differing []difference) string {
	text := fmt.Sprintf(
		"The device identity %q in %s was written, but the hub answers with other values than were sent:\n",
		s.deviceID, s.host)
	for _, d := range differing {
		text += fmt.Sprintf("  %s: %s instead of %s\n", d.attribute, d.from, d.to)
	}
	return text + "\n"
}
