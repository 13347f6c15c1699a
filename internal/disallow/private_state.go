// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"encoding/json"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

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
