// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

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
