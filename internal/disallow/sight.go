// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
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

// sight is the device as f shows it to somebody who remembers m; paths are the groups that an earlier look found.
func (w wanted) sight(f facts.Evidence, m memory, paths []deprovision.ReenrollPath) sight {
	s := sight{want: w, f: f, m: m.learn(f), paths: paths}
	s.watch = s.watched()
	return s
}

// question asks about the device of which a state and the memory tell.
func (w wanted) question(m memory, b deprovision.Block) facts.Question {
	q := facts.Question{
		RegistrationID: w.RegistrationID, DeviceID: w.deviceID, Named: w.hubs, Known: m.known(b), Seen: m.Seen,
		Searched: m.Searched, SearchedAs: m.SearchedAs, Settled: m.settled(b, w),
	}
	if q.Settled {
		q.StillOut = func(f facts.Evidence) bool { return w.sight(f, m, b.Paths).stillOut() }
	}
	if m.Attested != nil {
		for _, certificate := range m.Attested.Certificates {
			q.Thumbprints = append(q.Thumbprints, certificate.ThumbprintSHA256)
		}
	}
	if w.leaf != nil {
		q.CommonName = w.leaf.commonName
		q.Thumbprints = append(q.Thumbprints, w.leaf.link.ThumbprintSHA256)
		if w.leaf.thumbprintSHA1 != "" {
			q.Thumbprints = append(q.Thumbprints, w.leaf.thumbprintSHA1)
		}
	}
	return q
}

// firstQuestion asks about a device of which nothing is known yet.
func (w wanted) firstQuestion() facts.Question { return w.question(memory{}, deprovision.Block{}) }

// change says the settings of a block that exists, whose former ones were have. The memory tells what the entry is that
// was made, e what is known of the identities.
func (w wanted) change(have wanted, m memory, e deprovision.Evidence) deprovision.Intent {
	intent := w.Intent
	intent.DeleteRegistration = w.DeleteRegistration && (!have.DeleteRegistration || have.Restore)
	if w.Restore {
		return intent
	}
	intent.Unseen = w.namesUnseen(have, e)
	if !have.Restore {
		reason, renamed := w.reason != have.reason, w.deviceID != "" && w.deviceID != have.deviceID
		certificate := w.writable() != "" && !w.sameLeaf(have) && m.Entry.X509
		intent.RewriteIdentities = reason || m.halfWritten(w.reason, e)
		intent.RewriteEnrollment = m.Entry.Made && (reason || renamed || certificate)
	}
	return intent
}

// namesUnseen tells whether configuration now names a hub or a device ID at which nobody has looked yet, or gives a
// certificate that may prove what nobody could verify.
func (w wanted) namesUnseen(have wanted, e deprovision.Evidence) bool {
	if w.leaf != nil && !w.sameLeaf(have) && e.State().Has(deprovision.Unverified) {
		return true
	}
	standing, hosts := map[string]bool{}, slices.Clone(w.hubs)
	for id, sighting := range e.Identities {
		if sighting.Any() {
			standing[id.Host] = standing[id.Host] || sighting.Stands()
			hosts = append(hosts, id.Host)
		}
	}
	if w.deviceID != "" && w.deviceID != have.deviceID {
		for _, host := range hosts {
			if !e.Identities[deprovision.IdentityID{Host: host, DeviceID: w.deviceID}].Any() {
				return true
			}
		}
		return len(hosts) == 0
	}
	return slices.ContainsFunc(w.hubs, func(host string) bool {
		return !slices.Contains(have.hubs, host) && !standing[host]
	})
}

// standingWarnings name what keeps the block from being known, and how to settle it.
func (s subject) standingWarnings(seen sight) diag.Diagnostics {
	var diags diag.Diagnostics
	f, e := seen.f, seen.evidence()
	if e.Enrollment != deprovision.Enabled && !seen.want.Restore && !e.Placed() && !tiedUnread(f) {
		diags.Append(s.whereaboutsUnknown(e))
	}
	for id, identity := range f.InOrder() {
		switch {
		case identity.Device != nil && !identity.Any():
			diags.Append(s.unverified(id, f))
		case identity.Status == deprovision.Unreachable:
			diags.Append(s.hubUnread(id, identity))
		}
	}
	return diags
}

