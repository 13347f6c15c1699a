// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// sight is the device as it was last looked at, with what is known besides.
type sight struct {
	want wanted
	// f is what was seen, m what is remembered.
	f facts.Evidence
	m memory
	// watch is what an earlier look knew that still holds, paths are the groups that it found.
	watch deprovision.Watch
	paths []deprovision.ReenrollPath
}

// question asks about the device again.
func (s sight) question() facts.Question { return s.want.question(s.m, deprovision.Block{}) }

// remembered is the memory once the device was looked at.
func (s sight) remembered() memory { return s.m.after(s.f, s.evidence()) }

// evidence is what is known now, as deprovision decides about it. Of groups that were not listed, paths and the memory
// tell what was last known.
func (s sight) evidence() deprovision.Evidence {
	e := deprovision.Evidence{
		Enrollment: s.f.Enrollment(), Record: s.record(), Watch: s.watch, Paths: s.paths, Proof: s.m.Proof,
		Identities: make(map[deprovision.IdentityID]deprovision.Sighting, len(s.f.Identities)), Search: s.f.Search(),
	}
	for id, identity := range s.f.Identities {
		e.Identities[id] = identity.Sighting(s.m.identity(id).Held.ours(identity))
	}
	if s.f.Listed {
		device := s.device()
		e.Paths, e.Proof = deprovision.SumUp(deprovision.ReenrollPaths(device)), deprovision.ProofOf(device)
		e.Shut = deprovision.Governing(device).Status == deprovision.Disabled
	}
	return e
}

// record is what the registration record tells deprovision. That the device was somewhere that nothing names any
// more is not forgotten with the record that told it.
func (s sight) record() deprovision.Record {
	m, f := s.m, s.f
	astray := m.Astray || m.Seen == nil && f.Mark != nil && f.Mark.Astray || s.vanished()
	if f.Record == nil {
		return deprovision.Record{Exists: astray}
	}
	return deprovision.Record{
		Exists: true, Hub: f.Record.AssignedHub, CameBack: !s.want.Restore && s.cameBack(),
		Harmless: !astray && f.Refused(),
	}
}

// vanished tells whether somebody deleted a record that an earlier look saw, when DPS may have assigned the device
// since then: what the record said last is not known. Whoever deletes an entry deletes its record with it.
func (s sight) vanished() bool {
	if s.m.Seen == nil || s.m.Seen.Updated == "" || s.f.Record != nil {
		return false
	}
	if s.f.Entry == nil {
		return s.m.Seen.NoEntry() && !s.m.Proof.Lasting()
	}
	return !s.m.Seen.SameEntry(s.f.Entry)
}

// cameBack tells whether the device was assigned after its entry had been deleted here: its record says so, and is
// another one than that which was left behind.
func (s sight) cameBack() bool {
	if s.f.Entry != nil || s.f.Record == nil {
		return false
	}
	assigned := s.f.Record.AssignedHub != "" && !s.m.Seen.SameRecord(s.f.Record)
	return s.m.CameBack || s.m.Seen.NoEntry() && assigned
}

// watched tells whether what an earlier look knew of the whereabouts still holds. Without a memory, as a provider that
// was killed leaves it, the mark of an entry that nobody has written since it was made tells.
func (s sight) watched() deprovision.Watch {
	switch {
	case s.f.Entry == nil:
		return deprovision.Watch{Unbroken: s.stayedOut(), Placed: s.m.Placed}
	case !s.f.Entry.Disabled():
		return deprovision.Watch{}
	case s.m.Seen != nil:
		return deprovision.Watch{Unbroken: s.m.Seen.SameEntry(s.f.Entry), Placed: s.m.Placed}
	case s.f.Mark != nil && facts.Untouched(s.f.Entry):
		return deprovision.Watch{Unbroken: true, Placed: s.f.Mark.Placed}
	}
	return deprovision.Watch{}
}

// stayedOut tells whether DPS can have assigned a device nowhere since its entry was seen to be absent: no group can
// ever let it in, or its record is as it was. A group that was enabled for a while leaves no other trace.
func (s sight) stayedOut() bool {
	return s.m.Seen.NoEntry() && !s.cameBack() && (s.m.Proof.Lasting() || s.m.Seen.SameRecord(s.f.Record))
}

