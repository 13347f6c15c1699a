// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// run is one apply.
type run struct {
	looker

	m memory
	s *standing
	// deadline ends the work; limits are how many identities of a hub may be deleted at most, nil for any number.
	deadline time.Time
	limits   map[string]int
	// records are those of the last look.
	records []azdps.Registration

	ledger ledger
}

// ledger is what an apply has done, and what it could not do.
type ledger struct {
	// touched says that something was written, or may have been.
	touched bool
	// unsure says that nobody knows what became of the write of the group.
	unsure bool
	// assigning is how many devices are being assigned still.
	assigning int
	failures  []failure
	// lost are hubs that were given up, over are identities that were left because no more may be deleted.
	lost map[string]error
	over map[string]int
	// changed counts what was done.
	changed map[deprovision.Effect]int
	// left is how many devices of a hub were not come to.
	left map[string]int
	// recordsLeft is how many records are still to be deleted.
	recordsLeft int
	// forecast is how long the slowest hub needs for the rest.
	forecast time.Duration
}

// block shuts the group and then works through its devices. Whatever fails after the first step, the group is shut.
func (r *run) block(ctx context.Context, deletesRecords bool) diag.Diagnostics {
	if diags := r.shut(ctx); diags.HasError() {
		return diags
	}
	diags := r.lookAgain(ctx)
	if diags.HasError() {
		return diags
	}
	if r.want.identities == deprovision.Keeping {
		r.lookIntoHubs(ctx, r.s, confirmLimit) // Nothing else reads the identities, and the next refresh would be news.
	}
	r.workThroughPending(ctx)
	if r.search(ctx, r.s); len(r.want.hubs) > 0 {
		r.workThroughPending(ctx) // What was found in the hubs that are named.
	}
	if r.ledger.assigning > 0 {
		diags.Append(r.stillAssigning(r.ledger.assigning))
	}
	if pending := r.s.evidence().Pending(r.want.identities); total(pending) > 0 {
		diags.Append(r.unfinished(pending)...)
	}
	if diags.Append(r.stillShut(ctx)...); diags.HasError() {
		return diags
	}
	if deletesRecords {
		diags.Append(r.deleteRecords(ctx)...)
	}
	return diags
}

// workThroughPending works through what is pending; nothing is when identities are to be kept.
func (r *run) workThroughPending(ctx context.Context) {
	pending := func(_ deprovision.IdentityID, s deprovision.Sighting) bool { return r.want.identities.Pends(s) }
	if len(r.ledger.lost) == 0 {
		r.workThrough(ctx, r.want.action(), pending)
	}
}

// action is what blocking does to an identity that is enabled.
func (w wanted) action() deprovision.Action {
	if w.identities == deprovision.Deleting {
		return deprovision.Delete
	}
	return deprovision.Disable
}

// workThrough has the hubs worked through side by side: each has a budget of its own.
func (r *run) workThrough(
	ctx context.Context, action deprovision.Action, concerns func(deprovision.IdentityID, deprovision.Sighting) bool,
) {
	var workers []*hubWorker
	var working sync.WaitGroup
	for _, host := range r.s.roll.hosts() {
		w := r.worker(host, action)
		if w.queue = r.s.roll.in(host, concerns); len(w.queue) > 0 {
			workers = append(workers, w)
			working.Go(func() { w.run(ctx) })
		}
	}
	working.Wait()
	r.s.silent = map[string]error{}
	for _, w := range workers {
		r.takeOver(w)
	}
}

func (r *run) worker(host string, action deprovision.Action) *hubWorker {
	most := -1
	if r.limits != nil {
		most = r.limits[host]
	}
	return &hubWorker{
		door: r.door(host), job: job{action: action, reason: r.want.reason, mark: r.mark(), most: most},
		pace: pace{services: r.services, host: host, deadline: r.deadline},
	}
}