// unverified tells of an identity that may be the device. Naming its hub is enough where the device has no other one.
func (s subject) unverified(id deprovision.IdentityID, f facts.Evidence) diag.Diagnostic {
	settle := "name the hub in additional_iothub_hostnames"
	for other, identity := range f.Identities {
		if other.Host == id.Host && other != id && identity.Any() {
			settle = fmt.Sprintf("set device_id = %q", id.DeviceID)
		}
	}
	return iotdiag.Warning("Device identity is not verified", fmt.Sprintf(
		"%s has an identity %q, and nothing proves that it is the device %q: it may be another customer's machine. It is "+
			"left alone. If it is the device, %s.", id.Host, id.DeviceID, s.id, settle))
}

// tiedUnread tells whether an identity that is known to be the device's could not be read, which has a warning of its
// own.
func tiedUnread(f facts.Evidence) bool {
	for _, identity := range f.Identities {
		if identity.Status == deprovision.Unreachable && identity.Any() {
			return true
		}
	}
	return false
}

// whereaboutsUnknown says why a device is not said to be blocked, or will not be. Only a disabled entry shows that DPS
// refuses it.
func (s subject) whereaboutsUnknown(e deprovision.Evidence) diag.Diagnostic {
	what := fmt.Sprintf("DPS refuses the device %q, but %s. A hub in which it has an identity may still let it in, so "+
		"that access is no more than %q.", s.id, e.Unplaced(), deprovision.PartiallyBlocked)
	if e.Enrollment != deprovision.Disabled {
		what = fmt.Sprintf("Where the device %q can have an identity is not known: %s. A hub in which it has one may let it "+
			"in also when DPS refuses it, so that access is then no more than %q.", s.id, e.Unplaced(),
			deprovision.PartiallyBlocked)
	}
	return iotdiag.Warning("Whereabouts of the device are not known", what+" Name the hub in which it is in "+
		"additional_iothub_hostnames (and device_id, if it has another name there).")
}

// memoryKey is where private state keeps the memory. Of an entry whose memory cannot be read, nobody knows whether
// somebody has changed it: it counts as changed, and is not deleted.
func memoryKey() iotstate.Key[memory] {
	return iotstate.Key[memory]{Name: "device", Version: 1, Unreadable: memory{Entry: entryMemory{Changed: true}}}
}

// memory is what is remembered of the device besides its state.
type memory struct {
	// Unfinished says that the last create or update did not come to its end.
	Unfinished bool `json:"unfinished,omitempty"`
	// Seen is the entry as the last look found it; nil when nothing was looked at yet.
	Seen *facts.Seen `json:"seen,omitempty"`
	// Searched are the hubs that were tried when they were last searched, and SearchedAs the names that were tried.
	Searched   []string `json:"searched,omitempty"`
	SearchedAs []string `json:"searched_as,omitempty"`
	// Placed says that it was known then where the device can have an identity; Astray, that its record told of a hub that
	// nothing names any more.
	Placed bool `json:"placed,omitempty"`
	Astray bool `json:"astray,omitempty"`
	// Shut says that the entry was disabled then and no assignment in flight: while the entry keeps its ETag, none begins.
	Shut bool `json:"shut,omitempty"`
	// CameBack says that the device was assigned after its entry was deleted, and that nothing was done about it yet.
	CameBack bool `json:"came_back,omitempty"`
	// Proof is why no group could admit the device without an entry, when that was last looked at.
	Proof deprovision.Proof `json:"proof,omitempty"`
	// Entry is what is known of the entry.
	Entry entryMemory `json:"entry,omitzero"`
	// Identities are those that were looked at, as host/device.
	Identities map[string]identityMemory `json:"identities,omitempty"`
	// Attested is how the device's entry said that the device proves itself; it outlives the entry.
	Attested *attested `json:"attested,omitempty"`
	// OtherCertificate says that a hub knew the device by a certificate that nobody here has seen.
	OtherCertificate bool `json:"other_certificate,omitempty"`
}

// entryMemory is what is known of the device's individual enrollment.
type entryMemory struct {
	// Made says that this resource made it, X509 that it holds a certificate.
	Made bool `json:"made,omitempty"`
	X509 bool `json:"x509,omitempty"`
	// Digest stands for what such an entry says besides its status; Changed, that it was found to say something else
	// since.
	Digest  string `json:"digest,omitempty"`
	Changed bool   `json:"changed,omitempty"`
	// Disabled is when an adopted entry was made that was disabled here; empty when none was.
	Disabled string `json:"disabled,omitempty"`
}

// identityMemory is what is known of one identity.
type identityMemory struct {
	// Suspected says that nothing but a search connects it with the device.
	Suspected bool `json:"suspected,omitempty"`
	// Stood says that it was once seen to exist.
	Stood bool `json:"stood,omitempty"`
	// ETag is its own when it was last looked at; empty for one that did not exist.
	ETag azcore.ETag `json:"etag,omitempty"`
	// Held is set once it was disabled here.
	Held *held `json:"held,omitempty"`
}