// stillOut tells whether a device without an entry is out for the same reason as when it was last looked at, which the
// groups decide, and whether nothing has come back.
func (s sight) stillOut() bool {
	e := s.evidence()
	return len(e.Paths) == 0 && e.Proof == s.m.Proof && !e.Record.CameBack
}

// device is what deprovision knows of the device. How it proves itself is told by the given certificate, its entry, or
// an entry that was deleted; and none of them is believed alone where a hub knows the device by another certificate.
func (s sight) device() deprovision.Device {
	d := deprovision.Device{
		RegistrationID: s.want.RegistrationID, Individual: facts.Individual(s.f.Entry), Groups: s.f.Groups,
		OtherCertificates: s.m.OtherCertificate,
	}
	if known := s.m.Attested; known != nil {
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
		d.Chain = s.want.chain(d.Individual.Certificates)
	} else {
		d.Chain = s.want.chain(nil)
	}
	if len(d.Chain) > 0 || s.m.OtherCertificate {
		d.Attestation = deprovision.X509
	}
	return d
}

// What restoring means is worked out here, and in deprovision.Decide, which adds how an object stood when it is first
// touched.

// before is what is known of the time before a block: where each object stood, and what was done to it.
type before struct {
	state  deprovision.State
	memory memory
}

// recollect works out what is known of the time before a new block of a device that an earlier one has touched: from
// the mark of the entry, and from what a replaced object left. Of an identity that was made anew since, nothing is
// known.
func recollect(f facts.Evidence, m memory, left handover) before {
	b := before{state: deprovision.State{}.Clone(), memory: m}
	if f.Mark != nil {
		b.state.Enrollment = deprovision.Absent
		b.memory.Entry = b.memory.Entry.recognise(f.Entry)
		for _, marked := range f.Mark.Identities {
			id, found := marked.ID(), f.Identities[marked.ID()]
			if found.MadeAnew(marked.GenerationID) {
				continue
			}
			b.state.Identities[id] = deprovision.Status(marked.Status)
			b.memory = b.memory.holdMarked(id, found, marked, f.Mark.Reason)
		}
	}
	if left.restored || left.Created != (f.Mark != nil) || left.Previous.Enrollment == "" {
		return b
	}
	b.state.Enrollment = left.Previous.Enrollment
	for id, status := range left.Previous.Identities {
		kept := left.memory.identity(id).Held
		if kept != nil && f.Identities[id].MadeAnew(kept.Generation) {
			continue
		}
		b.state.Identities[id] = status
		if kept != nil {
			b.memory = b.memory.holding(id, kept)
		}
	}
	return b
}

// holdMarked takes a disabled identity for one that was disabled here when the mark says that it was enabled before,
// and it is the same one, shown with the mark's reason.
func (m memory) holdMarked(
	id deprovision.IdentityID, found facts.Identity, marked facts.MarkedIdentity, reasons ...string,
) memory {
	if m.identity(id).Held != nil || found.Status != deprovision.Disabled || marked.GenerationID == "" ||
		deprovision.Status(marked.Status) != deprovision.Enabled {
		return m
	}
	shown := found.Device.StatusReason
	if !slices.ContainsFunc(reasons, func(wrote string) bool {
		return shown == nil && wrote == "" || shown != nil && *shown == wrote
	}) {
		return m
	}
	return m.holding(id, &held{Generation: marked.GenerationID, Wrote: shown})
}

// drift is what a refresh finds out about the time before the block, besides where the device stands: an entry or an
// identity that somebody else has put in the place of the one that was touched, or has disabled since, now stands as it
// is found.
func (s *sight) drift(prior deprovision.Block) deprovision.Block {
	now, restored := prior, s.want.Restore
	now.Previous = prior.Previous.Clone()
	now.Created = s.f.Mark != nil || s.f.Entry == nil && prior.Created
	now.Previous.Enrollment = entryBefore(s.f, s.m, prior, restored)
	s.m.Entry = s.m.Entry.compare(s.f.Entry, prior, restored)
	for id, identity := range s.f.Identities {
		if s.driftOf(id, identity, prior) {
			now.Previous.Identities[id] = identity.Status
		}
	}
	now = now.At(s.evidence())
	if now.State.Enrollment == deprovision.Disabled { // It holds whatever groups come.
		now.Paths = prior.Paths
	}
	return now
}

