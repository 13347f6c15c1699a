// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// enforcement is one run against the services: a plan's look-up, a refresh, or an apply. now is what is true as far as
// it is known and is brought up to date after every step, so that it can go to state wherever the run ends.
type enforcement struct {
	services *azure.Services
	asker    *facts.Asker
	want     settings
	// formerReason is the reason that an earlier apply wrote, and that a new one may replace.
	formerReason string
	memory       memory
	now          readings

	// creating says that a new block is made, replacing that it takes the place of one that was there before.
	creating, replacing bool
	// searching says that the plan knew no hub, open names the hubs of which it knew nothing.
	searching bool
	open      func(host string) bool
	// touched says that something was written, or may have been.
	touched bool
	// done are the effects that were carried out.
	done []deprovision.Effect
	// entry is the individual enrollment as last read or written; nil when there is none.
	entry *azdps.IndividualEnrollment
	// answer is the last answer to a whole question, found the identities as last read.
	answer facts.Answer
	found  map[string]facts.Identity
	// appeared are hubs that were found only after DPS shut the device out.
	appeared []string
}

// question asks about the device; known are identities of an earlier read.
func (e *enforcement) question(known map[string]deprovision.Identity) facts.Question {
	q := facts.Question{
		RegistrationID: e.want.registrationID, DeviceID: e.want.deviceID, Leaf: e.want.leaf, Named: e.want.hubs,
		Remembered: map[string]string{}, Suspected: map[string]string{},
	}
	if attested := e.memory.Attested; attested != nil {
		for _, certificate := range attested.Certificates {
			q.Thumbprints = append(q.Thumbprints, certificate.ThumbprintSHA256)
		}
	}
	for host, identity := range known {
		switch {
		case identity.Status == deprovision.Unverified || e.memory.suspects(host):
			q.Suspected[host] = identity.DeviceID
		case e.lookedForInVain(host, identity):
		default:
			q.Remembered[host] = identity.DeviceID
		}
	}
	return q
}

// lookedForInVain tells that a hub never had an identity under the device ID of an earlier read, and that the user has
// given another one since.
func (e *enforcement) lookedForInVain(host string, identity deprovision.Identity) bool {
	_, held := e.memory.Held[host]
	return identity.Status == deprovision.Absent && !held && e.want.deviceID != "" &&
		e.want.deviceID != identity.DeviceID
}

// lookUp asks everything about a device that is not blocked by this object yet. What the mark of an entry remembers
// counts as known, and so does what a replaced object left: the record may have been overwritten by a refused try.
func (e *enforcement) lookUp(ctx context.Context, left map[string]string) error {
	entry, err := e.asker.Entry(ctx, e.want.registrationID)
	if err != nil {
		return err
	}
	q := e.question(nil)
	q.ShutSince = shutSince(entry)
	maps.Copy(q.Remembered, left)
	if found, ok := markOf(entry); ok {
		maps.Copy(q.Remembered, found.hosts())
	}
	answer, err := e.asker.Ask(ctx, entry, q)
	if err != nil {
		return err
	}
	e.take(answer)
	return nil
}

// lookAgain asks about a device of which known identities were read before.
func (e *enforcement) lookAgain(ctx context.Context, known map[string]deprovision.Identity) error {
	entry, err := e.asker.Entry(ctx, e.want.registrationID)
	if err != nil {
		return err
	}
	q := e.question(known)
	q.ShutSince = shutSince(entry)
	if found, ok := markOf(entry); ok && known == nil { // An import knows only what the mark says.
		q.Remembered = found.hosts()
	}
	answer, err := e.asker.Refresh(ctx, entry, q)
	if err != nil {
		return err
	}
	e.take(answer)
	return nil
}

