// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
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
	// interrupted says that Terraform was stopped before the time was over.
	interrupted bool
	// changed counts what was done.
	changed map[deprovision.Effect]int
	// left is how many devices of a hub were not come to.
	left map[string]int
	// recordsLeft is how many records are still to be deleted.
	recordsLeft int
	// forecast is how long the slowest hub needs for the rest.
	forecast time.Duration
}

// arrive reads the group and, while it still lets devices in, the records: each try that is refused afterwards
// overwrites one, and with it the name of the device's hub.
func (r *run) arrive(ctx context.Context) diag.Diagnostics {
	group, err := r.reader.Group(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.s.sawGroup(group, r.m)
	if group == nil || group.Disabled() {
		return nil
	}
	records, err := r.reader.GroupRecords(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.s.sawRecords(records, r.want.hubs)
	r.s.follow()
	return nil
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

// lookAgain reads the records anew once the group is shut, and waits for assignments that began before.
func (r *run) lookAgain(ctx context.Context) diag.Diagnostics {
	records, err := r.reader.SettledRecords(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.records = append([]azdps.Registration{}, records...) // Not nil, also when there is none.
	r.s.sawRecords(records, r.want.hubs)
	if err := r.lookAround(ctx, r.s); err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	for _, record := range records {
		if record.Status == azdps.RegistrationAssigning {
			r.ledger.assigning++
		}
	}
	return nil
}

// stillShut looks once more whether anything lets the devices in: the hubs may have taken an hour.
func (r *run) stillShut(ctx context.Context) diag.Diagnostics {
	now, err := r.reader.Group(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	own, err := r.reader.OwnEntries(ctx, r.s.devices())
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	for id, status := range own.Status {
		if status == deprovision.Enabled { // Of the others the next refresh tells where they may have gone.
			r.s.own[id] = status
		}
	}
	if facts.GroupStatus(now) == deprovision.Enabled {
		r.s.sawGroup(now, r.m)
		return diag.Diagnostics{r.enabledMeanwhile()}
	}
	return nil
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
	astray := map[string]bool{}
	for _, id := range r.s.evidence().Unplaced() {
		astray[strings.ToLower(id)] = true
	}
	r.s.silent = map[string]error{}
	for _, w := range workers {
		r.takeOver(w, astray)
	}
	r.ledger.interrupted = ctx.Err() != nil
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
// Devices that are astray may be elsewhere too, wherever an identity of theirs is found.
func (r *run) takeOver(w *hubWorker, astray map[string]bool) {
	host := w.door.host
	for deviceID, now := range w.now {
		id := deprovision.IdentityID{Host: host, DeviceID: deviceID}
		before, written := w.written[deviceID]
		r.s.noteAbsence(deviceKey(id), now.status == deprovision.Absent && !written)
		r.note(w, before, now.status, written)
		sighting := now.onto(r.s.roll[id], r.mark())
		if written { // It was there, and was acted on.
			sighting.Remembered = true
		}
		if written && !astray[deviceKey(id)] {
			r.s.followed[deviceKey(id)] = true
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
			r.ledger.interrupted = ctx.Err() != nil
			return diag.Diagnostics{r.recordsLeft()}
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

const (
	// conflictTries is how often a device is tried whose identity somebody else changes at the same moment.
	conflictTries = 3
	// patience is how many reads in a row may fail before the hub itself is taken for the cause.
	patience = 5
)

var (
	errContended  = errors.New("somebody else changes the identity again and again")
	errKeysHidden = errors.New("the hub does not show the identity's keys, and a write without them would make new ones")
)

// failure is a device that could not be brought to its goal.
type failure struct {
	host, deviceID string
	err            error
}

// hubWorker works through the devices of one hub: they are read, a few at a time, and what needs it is written in bulk.
// One device's failure does not stop the others.
type hubWorker struct {
	door hubDoor
	job  job
	pace pace
	// queue are the devices that are left.
	queue []string

	tries map[string]int
	now   map[string]found
	// written are the identities that were written, with what they were before.
	written  map[string]deprovision.Status
	failures []failure
	// chosen is how many identities were to be written, over how many were left because no more may be deleted.
	chosen, over int
	// sent says that a write was sent. failing counts reads that failed in a row; lost is why the hub was given up.
	sent    bool
	failing int
	lost    error
}

// run works until nothing is left, time is over, or the hub does not answer.
func (w *hubWorker) run(ctx context.Context) {
	all := len(w.queue)
	w.tries, w.now, w.written = map[string]int{}, map[string]found{}, map[string]deprovision.Status{}
	w.pace.started = w.pace.now()
	for len(w.queue) > 0 && w.lost == nil && !w.pace.over(ctx) {
		w.writeBatch(ctx, w.readBatch(ctx, all))
	}
}

// readBatch reads as many devices as one bulk write takes, or until time is over, and returns those to be written.
func (w *hubWorker) readBatch(ctx context.Context, all int) []string {
	var write []string
	for read := 0; read < aziothub.MaxBulk && len(w.queue) > 0 && w.lost == nil && !w.pace.over(ctx); {
		size := min(width, aziothub.MaxBulk-read, len(w.queue))
		some := w.queue[:size]
		w.queue = w.queue[size:]
		for i, answer := range w.readSome(ctx, some) {
			if w.take(some[i], answer) {
				write = append(write, some[i])
			}
		}
		w.pace.tell(ctx, all-len(w.queue), len(w.queue))
		read += size
	}
	return write
}

// answer is what a read has led to.
type answer struct {
	found found
	err   error
}

func (w *hubWorker) readSome(ctx context.Context, ids []string) []answer {
	answers := make([]answer, len(ids))
	var reading sync.WaitGroup
	for i, id := range ids {
		reading.Go(func() { answers[i].found, answers[i].err = w.door.read(ctx, id) })
	}
	reading.Wait()
	return answers
}

// take notes what was read, and tells whether it is to be written.
func (w *hubWorker) take(id string, a answer) bool {
	if a.err != nil {
		w.fail(id, a.err)
		if w.failing++; w.failing >= patience {
			w.lost = a.err
		}
		return false
	}
	w.failing, w.now[id] = 0, a.found
	switch {
	case !w.job.needs(a.found):
		return false
	case w.job.action != deprovision.Delete && a.found.device.HidesKeys():
		w.fail(id, errKeysHidden)
		return false
	case w.job.most >= 0 && w.chosen >= w.job.most:
		w.over++
		return false
	}
	w.chosen++
	return true
}

// fail notes a device that failed. What was refused for want of a right is refused for the others too.
func (w *hubWorker) fail(id string, err error) {
	if _, missing := errors.AsType[*azure.MissingError](err); missing || azrest.IsUnauthorized(err) ||
		azrest.IsForbidden(err) {
		w.lost = err
	}
	w.failures = append(w.failures, failure{host: w.door.host, deviceID: id, err: err})
}

// writeBatch writes what was just read. What somebody else has changed meanwhile is read again.
func (w *hubWorker) writeBatch(ctx context.Context, ids []string) {
	if len(ids) == 0 {
		return
	}
	w.sent = true
	for id, result := range writes.Bulk(ids, w.send(ctx, ids), w.reread(ctx), w.ours) {
		w.settle(id, result)
	}
}

func (w *hubWorker) send(ctx context.Context, ids []string) func() (map[string]error, error) {
	return func() (map[string]error, error) {
		hub, err := w.door.hub()
		if err != nil {
			return nil, err
		}
		if w.job.action == deprovision.Delete {
			var versions []aziothub.Version
			for _, id := range ids {
				versions = append(versions, aziothub.Version{DeviceID: id, ETag: w.now[id].etag})
			}
			return hub.DeleteDevices(ctx, versions)
		}
		var goals []aziothub.Device
		for _, id := range ids {
			goals = append(goals, w.job.goal(w.now[id]))
		}
		return hub.UpdateDevices(ctx, goals)
	}
}

// reread reads what became of a write. The context may have ended, which is why it was interrupted.
func (w *hubWorker) reread(ctx context.Context) func(string) (*found, error) {
	return func(id string) (*found, error) {
		now, err := w.door.read(ctx, id)
		if err != nil {
			return nil, err
		}
		return &now, nil
	}
}

// ours tells whether an identity is as the job was to leave it.
func (w *hubWorker) ours(id string, now *found) bool {
	if w.job.action == deprovision.Delete {
		return now.status == deprovision.Absent
	}
	return now.device != nil && now.device.StandsAs(w.job.goal(w.now[id]))
}

func (w *hubWorker) settle(id string, result writes.Result[found]) {
	switch result.Outcome {
	case writes.Done:
		w.written[id], w.now[id] = w.now[id].status, w.job.left(w.now[id])
	case writes.Overtaken:
		if w.tries[id]++; w.tries[id] < conflictTries {
			w.chosen--
			w.queue = append(w.queue, id)
			return
		}
		w.fail(id, errContended)
	case writes.Refused:
		w.fail(id, result.Err)
	case writes.Unknown:
		delete(w.now, id)
		w.fail(id, result.Err)
	}
}

// job is what is to become of the identities of one hub.
type job struct {
	// action is Disable, Delete or Enable.
	action deprovision.Action
	// reason says why something is disabled, mark how that ends.
	reason string
	mark   mark
	// most is how many may be deleted; negative for any number.
	most int
}

// needs tells whether an identity as it was found is to be written.
func (j job) needs(f found) bool {
	switch {
	case f.status == deprovision.Absent:
		return false
	case j.action == deprovision.Disable:
		return f.status == deprovision.Enabled
	case j.action == deprovision.Enable:
		return f.status == deprovision.Disabled && j.mark.on(f.reason)
	}
	return true
}

// goal is an identity as it is to be written.
func (j job) goal(f found) aziothub.Device {
	goal := *f.device
	goal.Status, goal.StatusReason = aziothub.StatusEnabled, nil
	if j.action == deprovision.Disable {
		goal.Status, goal.StatusReason = aziothub.StatusDisabled, new(j.mark.reason(j.reason))
	}
	return goal
}

// left is an identity once it was written.
func (j job) left(f found) found {
	if j.action == deprovision.Delete {
		return found{status: deprovision.Absent}
	}
	goal := j.goal(f)
	return found{status: statusOf(goal.Disabled()), reason: goal.StatusReason}
}

// hubDoor is the way to the identities of one hub.
type hubDoor struct {
	services *azure.Services
	host     string
	origin   azure.HubOrigin
	// deleting says that identities need not be read whole: a twin tells their status and ETag, and a hub allows a
	// hundred reads of twins a second where it allows a hundred of identities a minute.
	deleting bool
}

// found is an identity as it was just read.
type found struct {
	status deprovision.Status
	etag   azcore.ETag
	reason *string
	// device is the whole identity; nil when it is absent, and when only its twin was read.
	device *aziothub.Device
}

// onto is a sighting with what was found.
func (f found) onto(sighting deprovision.Sighting, m mark) deprovision.Sighting {
	sighting.Status = f.status
	sighting.Ours = f.status == deprovision.Disabled && m.on(f.reason)
	return sighting
}

func (d hubDoor) hub() (*azure.Hub, error) { return d.services.Hub(d.host, d.origin) }

// read reads an identity, as far as it is needed.
func (d hubDoor) read(ctx context.Context, deviceID string) (found, error) {
	hub, err := d.hub()
	if err != nil {
		return found{}, err
	}
	if d.deleting && hub.TwinsReadable() {
		twin, err := hub.GetTwin(ctx, deviceID)
		if !azrest.IsUnauthorized(err) && !azrest.IsForbidden(err) {
			return foundTwin(twin, err)
		}
		if hub.TwinsRefused() {
			tflog.Info(ctx, "Twins may not be read; the registry is asked instead", map[string]any{"host": d.host})
		}
	}
	device, err := hub.GetDevice(ctx, deviceID)
	switch {
	case azrest.IsNotFound(err):
		return found{status: deprovision.Absent}, nil
	case err != nil:
		return found{}, err
	}
	return found{
		status: statusOf(device.Disabled()), etag: device.ETag, reason: device.StatusReason, device: &device,
	}, nil
}

func foundTwin(twin aziothub.Twin, err error) (found, error) {
	switch {
	case azrest.IsNotFound(err):
		return found{status: deprovision.Absent}, nil
	case err != nil:
		return found{}, err
	}
	disabled := aziothub.Device{Status: twin.Status}.Disabled()
	return found{status: statusOf(disabled), etag: twin.DeviceETag, reason: twin.StatusReason}, nil
}

// statusOf is the status of an identity that exists; anything but disabled lets the device in.
func statusOf(disabled bool) deprovision.Status {
	if disabled {
		return deprovision.Disabled
	}
	return deprovision.Enabled
}

// mark is what the status reason of an identity ends in that was disabled because of a group. It tells the identity
// from those that somebody else has disabled, to whoever comes after an apply that was killed: it stands for the group
// and its instance.
type mark string

// markLength is how much of a status reason the mark takes, with the space before it.
const markLength = len(" [azureiot:00000000]")

func markOf(dpsHost, groupID string) mark {
	sum := sha256.Sum256([]byte(azrest.FoldHost(dpsHost) + "\n" + strings.ToLower(groupID)))
	return mark("[azureiot:" + hex.EncodeToString(sum[:4]) + "]")
}

// reason is the status reason that says why.
func (m mark) reason(why string) string { return strings.TrimSpace(why + " " + string(m)) }

// on tells whether a status reason carries the mark.
func (m mark) on(reason *string) bool { return reason != nil && strings.HasSuffix(*reason, string(m)) }

const (
	// width is how many identities of a hub are read at a time.
	width = 4
	// tellEvery is the time between two lines of the log.
	tellEvery = 5 * time.Second
)

// pace is until when a hub is asked, and what is told of it meanwhile.
type pace struct {
	services *azure.Services
	host     string
	deadline time.Time

	started, told time.Time
}

func (p *pace) now() time.Time { return p.services.Now() }

// over tells whether the work is to stop: its time has come, or Terraform was interrupted.
func (p *pace) over(ctx context.Context) bool { return ctx.Err() != nil || !p.now().Before(p.deadline) }

// tell logs every few seconds what is waited for, how many are left, and until when.
func (p *pace) tell(ctx context.Context, done, left int) {
	if now := p.now(); now.Sub(p.told) >= tellEvery {
		p.told = now
		tflog.Info(ctx, "Working through the devices of a hub", map[string]any{
			"host": p.host, "done": done, "left": left, "until": p.deadline.Format(time.RFC3339),
			"enough_for_the_rest": p.forecast(done, left).String(),
		})
	}
}

// forecast is how long the rest takes at the pace so far; 0 when nobody knows.
func (p *pace) forecast(done, left int) time.Duration {
	if done == 0 {
		return 0
	}
	return (p.now().Sub(p.started) * time.Duration(left) / time.Duration(done)).Round(time.Second)
}
