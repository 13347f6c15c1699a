// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// drawDevice makes a device in a world of few names, so that CAs share names, chains do not fit and facts are missing.
func drawDevice(t *rapid.T) deprovision.Device {
	names := rapid.SampledFrom([]string{"", "CN=a", "CN=b", "CN=c, O=x", "O=X,CN=C", "CN=d", "CN=e"})
	pool := make([]deprovision.Certificate, 12)
	for i := range pool {
		pool[i] = deprovision.Certificate{
			Subject: names.Draw(t, "subject"), Issuer: names.Draw(t, "issuer"), ThumbprintSHA256: fmt.Sprintf("%02x", i),
		}
		if i%5 == 4 {
			pool[i].ThumbprintSHA256 = ""
		}
		if i%3 == 2 {
			pool[i].Issuer, pool[i].SelfSigned = pool[i].Subject, true
		}
	}
	certificates := rapid.SampledFrom(pool)
	d := deprovision.Device{
		RegistrationID: "device",
		Attestation:    attestations().Draw(t, "attestation"),
		Chain:          rapid.SliceOfN(certificates, 0, 4).Draw(t, "chain"),
		// Seldom: it makes every X.509 group possible.
		OtherCertificates: rapid.IntRange(0, 5).Draw(t, "showed another") == 0,
	}
	if rapid.Bool().Draw(t, "has an entry") {
		d.Individual = x509Entry(statuses().Draw(t, "entry"), rapid.SliceOfN(certificates, 0, 2).Draw(t, "leaves")...)
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "groups") {
		d.Groups = append(d.Groups, drawGroup(t, fmt.Sprintf("g%d", i), certificates))
	}
	return d
}

func drawGroup(t *rapid.T, id string, certificates *rapid.Generator[deprovision.Certificate]) deprovision.Group {
	g := deprovision.Group{
		ID: id, Status: statuses().Draw(t, "status"),
		Attestation: rapid.SampledFrom([]deprovision.Attestation{
			deprovision.X509, deprovision.X509, deprovision.X509, deprovision.SymmetricKey, deprovision.Unknown,
		}).Draw(t, "attestation of the group"),
		Certificates: rapid.SliceOfN(certificates, 0, 2).Draw(t, "certificates"),
	}
	if rapid.IntRange(0, 5).Draw(t, "refers") == 0 {
		g.CAReferences = []string{"uploaded"}
	}
	return g
}

func statuses() *rapid.Generator[deprovision.Status] {
	return rapid.SampledFrom([]deprovision.Status{enabled, disabled})
}

func attestations() *rapid.Generator[deprovision.Attestation] {
	return rapid.SampledFrom([]deprovision.Attestation{
		deprovision.X509, deprovision.X509, deprovision.SymmetricKey, deprovision.TPM, deprovision.Unknown,
	})
}

// certainty orders matches; -1 is no path.
func certainty(m deprovision.Match) int {
	return slices.Index([]deprovision.Match{
		deprovision.MatchPossible, deprovision.MatchIssuer, deprovision.MatchThumbprint,
	}, m)
}

func matches(d deprovision.Device) map[string]deprovision.Match {
	found := map[string]deprovision.Match{}
	for _, path := range deprovision.ReenrollPaths(d) {
		found[path.EnrollmentGroupID] = path.Match
	}
	return found
}

func TestGoverning_aDisabledIndividualEnrollmentWinsOverAnyGroup(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		d.Individual = x509Entry(disabled)
		governor := deprovision.Governing(d)
		if governor.Kind != deprovision.GovernorIndividual || governor.Status != disabled {
			t.Fatalf("governed by %+v", governor)
		}
		e := seen(governor.Status)
		e.Paths, e.Proof = deprovision.ReenrollPaths(d), deprovision.ProofOf(d)
		if access := e.Access(); access != deprovision.Blocked {
			t.Fatalf("the device is %s", access)
		}
	})
}

func TestReenrollPaths_areSortedUniqueAndEnabled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		paths := deprovision.ReenrollPaths(d)
		for i, path := range paths {
			if i > 0 && paths[i-1].EnrollmentGroupID >= path.EnrollmentGroupID {
				t.Fatalf("%s follows %s", path.EnrollmentGroupID, paths[i-1].EnrollmentGroupID)
			}
			if certainty(path.Match) < 0 {
				t.Fatalf("unknown match %q", path.Match)
			}
			if !slices.ContainsFunc(d.Groups, func(g deprovision.Group) bool {
				return g.ID == path.EnrollmentGroupID && g.Status == enabled
			}) {
				t.Fatalf("%s is not an enabled group", path.EnrollmentGroupID)
			}
		}
	})
}

func TestReenrollPaths_doNotDependOnTheOrderOfGroupsOrTheEntrysStatus(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		before := deprovision.ReenrollPaths(d)
		d.Groups = rapid.Permutation(d.Groups).Draw(t, "order")
		if d.Individual != nil {
			d.Individual.Status = statuses().Draw(t, "new status")
		}
		if after := deprovision.ReenrollPaths(d); !slices.Equal(before, after) {
			t.Fatalf("%v became %v", before, after)
		}
	})
}

func TestReenrollPaths_anAddedEnabledGroupTakesNothingAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		before, proof := matches(d), deprovision.ProofOf(d)
		var seen []deprovision.Certificate
		for _, g := range d.Groups {
			seen = append(seen, g.Certificates...)
		}
		seen = append(seen, deprovision.Certificate{Subject: "CN=a", Issuer: "CN=a", ThumbprintSHA256: "ff"})
		added := drawGroup(t, "g9", rapid.SampledFrom(append(seen, d.Chain...)))
		added.Status = enabled
		d.Groups = append(d.Groups, added)
		after := matches(d)
		for id, match := range before {
			if certainty(after[id]) < certainty(match) {
				t.Fatalf("%s was matched by %s, now by %q", id, match, after[id])
			}
		}
		if now := deprovision.ProofOf(d); proof == deprovision.ProofNone && now != proof {
			t.Fatalf("one more group proves %q", now)
		}
	})
}

