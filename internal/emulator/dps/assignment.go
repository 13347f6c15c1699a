// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// operation is the latest attempt of a registration ID on its way to a result.
type operation struct {
	id       string
	sequence uint64
	attempt  attempt
	// prior is the record that stood when the attempt began; nil if none did.
	prior     *record
	created   string
	pollsLeft int
	// webhook is set while the webhook of a custom allocation is being asked; decision is what it said.
	webhook  *webhookCall
	decision decision
	// final is nil while the operation runs.
	final *deviceResult
}

// newOperation captures what the assignment depends on: an entry that is disabled while
// the operation runs does not stop it.
func (d *Service) newOperation(a attempt) *operation {
	d.begun++
	op := &operation{
		sequence: d.begun,
		id:       fmt.Sprintf("5.%016x.%s", binary.BigEndian.Uint64(d.random.Bytes(8)), d.random.GUID()),
		attempt:  a, created: wire.Time(d.now()), pollsLeft: d.assigningPolls,
	}
	if prior, found := d.records.get(a.registrationID); found {
		op.prior, op.created = prior, prior.CreatedDateTimeUTC
	}
	return op
}

// compare orders operations by their beginning.
func (op *operation) compare(other *operation) int { return cmp.Compare(op.sequence, other.sequence) }

// ready says whether nothing keeps the operation running.
func (d *Service) ready(op *operation) bool {
	return op.webhook == nil && op.pollsLeft == 0 && d.holders == 0
}

// settle ends an operation that nothing keeps running. One that a reset forgot leaves no record behind.
func (d *Service) settle(op *operation) {
	known := d.operations[strings.ToLower(op.attempt.registrationID)] == op
	if known && op.final == nil && d.ready(op) {
		d.finish(op)
	}
}

// lookAt counts one look at a running operation, by a poll of the device or by a service-side read of its record.
func (d *Service) lookAt(registrationID string) {
	op := d.operations[strings.ToLower(registrationID)]
	if op == nil || op.final != nil {
		return
	}
	if op.pollsLeft > 0 {
		op.pollsLeft--
		return
	}
	d.settle(op)
}

// markAssigning shows the running operation in the record.
func (d *Service) markAssigning(op *operation) {
	s := d.newState(op)
	s.Status = statusAssigning
	d.keep(op, s, nil)
}

// finish carries the assignment out and writes the record, disabled and failed included.
func (d *Service) finish(op *operation) {
	s := d.newState(op)
	var hub Hub
	if op.attempt.governing.disabled() {
		s.Status = statusDisabled
	} else if h, p := d.assign(op, &s); p != nil {
		s.Status, s.ErrorCode, s.ErrorMessage = statusFailed, p.Code.Number(), p.Text
	} else {
		hub = h
	}
	d.keep(op, s, hub)
	result := d.newResult(op.attempt)
	result.registrationState = s
	if s.Status != statusAssigned {
		result.TPM, result.X509, result.SymmetricKey = nil, nil, nil
	}
	op.final = &result
}

func (d *Service) newState(op *operation) registrationState {
	s := registrationState{
		RegistrationID: op.attempt.registrationID, CreatedDateTimeUTC: op.created,
		LastUpdatedDateTimeUTC: wire.Time(d.now()), ETag: d.nextETag(),
	}
	if op.prior != nil {
		s.RegistrationID = op.prior.RegistrationID
	} else if g := op.attempt.governing; g.kind() == kindIndividual {
		s.RegistrationID = g.RegistrationID
	}
	return s
}

// keep stores the record; hub is nil when the device is in none.
func (d *Service) keep(op *operation, s registrationState, hub Hub) {
	rec := &record{registrationState: s, group: op.attempt.governing.EnrollmentGroupID}
	if hub != nil {
		if op.prior != nil {
			rec.hubs = op.prior.hubs
		}
		if !slices.Contains(rec.hubs, hub.Hostname()) {
			rec.hubs = append(slices.Clone(rec.hubs), hub.Hostname())
		}
	}
	d.records.put(s.RegistrationID, rec)
}

// assigned is the prior assignment, if the device has one.
func (op *operation) assigned() (*record, bool) {
	return op.prior, op.prior != nil && op.prior.Status == statusAssigned
}

// staysPut says whether the reprovision policy keeps the device in its hub. Without a
// policy the service treats the entry as "re-provision and migrate".
func (op *operation) staysPut() bool {
	p := op.attempt.governing.ReprovisionPolicy
	_, assigned := op.assigned()
	return assigned && p != nil && !*p.UpdateHubAssignment
}

