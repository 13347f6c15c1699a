// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"slices"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// question asks about the device of which a state and the memory tell.
func (w wanted) question(m memory, r reading) facts.Question {
	q := facts.Question{
		RegistrationID: w.registrationID, DeviceID: w.deviceID, Named: w.hubs, Known: m.known(r), Seen: m.Seen,
		Searched: m.Searched,
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

// evidenceOf says what was looked at in deprovision's words. Of groups that were not listed, paths and the memory tell
// what was last known.
func evidenceOf(
	f facts.Evidence, w wanted, m memory, watch deprovision.Watch, paths []deprovision.ReenrollPath,
) deprovision.Evidence {
	e := deprovision.Evidence{
		Enrollment: f.Enrollment(), Record: recordOf(f, w, m), Watch: watch, Paths: paths, Proof: m.Proof,
		Identities: make(map[deprovision.IdentityID]deprovision.Sighting, len(f.Identities)),
		Search:     deprovision.Search{Done: f.Searched != nil, Hubs: len(f.Read), Unread: len(f.Unread)},
	}
	for id, identity := range f.Identities {
		e.Identities[id] = deprovision.Sighting{
			Ties: identity.Ties, Status: identity.Status, Findable: identity.Findable,
			Ours: m.identity(id).Held.ours(identity),
		}
	}
	if f.Listed {
		device := deviceOf(f, w, m)
		e.Paths, e.Proof = deprovision.ReenrollPaths(device), deprovision.ProofOf(device)
		e.Shut = deprovision.Governing(device).Status == deprovision.Disabled
	}
	return e
}

// recordOf says the registration record in deprovision's words. That the device was somewhere that nothing names any
// more is not forgotten with the record that told it.
func recordOf(f facts.Evidence, w wanted, m memory) deprovision.Record {
	astray := m.Astray || m.Seen == nil && f.Mark != nil && f.Mark.Astray || vanished(f, m)
	if f.Record == nil {
		return deprovision.Record{Exists: astray}
	}
	return deprovision.Record{
		Exists: true, Hub: f.Record.AssignedHub, CameBack: !w.restore && cameBack(f, m),
		Harmless: !astray && (f.Record.Status == azdps.RegistrationUnassigned || sinceBlock(f)),
	}
}

// vanished tells whether somebody deleted a record that an earlier look saw, when DPS may have assigned the device
// since then: what the record said last is not known. Whoever deletes an entry deletes its record with it.
func vanished(f facts.Evidence, m memory) bool {
	if m.Seen == nil || m.Seen.Updated == "" || f.Record != nil {
		return false
	}
	if f.Entry == nil {
		return m.Seen.ETag == "" && !m.Proof.Lasting()
	}
	return m.Seen.ETag != f.Entry.ETag
}

// sinceBlock tells whether the record is of tries that were refused since the block: it began after an entry was made
// that has been disabled ever since, whoever made it.
func sinceBlock(f facts.Evidence) bool {
	return f.Entry != nil && facts.Untouched(f.Entry) && f.Entry.Disabled() && f.Record.AssignedHub == "" && begunSince(f)
}

// begunSince tells whether the record began after the entry was last written. One of the same moment may be older.
func begunSince(f facts.Evidence) bool {
	if f.Entry == nil {
		return false
	}
	written, failure := time.Parse(time.RFC3339Nano, f.Entry.LastUpdatedDateTimeUTC)
	began, err := time.Parse(time.RFC3339Nano, f.Record.CreatedDateTimeUTC)
	return failure == nil && err == nil && began.After(written)
}

// cameBack tells whether the device was assigned after its entry had been deleted here: its record says so, and is
// another one than that which was left behind.
func cameBack(f facts.Evidence, m memory) bool {
	if f.Entry != nil || f.Record == nil {
		return false
	}
	deletedHere := m.Seen != nil && m.Seen.ETag == ""
	assigned := f.Record.AssignedHub != "" && facts.SeenOf(nil, f.Record) != *seen(m)
	return m.CameBack || deletedHere && assigned
}

func seen(m memory) *facts.Seen {
	if m.Seen == nil {
		return &facts.Seen{}
	}
	return m.Seen
}

// watchOf tells whether what an earlier look knew of the whereabouts still holds. Without a memory, as a provider that
// was killed leaves it, the mark of an entry that nobody has written since it was made tells.
func watchOf(f facts.Evidence, m memory) deprovision.Watch {
	switch {
	case f.Entry == nil:
		return deprovision.Watch{Unbroken: stayedOut(f, m), Placed: m.Placed}
	case !f.Entry.Disabled():
		return deprovision.Watch{}
	case m.Seen != nil:
		return deprovision.Watch{Unbroken: m.Seen.ETag != "" && m.Seen.ETag == f.Entry.ETag, Placed: m.Placed}
	case f.Mark != nil && facts.Untouched(f.Entry):
		return deprovision.Watch{Unbroken: true, Placed: f.Mark.Placed}
	}
	return deprovision.Watch{}
}

// stayedOut tells whether DPS can have assigned a device nowhere since its entry was seen to be absent: no group can
// ever let it in, or its record is as it was. A group that was enabled for a while leaves no other trace.
func stayedOut(f facts.Evidence, m memory) bool {
	return m.Seen != nil && m.Seen.ETag == "" && !cameBack(f, m) &&
		(m.Proof.Lasting() || facts.SeenOf(nil, f.Record) == *m.Seen)
}

// evidenceIn is the evidence that a state and the memory keep, from which an update is planned: core plans again at
// apply and calls any other outcome a defect of the provider.
func evidenceIn(r reading, m memory, w wanted) deprovision.Evidence {
	placed := m.Placed || m.Seen == nil && r.access == deprovision.Blocked // Private state was lost.
	e := deprovision.Evidence{
		Enrollment: r.state.Enrollment,
		// Only the look that the memory is of knew whether the whereabouts were known.
		Record: deprovision.Record{Exists: !placed, CameBack: m.CameBack},
		Watch:  deprovision.Watch{Unbroken: true, Placed: placed}, Paths: r.paths, Proof: m.Proof,
		Identities: make(map[deprovision.IdentityID]deprovision.Sighting, len(r.state.Identities)),
	}
	for id, known := range m.known(r) {
		status, told := r.state.Identities[id]
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

// deviceOf says the device in deprovision's words. How it proves itself is told by the given certificate, its entry, or
// an entry that was deleted; and none of them is believed alone where a hub knows the device by another certificate.
func deviceOf(f facts.Evidence, w wanted, m memory) deprovision.Device {
	d := deprovision.Device{
		RegistrationID: w.registrationID, Individual: facts.Individual(f.Entry), Groups: f.Groups,
		OtherCertificates: m.OtherCertificate,
	}
	if known := m.Attested; known != nil {
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
		d.Chain = w.chain(d.Individual.Certificates)
	} else {
		d.Chain = w.chain(nil)
	}
	if len(d.Chain) > 0 || m.OtherCertificate {
		d.Attestation = deprovision.X509
	}
	return d
}

// after is the memory once the device was looked at.
func (m memory) after(f facts.Evidence, e deprovision.Evidence) memory {
	last := facts.SeenOf(f.Entry, f.Record)
	m.Seen, m.Placed, m.Astray = &last, e.Placed(), e.Astray()
	m.CameBack, m.Proof = e.Record.CameBack, e.Proof
	if f.Searched != nil {
		m.Searched = f.Searched
	}
	identities := map[string]identityMemory{}
	for id, identity := range f.Identities {
		remembered := m.identity(id)
		remembered.Suspected = !identity.Any()
		remembered.Stood = remembered.Stood || identity.Device != nil
		identities[id.String()] = remembered
	}
	m.Identities = identities
	m.Entry.Made = f.Mark != nil
	m.Entry.X509 = f.Entry != nil && f.Entry.Attestation.Type == azdps.AttestationX509
	return m
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
