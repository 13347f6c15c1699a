// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
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
func (s sight) question() facts.Question { return s.want.question(s.m, reading{}) }

// remembered is the memory once the device was looked at.
func (s sight) remembered() memory { return s.m.after(s.f, s.evidence()) }

// evidence is what is known now, in deprovision's words. Of groups that were not listed, paths and the memory tell what
// was last known.
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
		e.Paths, e.Proof = deprovision.ReenrollPaths(device), deprovision.ProofOf(device)
		e.Shut = deprovision.Governing(device).Status == deprovision.Disabled
	}
	return e
}

// record says the registration record in deprovision's words. That the device was somewhere that nothing names any
// more is not forgotten with the record that told it.
func (s sight) record() deprovision.Record {
	m, f := s.m, s.f
	astray := m.Astray || m.Seen == nil && f.Mark != nil && f.Mark.Astray || s.vanished()
	if f.Record == nil {
		return deprovision.Record{Exists: astray}
	}
	return deprovision.Record{
		Exists: true, Hub: f.Record.AssignedHub, CameBack: !s.want.restore && s.cameBack(),
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
		return s.m.Seen.ETag == "" && !s.m.Proof.Lasting()
	}
	return s.m.Seen.ETag != s.f.Entry.ETag
}

// cameBack tells whether the device was assigned after its entry had been deleted here: its record says so, and is
// another one than that which was left behind.
func (s sight) cameBack() bool {
	if s.f.Entry != nil || s.f.Record == nil {
		return false
	}
	deletedHere := s.m.Seen != nil && s.m.Seen.ETag == ""
	assigned := s.f.Record.AssignedHub != "" && facts.SeenOf(nil, s.f.Record) != s.looked()
	return s.m.CameBack || deletedHere && assigned
}

// looked is what the last look saw.
func (s sight) looked() facts.Seen {
	if s.m.Seen == nil {
		return facts.Seen{}
	}
	return *s.m.Seen
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
		return deprovision.Watch{Unbroken: s.m.Seen.ETag != "" && s.m.Seen.ETag == s.f.Entry.ETag, Placed: s.m.Placed}
	case s.f.Mark != nil && facts.Untouched(s.f.Entry):
		return deprovision.Watch{Unbroken: true, Placed: s.f.Mark.Placed}
	}
	return deprovision.Watch{}
}

// stayedOut tells whether DPS can have assigned a device nowhere since its entry was seen to be absent: no group can
// ever let it in, or its record is as it was. A group that was enabled for a while leaves no other trace.
func (s sight) stayedOut() bool {
	return s.m.Seen != nil && s.m.Seen.ETag == "" && !s.cameBack() &&
		(s.m.Proof.Lasting() || facts.SeenOf(nil, s.f.Record) == *s.m.Seen)
}

// device says the device in deprovision's words. How it proves itself is told by the given certificate, its entry, or
// an entry that was deleted; and none of them is believed alone where a hub knows the device by another certificate.
func (s sight) device() deprovision.Device {
	d := deprovision.Device{
		RegistrationID: s.want.registrationID, Individual: facts.Individual(s.f.Entry), Groups: s.f.Groups,
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