// held is an identity that was disabled here: one that was made anew since, or that somebody else has disabled for a
// reason of their own, is not enabled again.
type held struct {
	Generation string `json:"generation"`
	// Before is the status reason that stood there before, Wrote the one that stands there since.
	Before *string `json:"before,omitempty"`
	Wrote  *string `json:"wrote,omitempty"`
}

// attested is the attestation of an entry, all of it public. Once the entry is deleted, nothing else tells which groups
// can never cover the device.
type attested struct {
	Attestation  string                    `json:"attestation"`
	Certificates []deprovision.Certificate `json:"certificates,omitempty"`
}

// known are the identities to be looked at again, as a state and the memory tell of them. In a state without memory, as
// a provider that was killed and a replacement leave one, only what is the device's has stood before the block.
func (m memory) known(b deprovision.Block) map[deprovision.IdentityID]facts.Known {
	known := map[deprovision.IdentityID]facts.Known{}
	for text, remembered := range m.Identities {
		known[deprovision.ParseIdentityID(text)] = facts.Known{Tied: !remembered.Suspected, ETag: remembered.ETag}
	}
	for id, status := range b.State.Identities {
		k, remembered := known[id]
		if _, stood := b.Previous.Identities[id]; !remembered {
			k.Tied = stood || status != deprovision.Unverified && status != deprovision.Unreachable
		}
		k.Unread = status == deprovision.Unreachable
		known[id] = k
	}
	return known
}

// settled tells whether a block that a state tells of was known to hold when it was last looked at, with nothing left
// to do and nothing to warn of, and the memory is of that look.
func (m memory) settled(b deprovision.Block, w wanted) bool {
	if !m.Placed || m.Unfinished || m.CameBack || w.Restore || b.Access != deprovision.Blocked ||
		!m.saw(b.State.Enrollment) || len(m.Identities) != len(b.State.Identities) {
		return false
	}
	for id, status := range b.State.Identities {
		remembered, known := m.Identities[id.String()]
		if !known || (status == deprovision.Disabled) != (remembered.ETag != "") {
			return false
		}
	}
	return true
}

// saw tells whether the last look saw an entry of that status that lets nobody in: a disabled one with no assignment in
// flight, or none.
func (m memory) saw(status deprovision.Status) bool {
	switch {
	case m.Seen == nil:
		return false
	case status == deprovision.Disabled:
		return m.Shut && m.Seen.ETag != ""
	}
	return status == deprovision.Absent && m.Seen.ETag == "" && m.Entry == (entryMemory{})
}

func (m memory) identity(id deprovision.IdentityID) identityMemory { return m.Identities[id.String()] }

// halfWritten tells whether an identity shows another reason than the wanted one, because a change of it came to no end
// and was taken back.
func (m memory) halfWritten(reason string, e deprovision.Evidence) bool {
	for id, sighting := range e.Identities {
		held := m.identity(id).Held
		if reason != "" && held != nil && sighting.Status == deprovision.Disabled && !sameText(held.Wrote, &reason) {
			return true
		}
	}
	return false
}

// with is the memory with what is known of one identity; it shares nothing with m that is changed.
func (m memory) with(id deprovision.IdentityID, remembered identityMemory) memory {
	identities := map[string]identityMemory{id.String(): remembered}
	for text, other := range m.Identities {
		if text != id.String() {
			identities[text] = other
		}
	}
	m.Identities = identities
	return m
}

// holding is the memory once an identity was disabled here, or, without kept, not any more.
func (m memory) holding(id deprovision.IdentityID, kept *held) memory {
	remembered := m.identity(id)
	remembered.Held = kept
	return m.with(id, remembered)
}

// ours tells whether an identity is disabled because it was disabled here: it is the same one, and shows the reason
// that was written.
func (h *held) ours(identity facts.Identity) bool {
	if h == nil || identity.Device == nil {
		return h != nil && identity.Status == deprovision.Unreachable
	}
	return identity.Device.GenerationID == h.Generation && sameText(identity.Device.StatusReason, h.Wrote)
}

