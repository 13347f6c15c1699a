// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// suspect is one device of a world: what it truly holds, its entry, and what the decisions are told of it.
type suspect struct {
	kind string // "issued", "self-signed", "key" or "tpm"
	id   string
	// held are its certificates; issuers are the authorities that issued them, -1 its own key.
	held    []devicesim.Certificate
	issuers []int
	key     devicesim.Credential
	tpm     *devicesim.SoftwareTPM

	// entry is nil if there is none. Unless accepts, it is not the device's own, or it may not fit.
	entry   *azdps.IndividualEnrollment
	accepts []devicesim.Credential

	told deprovision.Device
	// shown is what the chain that is told looks like when the device presents it.
	shown devicesim.Credential
}

// chance is true that often. A number from a range would be a small one more often than not.
func chance(t *rapid.T, percent int, what string) bool {
	outcomes := make([]bool, 100)
	for i := range percent {
		outcomes[99-i] = true
	}
	return rapid.SampledFrom(outcomes).Draw(t, what)
}

func drawStatus(t *rapid.T) *string {
	enabled, off := azdps.StatusEnabled, azdps.StatusDisabled
	return rapid.SampledFrom([]*string{&enabled, &off, &off, nil}).Draw(t, "status")
}

// drawSpelling changes the letter case of an ID, in which the service sees no difference.
func (w *judgeWorld) drawSpelling(t *rapid.T, id string) string {
	spelled := rapid.SampledFrom([]string{id, id, strings.ToUpper(id), strings.ToUpper(id[:1]) + id[1:]}).
		Draw(t, "spelling")
	w.count(spelled != id, "letter case differs")
	return spelled
}

// drawGroup makes a group at some authority, by a reference, of a device's own certificate, or with symmetric keys.
func (w *judgeWorld) drawGroup(t *rapid.T, id string) azdps.EnrollmentGroup {
	g := azdps.EnrollmentGroup{EnrollmentGroupID: id, Enrollment: azdps.Enrollment{ProvisioningStatus: drawStatus(t)}}
	slot := func() *azdps.Certificate {
		node := rapid.IntRange(0, len(w.nodes)-1).Draw(t, "authority of the group")
		w.grouped = append(w.grouped, node)
		shown := rapid.SampledFrom(w.nodes[node].certificates).Draw(t, "certified by")
		return &azdps.Certificate{Certificate: shown.PEM()}
	}
	x := &azdps.X509{}
	g.Attestation = azdps.Attestation{Type: azdps.AttestationX509, X509: x}
	kinds := []string{"keys", "reference", "a device's", "shown", "shown", "shown", "shown"}
	switch rapid.SampledFrom(kinds).Draw(t, "kind of group") {
	case "keys":
		w.count(true, "group of symmetric keys")
		g.Attestation = symmetricKeys()
	case "reference":
		w.count(true, "group by reference")
		names := slices.Sorted(maps.Keys(uploadedCertificates))
		x.CAReferences = &azdps.CAReferences{Primary: rapid.SampledFrom(names).Draw(t, "reference")}
	case "a device's":
		w.count(true, "group of a device's own certificate")
		id := rapid.SampledFrom(judged).Draw(t, "whose")
		own := w.alone[id]
		w.groupedIDs = append(w.groupedIDs, id)
		c := rapid.SampledFrom([]devicesim.Certificate{own.first, own.renewed}).Draw(t, "which")
		x.SigningCertificates = &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: c.PEM()}}
	default:
		x.SigningCertificates = &azdps.CertificateSlots{Primary: slot()}
		if chance(t, 20, "has a second certificate") {
			w.count(true, "group of two certificates")
			x.SigningCertificates.Secondary = slot()
		}
	}
	w.count(g.ProvisioningStatus == nil, "group without a status")
	return g
}