// takeOver takes what a worker has found and done into the standing. Those that it could not read may be anything.
func (r *run) takeOver(w *hubWorker) {
	host := w.door.host
	for deviceID, now := range w.now {
		id := deprovision.IdentityID{Host: host, DeviceID: deviceID}
		before, written := w.written[deviceID]
		r.s.noteAbsence(deviceKey(id), now.status == deprovision.Absent && !written)
		r.note(w, before, now.status, written)
		sighting := now.onto(r.s.roll[id], r.mark())
		if written { // It was there, and was acted on.
			sighting.Remembered, r.s.followed[deviceKey(id)] = true, true
			delete(r.s.lost, deviceKey(id))
		}
		if now.status == deprovision.Absent && !sighting.Recorded && !sighting.Remembered {
			delete(r.s.roll, id) // Only the user's word said that it was there.
			continue
		}
		r.s.roll[id] = sighting
	}
	for _, failed := range w.failures {
		id := deprovision.IdentityID{Host: host, DeviceID: failed.deviceID}
		if _, read := w.now[failed.deviceID]; !read {
			sighting := r.s.roll[id]
			sighting.Status, sighting.Ours = deprovision.Unread, false
			r.s.roll[id] = sighting
		}
	}
	if w.lost != nil {
		r.s.silent[host] = w.lost
		r.ledger.lost[host] = w.lost
	} else {
		r.ledger.failures = append(r.ledger.failures, w.failures...)
	}
	if r.limits != nil {
		r.limits[host] -= w.chosen // A second pass has the rest.
	}
	if w.over > 0 {
		r.ledger.over[host] = w.over
	}
	r.ledger.touched = r.ledger.touched || w.sent
	r.ledger.left[host] = len(w.queue)
	r.ledger.forecast = max(r.ledger.forecast, w.pace.forecast(len(w.now), len(w.queue)))
}

// note counts what was done to an identity.
func (r *run) note(w *hubWorker, before, now deprovision.Status, written bool) {
	effect := deprovision.Effect{
		Target: deprovision.TargetIdentity, Object: w.door.host, Action: deprovision.None, From: now, To: now,
	}
	if written {
		effect.Action, effect.From = w.job.action, before
	}
	r.ledger.changed[effect]++
}

// deleteRecords deletes the registration records, which free quota. It comes last: until then they tell where the
// devices are.
func (r *run) deleteRecords(ctx context.Context) diag.Diagnostics {
	p := pace{services: r.services, host: r.reader.DPS().Host(), deadline: r.deadline, started: r.services.Now()}
	for i, record := range r.records {
		r.ledger.recordsLeft = len(r.records) - i
		if p.over(ctx) {
			return diag.Diagnostics{r.recordsLeft(r.ledger)}
		}
		err := r.reader.DPS().DeleteRegistration(ctx, record.RegistrationID, nil)
		if err != nil && !azrest.IsNotFound(err) {
			r.ledger.touched = r.ledger.touched || azrest.MaybeDone(err)
			return diag.Diagnostics{r.failed("delete", "registration record", record.RegistrationID,
				iotdiag.DeleteRegistration(), err)}
		}
		r.ledger.touched = true
		p.tell(ctx, i+1, len(r.records)-i-1)
	}
	r.ledger.changed[deprovision.DeleteRegistration(r.want.groupID)] = len(r.records)
	r.ledger.recordsLeft, r.records = 0, []azdps.Registration{}
	return nil
}

// restore enables the identities that were disabled here, and the group last, so that a device which is let in finds
// its identity ready.
func (r *run) restore(ctx context.Context, reopens bool) diag.Diagnostics {
	if err := r.lookAround(ctx, r.s); err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	if reopens && (r.s.group == nil || r.s.group.CreatedDateTimeUTC != r.m.Group.Created) {
		return diag.Diagnostics{r.madeAnew()}
	}
	r.workThrough(ctx, deprovision.Enable, r.mayRestore)
	if diags := r.shutAgain(ctx); diags.HasError() {
		return diags
	}
	if held := r.heldBack(); total(held) > 0 {
		return r.unfinished(held)
	}
	if reopens && r.s.group.Disabled() {
		return r.reopen(ctx)
	}
	return nil
}