// take makes what was answered the present picture.
func (e *enforcement) take(answer facts.Answer) {
	e.answer, e.entry, e.found = answer, answer.Entry, answer.Identities
	e.memory.learn(e.entry, e.found)
	e.now.picture = deprovision.Picture{
		Enrollment: answer.Enrollment, Identities: map[string]deprovision.Identity{},
	}
	for host, identity := range answer.Identities {
		e.now.picture.Identities[host] = deprovision.Identity{DeviceID: identity.DeviceID, Status: identity.Status}
		if identity.Status == deprovision.Unverified {
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
	nowhere := true
	for _, identity := range answer.Identities {
		standing := identity.Status == deprovision.Enabled || identity.Status == deprovision.Disabled
		if standing || identity.Evidence <= facts.Recorded {
			nowhere = false
		}
	}
	for host, err := range answer.Unsearched {
		if !nowhere && !e.memory.suspects(host) {
			continue
		}
		e.memory.Suspected = append(e.memory.Suspected, host)
		e.see(facts.Identity{
			Host: host, DeviceID: e.want.registrationID, Evidence: facts.Searched, Status: deprovision.Unreachable,
			Err: err,
		})
	}
}

// see makes what a hub said part of the present picture.
func (e *enforcement) see(identity facts.Identity) {
	if e.found == nil {
		e.found = map[string]facts.Identity{}
	}
	e.found[identity.Host] = identity
	e.now.picture.Identities[identity.Host] = deprovision.Identity{
		DeviceID: identity.DeviceID, Status: identity.Status,
	}
	e.assess()
}

// overlook takes a hub out of the present picture.
func (e *enforcement) overlook(host string) {
	delete(e.found, host)
	delete(e.now.picture.Identities, host)
	e.assess()
}

// reenrollPaths are the groups that would let the device in if its entry vanished.
func (e *enforcement) reenrollPaths(groups []deprovision.Group) []deprovision.ReenrollPath {
	d := e.device(groups)
	paths := deprovision.ReenrollPaths(d)
	if !e.memory.OtherCertificate || e.want.leaf != nil {
		return paths
	}
	// The device has shown a hub a certificate that nobody here has seen: any CA may stand above that.
	d.Chain, d.Individual, d.Attestation = nil, nil, deprovision.X509
	for _, other := range deprovision.ReenrollPaths(d) {
		known := func(p deprovision.ReenrollPath) bool { return p.EnrollmentGroupID == other.EnrollmentGroupID }
		if !slices.ContainsFunc(paths, known) {
			paths = append(paths, other)
		}
	}
	slices.SortFunc(paths, func(a, b deprovision.ReenrollPath) int {
		return strings.Compare(a.EnrollmentGroupID, b.EnrollmentGroupID)
	})
	return paths
}

// device says the device in deprovision's words. How it proves itself is told by the given certificate, its entry, or
// an entry that was deleted.
func (e *enforcement) device(groups []deprovision.Group) deprovision.Device {
	d := deprovision.Device{
		RegistrationID: e.want.registrationID, Individual: facts.Individual(e.entry), Groups: groups,
	}
	if known := e.memory.Attested; known != nil {
		d.Attestation = deprovision.Attestation(known.Attestation)
		if d.Individual == nil || len(d.Individual.Certificates) == 0 {
			status := deprovision.Absent
			if d.Individual != nil {
				status = d.Individual.Status
			}
			d.Individual = &deprovision.IndividualEnrollment{
				Status: status, Attestation: d.Attestation, Certificates: known.Certificates,
			}
		}
	}
	if d.Individual != nil {
		d.Chain = e.want.chain(d.Individual.Certificates)
	} else {
		d.Chain = e.want.chain(nil)
	}
	if len(d.Chain) > 0 {
		d.Attestation = deprovision.X509
	}
	return d
}

// assess works out the access from the present picture.
func (e *enforcement) assess() {
	e.now.access = deprovision.AccessOf(e.now.picture.Enrollment, e.now.picture.Statuses(), e.now.paths)
}

// did notes an effect that was carried out.
func (e *enforcement) did(effect deprovision.Effect) {
	e.done = append(e.done, effect)
	deprovision.SortEffects(e.done)
}

// shutSince is when this resource made an entry that nobody has touched since; empty otherwise.
func shutSince(entry *azdps.IndividualEnrollment) string {
	_, ours := markOf(entry)
	if !ours || !entry.Disabled() || entry.LastUpdatedDateTimeUTC != entry.CreatedDateTimeUTC {
		return ""
	}
	return entry.CreatedDateTimeUTC
}

// originOf tells who made the entry.
func originOf(entry *azdps.IndividualEnrollment) string {
	if _, marked := markOf(entry); entry == nil || marked {
		return originCreated
	}
	return originAdopted
}