// drawSuspect makes a device and gives it its credentials.
func (w *judgeWorld) drawSuspect(t *rapid.T) *suspect {
	s := &suspect{id: rapid.SampledFrom(judged).Draw(t, "device")}
	s.kind = rapid.SampledFrom([]string{
		"issued", "issued", "issued", "self-signed", "self-signed", "key", "tpm",
	}).Draw(t, "kind of device")
	w.count(true, "device: "+s.kind)
	switch s.kind {
	case "issued":
		w.give(t, s)
	case "self-signed":
		if len(w.groupedIDs) > 0 {
			s.id = rapid.SampledFrom(w.groupedIDs).Draw(t, "device whose certificate is a group's")
		}
		s.held, s.issuers = []devicesim.Certificate{w.alone[s.id].first}, []int{-1}
	case "key":
		s.key = devicesim.SymmetricKey("bm9ib2R5J3Mga2V5")
		if len(w.groupKeys) > 0 {
			group := rapid.SampledFrom(w.groupKeys).Draw(t, "group of its key")
			s.key = devicesim.DerivedKey(group, s.id)
		}
	default:
		s.tpm = rapid.SampledFrom(w.tpms).Draw(t, "TPM")
	}
	if len(s.held) > 0 && chance(t, 20, "holds a second certificate") {
		w.count(true, "device of two certificates")
		if chance(t, 50, "the second is self-signed") && s.kind == "self-signed" {
			s.held, s.issuers = append(s.held, w.alone[s.id].renewed), append(s.issuers, -1)
		} else {
			w.give(t, s)
		}
	}
	return s
}

// give gives a device a certificate that an authority issued.
func (w *judgeWorld) give(t *rapid.T, s *suspect) {
	issuer := rapid.IntRange(0, len(w.nodes)-1).Draw(t, "issuer")
	if len(w.grouped) > 0 && chance(t, 50, "a group's authority issued it") {
		issuer = rapid.SampledFrom(w.grouped).Draw(t, "which")
	}
	leaf, err := w.leaf(issuer, s.id)
	if err != nil {
		t.Fatal(err)
	}
	s.held, s.issuers = append(s.held, leaf), append(s.issuers, issuer)
	w.count(w.namedLike(issuer, s.id), "CA of the device's name above it")
	w.count(len(w.ways(issuer)) > 1, "cross-signed CA above the device")
	w.count(len(w.ways(issuer)[0]) >= 4, "chain of five or more")
}

// drawEntry makes the device's individual enrollment: none, its own, or one that was only made to block it.
func (w *judgeWorld) drawEntry(t *rapid.T, s *suspect) {
	kind := rapid.SampledFrom([]string{"none", "none", "none", "own", "own", "own", "blocking"}).Draw(t, "entry")
	if kind == "none" {
		w.count(true, "no entry")
		return
	}
	e := &azdps.IndividualEnrollment{
		RegistrationID: w.drawSpelling(t, s.id), Enrollment: azdps.Enrollment{ProvisioningStatus: drawStatus(t)},
	}
	s.entry, e.Attestation = e, symmetricKeys()
	switch {
	case kind == "blocking":
		w.count(true, "entry that blocks")
	case s.tpm != nil:
		s.accepts = []devicesim.Credential{devicesim.TPM(s.tpm)}
		e.Attestation = azdps.Attestation{Type: azdps.AttestationTPM, TPM: &azdps.TPM{EndorsementKey: s.tpm.EndorsementKey()}}
	case s.kind == "key":
		// The device got a key of its own with its entry; one of a group, if it had any, is nothing it would use.
		const own = "YSBrZXkgb2YgaXRzIG93biwgMzIgYnl0ZXMgbG9uZyE="
		s.key = devicesim.SymmetricKey(own)
		s.accepts = []devicesim.Credential{s.key}
		e.Attestation.SymmetricKey = &azdps.SymmetricKey{PrimaryKey: own, SecondaryKey: own}
	case chance(t, 15, "accepts by reference"):
		w.count(true, "entry by reference")
		names := slices.Sorted(maps.Keys(uploadedCertificates))
		e.Attestation = azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
			CAReferences: &azdps.CAReferences{Primary: rapid.SampledFrom(names).Draw(t, "reference")},
		}}
	default:
		known := s.held[:rapid.IntRange(1, len(s.held)).Draw(t, "certificates of the entry")]
		e.Attestation = leaves(known[0], known[1:]...)
		for _, c := range known {
			s.accepts = append(s.accepts, devicesim.X509(c))
		}
	}
	w.count(kind == "own", "entry of its own")
}