// assign finds the hub, makes or refreshes the identity there, and fills the state.
func (d *Service) assign(op *operation, s *registrationState) (Hub, *wire.Problem) {
	prior, wasAssigned := op.assigned()
	var old Hub
	if wasAssigned {
		old = d.linkedHub(prior.AssignedHub)
	}
	hub := old
	if !op.staysPut() || hub == nil {
		chosen, p := d.choose(op)
		if p != nil {
			return nil, p
		}
		hub = chosen
	}
	device := op.device()
	if wasAssigned {
		device.DeviceID = prior.DeviceID
	}
	substatus := "initialAssignment"
	if wasAssigned && hub != old {
		substatus = d.leave(op, device.DeviceID, old, hub)
	}
	if err := hub.Provision(device); err != nil {
		return nil, refused(codeHubRefused, err.Error())
	}
	s.Status, s.Substatus, s.AssignedHub, s.DeviceID = statusAssigned, substatus, hub.Hostname(), device.DeviceID
	s.Payload = op.decision.payload
	return hub, nil
}

// leave moves the device out of its old hub, with its data if the policy says so, and names the kind of move.
func (d *Service) leave(op *operation, deviceID string, old, next Hub) (substatus string) {
	policy := op.attempt.governing.ReprovisionPolicy
	migrate := policy == nil || *policy.MigrateDeviceData
	if old != nil {
		if migrate {
			old.Copy(deviceID, next)
		}
		old.Remove(deviceID)
	}
	switch {
	case slices.Contains(op.prior.hubs, next.Hostname()):
		return "reprovisionedToInitialAssignment"
	case migrate:
		return "deviceDataMigrated"
	}
	return "deviceDataReset"
}

// device is what the hub is asked to make.
func (op *operation) device() wire.Assignment {
	a := op.attempt
	device := wire.Assignment{
		DeviceID: a.governing.DeviceID, Edge: a.governing.edge(),
		SymmetricKeys: a.keys, Thumbprint: a.thumbprint,
	}
	if device.DeviceID == "" {
		device.DeviceID = a.registrationID
	}
	device.Tags, device.Desired = a.governing.twin()
	if t := op.decision.twin; t != nil {
		device.Tags, device.Desired = (&entry{InitialTwin: t}).twin()
	}
	return device
}

// candidates are the hubs among which the allocation policy chooses.
func (d *Service) candidates(e *entry) []Hub {
	named := e.IoTHubs
	if len(named) == 0 && e.IoTHubHostName != "" {
		named = []string{e.IoTHubHostName}
	}
	if len(named) == 0 {
		return d.hubs
	}
	var hubs []Hub
	for _, name := range named {
		if h := d.linkedHub(name); h != nil {
			hubs = append(hubs, h)
		}
	}
	return hubs
}

// choose applies the allocation policy. Hashing weighs hub names, not host names, so
// that a device lands in the same hub whatever ports a run gets.
func (d *Service) choose(op *operation) (Hub, *wire.Problem) {
	e := op.attempt.governing
	hubs := d.candidates(e)
	if len(hubs) == 0 {
		return nil, refused(codeNoHub, "No IoT hub is linked.")
	}
	switch e.AllocationPolicy {
	case "static":
		return hubs[0], nil
	case "custom":
		if op.decision.failure != nil {
			return nil, op.decision.failure
		}
		if h := d.linkedHub(op.decision.hub); h != nil {
			return h, nil
		}
		return nil, refused(codeCustomAllocation, "Custom allocation failed: the IoT hub is not linked.")
	}
	weight := func(h Hub) uint64 {
		sum := sha256.Sum256([]byte(strings.ToLower(op.attempt.registrationID) + "\n" + h.Name()))
		return binary.BigEndian.Uint64(sum[:])
	}
	return slices.MaxFunc(hubs, func(a, b Hub) int {
		return cmp.Compare(weight(a), weight(b))
	}), nil
}

// newResult is what the attestation adds to the device's view of its registration; the
// documentation shows "x509":{} and nothing for symmetric keys.
func (d *rules) newResult(a attempt) deviceResult {
	var r deviceResult
	group := a.governing.EnrollmentGroupID
	switch {
	case a.endorsementKey != "":
		if raw, err := encryptTo(a.endorsementKey, decodeKey(a.keys[0])); err == nil {
			r.TPM = &tpmResult{AuthenticationKey: raw}
		}
	case a.thumbprint != "":
		r.X509 = &x509Result{}
		if d.choices.DetailedResults {
			r.X509 = &x509Result{CertificateInfo: a.info, EnrollmentGroupID: group}
		}
	case d.choices.DetailedResults:
		r.SymmetricKey = &symmetricKeyResult{EnrollmentGroupID: group}
	}
	return r
}