func sameText(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// evidence is what a state and the memory keep, from which an update is planned: core plans again at
// apply and calls any other outcome a defect of the provider.
func (m memory) evidence(b deprovision.Block, w wanted) deprovision.Evidence {
	placed := m.Placed || m.Seen == nil && b.Access == deprovision.Blocked // Private state was lost.
	e := deprovision.Evidence{
		Enrollment: b.State.Enrollment,
		// Only the look that the memory is of knew whether the whereabouts were known.
		Record: deprovision.Record{Exists: !placed, CameBack: m.CameBack},
		Watch:  deprovision.Watch{Unbroken: true, Placed: placed}, Paths: b.Paths, Proof: m.Proof,
		Identities: make(map[deprovision.IdentityID]deprovision.Sighting, len(b.State.Identities)),
	}
	for id, known := range m.known(b) {
		status, told := b.State.Identities[id]
		if !told {
			continue // It was found during an apply that did not plan it; the next refresh tells.
		}
		if status == deprovision.Unverified {
			status = deprovision.Enabled
		}
		e.Identities[id] = deprovision.Sighting{
			Ties:   deprovision.Ties{Remembered: known.Tied, HubNamed: known.Tied && slices.Contains(w.hubs, id.Host)},
			Status: status, Findable: true, Ours: m.identity(id).Held != nil,
		}
	}
	return e
}

// after is the memory once the device was looked at.
func (m memory) after(f facts.Evidence, e deprovision.Evidence) memory {
	last := facts.SeenOf(f.Entry, f.Record)
	m.Seen, m.Placed, m.Astray = &last, e.Placed(), e.Astray()
	m.CameBack, m.Proof = e.Record.CameBack, e.Proof
	m.Shut = e.Enrollment == deprovision.Disabled && !f.Assigning()
	if f.Searched != nil {
		m.Searched, m.SearchedAs = f.Searched, f.SearchedAs
	}
	identities := map[string]identityMemory{}
	for id, identity := range f.Identities {
		remembered := m.identity(id)
		remembered.Suspected = !identity.Any()
		remembered.Stood = remembered.Stood || identity.Device != nil
		if remembered.ETag = ""; identity.Device != nil {
			remembered.ETag = identity.Device.ETag
		}
		identities[id.String()] = remembered
	}
	m.Identities = identities
	m.Entry.Made = f.Mark != nil
	m.Entry.X509 = f.Entry != nil && f.Entry.Attestation.Type == azdps.AttestationX509
	return m
}

// outdatedBy tells whether a refresh has looked at more than m knows: somebody has written the entry, or, of a block
// that is settled now, an identity, or a hub or a name was looked at for the first time. All of it was looked at and
// proven again, so that the next refresh can go by that. A device that is let in has its identity written by DPS.
func (m memory) outdatedBy(now memory, settled bool) bool {
	if m.Seen == nil || m.Seen.ETag != now.Seen.ETag {
		return true
	}
	if !settled {
		return false
	}
	for text, is := range now.Identities {
		if is.ETag != m.Identities[text].ETag {
			return true
		}
	}
	return now.Shut && !m.Shut || more(now.Searched, m.Searched) || more(now.SearchedAs, m.SearchedAs)
}

// more tells whether a list has names that another one lacks.
func more(names, known []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(known, name) })
}

// unlessNews is the memory that a refresh keeps which does not outdate it. Terraform reports a difference of private
// state alone as drift that nobody can see, so that what devices change by themselves, and what a refresh of a block
// that holds does not look at, is kept as it was.
func (m memory) unlessNews(now memory) memory {
	last := now
	last.Seen, last.Shut, last.Searched, last.SearchedAs = m.Seen, m.Shut, m.Searched, m.SearchedAs
	for text, is := range now.Identities {
		if remembered, known := m.Identities[text]; known {
			is.ETag = remembered.ETag
			last = last.with(deprovision.ParseIdentityID(text), is)
		}
	}
	if now.Seen.ETag != "" {
		last.Proof = m.Proof // A deletion asks for the groups anew.
	}
	if last.kept() == m.kept() {
		return m
	}
	return now
}

// kept is the memory as private state keeps it, which has no empty lists.
func (m memory) kept() string {
	text, err := json.Marshal(m)
	if err != nil {
		return err.Error() // It has nothing that cannot be encoded.
	}
	return string(text)
}

// learn keeps how somebody else's entry says that its device proves itself, as far as the hubs bear it out. An entry
// that is made to block a device may be of any attestation: a symmetric key is believed only where a hub knows the
// device by a key, and nothing is where a hub knows it by a certificate that is not known to be its own.
func (m memory) learn(f facts.Evidence) memory {
	key, own, other := f.Shows()
	m.OtherCertificate = other || m.OtherCertificate && !own
	said := facts.Individual(f.Entry)
	if said == nil || f.Mark != nil || m.OtherCertificate {
		return m
	}
	if said.Attestation != deprovision.SymmetricKey || key {
		m.Attested = &attested{Attestation: string(said.Attestation), Certificates: said.Certificates}
	}
	return m
}