// driftOf takes note of what became of one identity; anew says that it is not the one any more that was disabled here,
// or not for that reason.
func (s *sight) driftOf(id deprovision.IdentityID, identity facts.Identity, prior deprovision.Block) (anew bool) {
	kept := s.m.identity(id).Held
	if s.f.Mark != nil && kept == nil {
		s.m = s.m.holdFrom(*s.f.Mark, id, identity, prior, s.want.reason)
		return false
	}
	letIn := prior.State.Identities[id] == deprovision.Enabled && identity.Status == deprovision.Disabled
	if kept == nil || !letIn && kept.ours(identity) || identity.Device == nil {
		return false
	}
	if identity.Status == deprovision.Enabled && !identity.MadeAnew(kept.Generation) {
		return false // Let in again, as the time before the block had it.
	}
	s.m = s.m.holding(id, nil)
	return true
}

// holdFrom recognises an identity that was disabled here when private state was lost: it shows the reason of the mark,
// or that of the state, where a provider was killed amid a change of it.
func (m memory) holdFrom(
	mark facts.Mark, id deprovision.IdentityID, found facts.Identity, prior deprovision.Block, reason string,
) memory {
	if m.Seen != nil || prior.State.Identities[id] == deprovision.Enabled {
		return m
	}
	for _, marked := range mark.Identities {
		if marked.ID() == id {
			return m.holdMarked(id, found, marked, mark.Reason, reason)
		}
	}
	return m
}

// entryBefore is how the entry stood before the block.
func entryBefore(f facts.Evidence, m memory, prior deprovision.Block, restored bool) deprovision.Status {
	before, made := prior.Previous.Enrollment, f.Mark != nil
	switch {
	case f.Entry == nil || restored:
		return before
	case made != prior.Created && made:
		return deprovision.Absent
	case made:
		return before
	case prior.Created, m.Entry.another(f.Entry):
		return f.Enrollment()
	case prior.State.Enrollment == deprovision.Enabled && f.Entry.Disabled():
		return deprovision.Disabled // Somebody let the device in, and shut it out again: it is not ours to let it in.
	}
	return before
}

// another tells whether an adopted entry is another one than that which was disabled here.
func (e entryMemory) another(entry *azdps.IndividualEnrollment) bool {
	return e.Disabled != "" && entry != nil && e.Disabled != entry.CreatedDateTimeUTC
}

// compare tells whose the entry is now: somebody may have changed the one that this resource made, or have put another
// in its place.
func (e entryMemory) compare(entry *azdps.IndividualEnrollment, prior deprovision.Block, restored bool) entryMemory {
	if entry == nil {
		e.Digest, e.Changed, e.Disabled = "", false, ""
		return e
	}
	if facts.MarkOf(entry) == nil {
		e.Digest, e.Changed = "", false
		if e.another(entry) || prior.Created || !restored && prior.State.Enrollment == deprovision.Enabled {
			e.Disabled = ""
		}
		return e
	}
	if e.Digest == "" {
		return e.recognise(entry)
	}
	e.Changed = e.Digest != facts.Digest(entry)
	return e
}

// recognise takes over an entry that this resource made, of which the memory knows nothing: what it said then is not
// known, but what this resource never writes is somebody else's.
func (e entryMemory) recognise(entry *azdps.IndividualEnrollment) entryMemory {
	if e.Digest != "" {
		return e
	}
	if facts.Pristine(entry) {
		return e.own(entry)
	}
	e.Changed = true
	return e
}

// own remembers what the entry says that this resource has just written.
func (e entryMemory) own(entry *azdps.IndividualEnrollment) entryMemory {
	if facts.MarkOf(entry) != nil {
		e.Digest, e.Changed = facts.Digest(entry), false
	}
	return e
}

// disabledHere remembers that an adopted entry was disabled, or that it is enabled again.
func (e entryMemory) disabledHere(entry azdps.IndividualEnrollment, now deprovision.Status) entryMemory {
	e.Disabled = ""
	if now == deprovision.Disabled && facts.MarkOf(&entry) == nil {
		e.Disabled = entry.CreatedDateTimeUTC
	}
	return e
}

// prior is a block as it was left, as deprovision decides about it.
func (m memory) prior(b deprovision.Block, restored bool) deprovision.Prior {
	return deprovision.Prior{
		Exists: true, Restored: restored, Previous: b.Previous, Irreversible: b.Irreversible, Created: b.Created,
		Removable: b.Created && !m.Entry.Changed, Reenable: m.Entry.Disabled != "",
	}
}
