// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// enforcement is one run against the services: a plan's look-up, a refresh, or an apply. now is what is true as far
// as it is known and is brought up to date after every step, so that it can go to state wherever the run ends.
type enforcement struct {
	services *azure.Services
	asker    *facts.Asker
	want     settings
	memory   memory
	now      readings

	// touched says that something was written, or may have been.
	touched bool
	// done are the effects that were carried out.
	done []deprovision.Effect
	// entry is the individual enrollment as last read or written; nil when there is none.
	entry *azdps.IndividualEnrollment
	// found are the identities as last read.
	found map[string]facts.Identity
}

// question asks about the device; known are identities of an earlier read.
func (e *enforcement) question(known map[string]deprovision.Identity) facts.Question {
	q := facts.Question{
		RegistrationID: e.want.registrationID, DPSHostname: e.want.dpsHostname, DeviceID: e.want.deviceID,
		Leaf: e.want.leaf, Chain: e.want.chain, Named: e.want.hubs,
		Remembered: map[string]string{}, Suspected: map[string]string{},
	}
	for host, identity := range known {
		if identity.Status == deprovision.Unverified || e.memory.suspects(host) {
			q.Suspected[host] = identity.DeviceID
		} else {
			q.Remembered[host] = identity.DeviceID
		}
	}
	return q
}

// lookUp asks everything about a device that is not blocked by this object yet. What the mark of an entry remembers
// counts as known: the record may have been overwritten by a refused try.
func (e *enforcement) lookUp(ctx context.Context) (facts.Answer, error) {
	entry, err := e.asker.Entry(ctx, e.want.registrationID)
	if err != nil {
		return facts.Answer{}, err
	}
	q := e.question(nil)
	if found, ok := markOf(entry); ok {
		q.Remembered = found.hosts()
	}
	return e.asker.Ask(ctx, entry, q)
}

// take makes what was answered the present picture.
func (e *enforcement) take(answer facts.Answer) {
	e.entry, e.found = answer.Entry, answer.Identities
	e.now.picture = deprovision.Picture{Enrollment: answer.Enrollment, Identities: map[string]deprovision.Identity{}}
	for host, identity := range answer.Identities {
		e.now.picture.Identities[host] = deprovision.Identity{DeviceID: identity.DeviceID, Status: identity.Status}
		if identity.Evidence == facts.Searched && identity.Status == deprovision.Unverified {
			e.memory.Suspected = append(e.memory.Suspected, host)
		}
	}
	e.takeUnsearched(answer)
	e.now.paths = e.reenrollPaths(answer.Groups)
	e.assess()
}

// takeUnsearched adds hubs that were only searched and could not be read, where that matters: when no other hub is
// known to have the device, or when an earlier search found something there.
func (e *enforcement) takeUnsearched(answer facts.Answer) {
	nowhere := len(answer.Identities) == 0
	for host, err := range answer.Unsearched {
		if !nowhere && !e.memory.suspects(host) {
			continue
		}
		e.memory.Suspected = append(e.memory.Suspected, host)
		e.see(facts.Identity{
			Host: host, DeviceID: e.want.registrationID, Evidence: facts.Searched, Status: deprovision.Unreachable, Err: err,
		})
	}
}

// reenrollPaths are the groups that would let the device in if its entry vanished.
func (e *enforcement) reenrollPaths(groups []deprovision.Group) []deprovision.ReenrollPath {
	return deprovision.ReenrollPaths(e.device(groups))
}

// device says the device in deprovision's words. An entry that was made without a certificate says nothing about how
// the device proves itself.
func (e *enforcement) device(groups []deprovision.Group) deprovision.Device {
	d := deprovision.Device{
		RegistrationID: e.want.registrationID, Chain: e.want.chain, Individual: facts.Individual(e.entry), Groups: groups,
	}
	_, marked := markOf(e.entry)
	switch {
	case len(d.Chain) > 0:
		d.Attestation = deprovision.X509
	case d.Individual != nil && (!marked || d.Individual.Attestation != deprovision.SymmetricKey):
		d.Attestation = d.Individual.Attestation
	}
	return d
}

// assess works out the access from the present picture.
func (e *enforcement) assess() {
	e.now.access = deprovision.AccessOf(e.now.picture.Enrollment, e.now.picture.Statuses(), e.now.paths)
}

// originOf tells who made the entry.
func originOf(entry *azdps.IndividualEnrollment) string {
	if _, marked := markOf(entry); entry == nil || marked {
		return originCreated
	}
	return originAdopted
}

// previousOf is where the device stood before the block: what the mark of our own entry remembers, otherwise what is
// found.
func previousOf(entry *azdps.IndividualEnrollment, now deprovision.Picture) deprovision.Picture {
	previous := now.Clone()
	found, marked := markOf(entry)
	if !marked {
		return previous
	}
	previous.Enrollment = deprovision.Absent
	for host, identity := range found.previous() {
		previous.Identities[host] = identity
	}
	return previous
}