// shutAgain disables what was enabled of devices that somebody has blocked by themselves meanwhile: whoever did found
// the identity disabled already, and left it at that. The group then stays shut.
func (r *run) shutAgain(ctx context.Context) diag.Diagnostics {
	before := r.s.own
	if err := r.lookAround(ctx, r.s); err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	blocked := func(id deprovision.IdentityID, s deprovision.Sighting) bool {
		device := deviceKey(id)
		return s.Status == deprovision.Enabled && s.Any() && r.s.own[device] == deprovision.Disabled &&
			before[device] != deprovision.Disabled
	}
	var ids []string
	for id, sighting := range r.s.roll {
		if blocked(id, sighting) {
			ids = append(ids, id.String())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	r.limits = nil // It is no more than what was just enabled.
	r.workThrough(ctx, deprovision.Disable, blocked)
	return diag.Diagnostics{r.blockedMeanwhile(ids)}
}

// mayRestore tells whether an identity may have been disabled here. What was found disabled by somebody else was not;
// and a device whose individual enrollment is disabled was blocked by itself.
func (r *run) mayRestore(id deprovision.IdentityID, s deprovision.Sighting) bool {
	ours := s.Status == deprovision.Disabled && s.Ours || s.Status == deprovision.Unread
	return s.Any() && ours && r.s.own[deviceKey(id)] != deprovision.Disabled
}

// heldBack counts, by hub, what may still be disabled because of the block.
func (r *run) heldBack() map[string]int {
	held := map[string]int{}
	for id, sighting := range r.s.roll {
		if r.mayRestore(id, sighting) {
			held[id.Host]++
		}
	}
	return held
}

// shut disables the group, unless it is, and reads it back.
func (r *run) shut(ctx context.Context) diag.Diagnostics {
	if r.s.group == nil || r.s.group.Disabled() {
		r.ledger.changed[deprovision.Effect{
			Target: deprovision.TargetGroup, Object: r.want.groupID, Action: deprovision.None,
			From: r.s.status, To: r.s.status,
		}]++
		return nil
	}
	r.m.Group.Before, r.m.Group.Created = deprovision.Enabled, r.s.group.CreatedDateTimeUTC
	return r.putGroup(ctx, "disable", azdps.StatusDisabled, deprovision.Disable)
}

// reopen enables the group again.
func (r *run) reopen(ctx context.Context) diag.Diagnostics {
	return r.putGroup(ctx, "enable", azdps.StatusEnabled, deprovision.Enable)
}

// putGroup gives the group a status and leaves everything else as it was just read.
func (r *run) putGroup(ctx context.Context, verb, status string, action deprovision.Action) diag.Diagnostics {
	before := r.s.status
	body, diags := r.withKeys(ctx, *r.s.group)
	if diags.HasError() {
		return diags
	}
	body.ProvisioningStatus = &status
	is := func(now azdps.EnrollmentGroup) bool { return now.Disabled() == (status == azdps.StatusDisabled) }
	result := writes.Put(func() (azdps.EnrollmentGroup, error) {
		return r.reader.DPS().PutEnrollmentGroup(ctx, body, &azdps.WriteOptions{OnlyIfUnchanged: &r.s.group.ETag})
	}, func() (*azdps.EnrollmentGroup, error) { return r.reader.Group(ctx, r.want.groupID) }, is)
	r.ledger.touched = r.ledger.touched || result.Outcome == writes.Done || result.Outcome == writes.Unknown
	r.reader.DPS().ForgetEnrollmentGroup(r.want.groupID)
	if action == deprovision.Enable && (result.Outcome == writes.Done || result.Outcome == writes.Unknown) {
		opened := *r.s.group // Whatever the read back tells, or cannot tell, it is not known to be shut any more.
		opened.ProvisioningStatus = &status
		r.s.group, r.s.status = &opened, deprovision.Enabled
	}
	r.ledger.unsure = result.Outcome == writes.Unknown
	if result.Outcome == writes.Done && result.Now != nil { // The read back may tell nothing.
		r.s.group, r.s.status = result.Now, facts.GroupStatus(result.Now)
	}
	if result.Outcome != writes.Done {
		return diag.Diagnostics{r.failed(verb, nounGroup, r.want.groupID, iotdiag.WriteEnrollmentGroup(), result.Err)}
	}
	now, err := r.reader.Group(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.s.group, r.s.status = now, facts.GroupStatus(now)
	if now == nil || !is(*now) {
		return diag.Diagnostics{r.notStored(verb)}
	}
	r.ledger.changed[deprovision.Effect{
		Target: deprovision.TargetGroup, Object: r.want.groupID, Action: action, From: before, To: r.s.status,
	}]++
	return nil
}

// withKeys fetches the keys of a symmetric-key group for one write: without them the service may make new ones.
func (r *run) withKeys(ctx context.Context, body azdps.EnrollmentGroup) (azdps.EnrollmentGroup, diag.Diagnostics) {
	if body.Attestation.Type != azdps.AttestationSymmetricKey {
		return body, nil
	}
	shown, err := r.reader.DPS().GetEnrollmentGroupAttestation(ctx, r.want.groupID)
	if err == nil {
		body.Attestation.SymmetricKey, err = shown.Keys()
	}
	if err != nil {
		return body, diag.Diagnostics{r.keysUnreadable(err)}
	}
	return body, nil
}