// tell makes the facts that the decisions get: what the services say of groups and entry, and as much of the device as
// somebody may know of it. They may be few, but they are true.
func (w *judgeWorld) tell(t *rapid.T, s *suspect, entry *azdps.IndividualEnrollment) {
	s.told = deprovision.Device{
		RegistrationID: w.drawSpelling(t, s.id), Individual: facts.Individual(entry), Groups: facts.Groups(w.listed),
	}
	if !chance(t, 25, "its attestation is not known") {
		s.told.Attestation = map[string]deprovision.Attestation{
			"issued": deprovision.X509, "self-signed": deprovision.X509, "key": deprovision.SymmetricKey,
			"tpm": deprovision.TPM,
		}[s.kind]
	} else {
		w.count(true, "unknown attestation")
	}
	if len(s.held) > 0 && !chance(t, 25, "its certificate is not given") {
		w.tellChain(t, s)
	}
	s.told.OtherCertificates = s.holdsUnknown() || chance(t, 5, "it may hold another")
	w.count(s.told.OtherCertificates, "other certificates")
}

// tellChain shows one of the device's certificates and a part of one way upwards.
func (w *judgeWorld) tellChain(t *rapid.T, s *suspect) {
	which := rapid.IntRange(0, len(s.held)-1).Draw(t, "which is given")
	leaf, err := shownLink(s.held[which].PEM())
	if err != nil {
		t.Fatal(err)
	}
	s.told.Chain = deprovision.Chain{leaf}
	var way []*devicesim.Authority
	if issuer := s.issuers[which]; issuer >= 0 {
		way = rapid.SampledFrom(w.ways(issuer)).Draw(t, "chain that is given")
		if chance(t, 50, "not all of it") {
			way = way[:rapid.IntRange(0, len(way)-1).Draw(t, "length")]
		} else {
			w.count(true, "whole chain given")
		}
	}
	for _, above := range way {
		link, err := shownLink(above.PEM())
		if err != nil {
			t.Fatal(err)
		}
		s.told.Chain = append(s.told.Chain, link)
	}
	w.count(len(way) == 0, "leaf given alone")
	s.shown = devicesim.X509(s.held[which].Presenting(way...))
}

// holdsUnknown tells whether some certificate of the device is known, and another is not.
func (s *suspect) holdsUnknown() bool {
	known := slices.Clone(s.told.Chain[:min(1, len(s.told.Chain))])
	if s.told.Individual != nil {
		known = append(known, s.told.Individual.Certificates...)
	}
	return len(known) > 0 && slices.ContainsFunc(s.held, func(c devicesim.Certificate) bool {
		return !slices.ContainsFunc(known, func(k deprovision.Certificate) bool {
			return k.ThumbprintSHA256 == c.ThumbprintSHA256()
		})
	})
}

// presentation is a credential as the device presents it.
type presentation struct {
	name       string
	credential devicesim.Credential
}

// presentations are all that the device can show: each certificate with every chain upwards, alone, and with everything
// that anybody ever signed.
func (w *judgeWorld) presentations(t *rapid.T, s *suspect) []presentation {
	switch s.kind {
	case "key":
		return []presentation{{"its key", s.key}}
	case "tpm":
		return []presentation{{"its TPM", devicesim.TPM(s.tpm)}}
	}
	var all []presentation
	for i, c := range s.held {
		all = append(all, presentation{fmt.Sprintf("certificate %d alone", i), devicesim.X509(c.WithoutIntermediates())})
		if s.issuers[i] < 0 {
			continue
		}
		for n, way := range w.ways(s.issuers[i]) {
			all = append(all, presentation{fmt.Sprintf("certificate %d, way %d", i, n), devicesim.X509(c.Presenting(way...))})
		}
		if chance(t, 10, "presents everything") {
			var everything []*devicesim.Authority
			for _, node := range w.nodes {
				everything = append(everything, node.certificates...)
			}
			everything = rapid.Permutation(everything).Draw(t, "order")
			all = append(all, presentation{
				fmt.Sprintf("certificate %d, everything", i), devicesim.X509(c.Presenting(everything...)),
			})
		}
	}
	return all
}