// Whoever knows less of the certificates finds no way closed that was open, and no proof.
func TestReenrollPaths_lessKnownClosesNoWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		before, proof := matches(d), deprovision.ProofOf(d)
		if rapid.Bool().Draw(t, "nobody checked") {
			d.Chain = slices.Clone(d.Chain)
			for i := range d.Chain {
				d.Chain[i] = unchecked(d.Chain[i])
			}
			if d.Individual != nil {
				d.Individual.Certificates = slices.Clone(d.Individual.Certificates)
				for i := range d.Individual.Certificates {
					d.Individual.Certificates[i] = unchecked(d.Individual.Certificates[i])
				}
			}
		} else {
			d.OtherCertificates = true
		}
		after := matches(d)
		for id, match := range before {
			if certainty(after[id]) < certainty(match) {
				t.Fatalf("%s was matched by %s, now by %q", id, match, after[id])
			}
		}
		if now := deprovision.ProofOf(d); proof == deprovision.ProofNone && now != proof {
			t.Fatalf("less is known, and proves %q", now)
		}
	})
}

func TestReenrollPaths_ofACertificateThatACAMayHaveIssuedAreAllX509Groups(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		leaves := slices.Clone(d.Chain[:min(1, len(d.Chain))])
		if d.Individual != nil {
			leaves = append(leaves, d.Individual.Certificates...)
		}
		issuedByOthers := func(c deprovision.Certificate) bool { return !c.SelfSigned }
		if !d.OtherCertificates && len(d.Chain) < 2 && !slices.ContainsFunc(leaves, issuedByOthers) {
			return
		}
		found := matches(d)
		for _, g := range d.Groups {
			if g.Status == enabled && g.Attestation == deprovision.X509 && found[g.ID] == "" {
				t.Fatalf("%s is ruled out: %v", g.ID, found)
			}
		}
	})
}

func TestProofOf_leavesNoPath(t *testing.T) {
	t.Parallel()
	drawn := map[deprovision.Proof]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		switch {
		case rapid.Bool().Draw(t, "signed its own certificate"):
			d.Chain, d.Individual = deprovision.Chain{issued("device", "")}, nil
		case rapid.Bool().Draw(t, "has a key of its own"):
			d = inOwnEntry(attested(deprovision.SymmetricKey, d.Groups...), deprovision.SymmetricKey)
		}
		proof, paths := deprovision.ProofOf(d), deprovision.ReenrollPaths(d)
		if proof != deprovision.ProofNone && len(paths) > 0 {
			t.Fatalf("%s, and there is %v", proof, paths)
		}
		drawn[proof]++
	})
	for _, proof := range []deprovision.Proof{
		deprovision.ProofNone, deprovision.ProofTPM, deprovision.ProofOwnKey, deprovision.ProofSelfSigned,
		deprovision.ProofNoGroup,
	} {
		if drawn[proof] == 0 {
			t.Errorf("no device was drawn with proof %q: %v", proof, drawn)
		}
	}
}

func TestReenrollPaths_aShorterChainMakesNoMatchMoreCertain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		if len(d.Chain) == 0 {
			return
		}
		before := matches(d)
		removed := rapid.IntRange(0, len(d.Chain)-1).Draw(t, "removed")
		d.Chain = slices.Delete(slices.Clone(d.Chain), removed, removed+1)
		for id, match := range matches(d) {
			if match != deprovision.MatchPossible && certainty(match) > certainty(before[id]) {
				t.Fatalf("%s was matched by %q, with less known by %s", id, before[id], match)
			}
		}
	})
}

func TestGoverning_agreesWithThePaths(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		d.Individual = nil
		governor, paths := deprovision.Governing(d), matches(d)
		switch governor.Kind {
		case deprovision.GovernorNone:
			if len(paths) > 0 {
				t.Fatalf("nothing governs, but there is %v", paths)
			}
		case deprovision.GovernorPossible:
			for id, match := range paths {
				if match != deprovision.MatchPossible || !slices.Contains(governor.Rivals, id) {
					t.Fatalf("%+v, but %s matches by %s", governor, id, match)
				}
			}
		case deprovision.GovernorGroup:
			if match, found := paths[governor.ID]; found != (governor.Status == enabled) || found && match != governor.Match {
				t.Fatalf("%+v, but the paths are %v", governor, paths)
			}
			if slices.Contains(governor.Rivals, governor.ID) {
				t.Fatalf("%s is its own rival", governor.ID)
			}
		default:
			t.Fatalf("governed by %+v", governor)
		}
	})
}

func TestReenrollPaths_keepAttestationsApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		knowsCertificate := len(d.Chain) > 0 || d.OtherCertificates || d.Individual != nil
		for id := range matches(d) {
			i := slices.IndexFunc(d.Groups, func(g deprovision.Group) bool { return g.ID == id })
			switch d.Groups[i].Attestation {
			case deprovision.X509:
				if !knowsCertificate && d.Attestation != deprovision.X509 && d.Attestation != deprovision.Unknown {
					t.Fatalf("X.509 group %s admits a device of attestation %q without a certificate", id, d.Attestation)
				}
			case deprovision.SymmetricKey:
				if d.Attestation != deprovision.SymmetricKey && d.Attestation != deprovision.Unknown {
					t.Fatalf("symmetric-key group %s admits a device of attestation %q", id, d.Attestation)
				}
			default: // Of a group whose attestation is not known nothing is ruled out.
			}
		}
	})
}
