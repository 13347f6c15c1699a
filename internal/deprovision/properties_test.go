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
	}
	certificates := rapid.SampledFrom(pool)
	d := deprovision.Device{
		RegistrationID: "device",
		Attestation:    attestations().Draw(t, "attestation"),
		Chain:          rapid.SliceOfN(certificates, 0, 4).Draw(t, "chain"),
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
		if access := deprovision.AccessOf(governor.Status, nil, deprovision.ReenrollPaths(d)); access != deprovision.Blocked {
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

// A group can refute that others are possible, by showing the CA that was unseen; then it is a path itself. It never
// takes away what is known, nor the last path.
func TestReenrollPaths_anAddedEnabledGroupTakesNoKnownPathAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDevice(t)
		before := matches(d)
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
			if match != deprovision.MatchPossible && certainty(after[id]) < certainty(match) {
				t.Fatalf("%s was matched by %s, now by %q", id, match, after[id])
			}
		}
		if len(before) > 0 && len(after) == 0 {
			t.Fatalf("%v are gone", before)
		}
	})
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
		knowsCertificate := len(d.Chain) > 0 || d.Individual != nil && len(d.Individual.Certificates) > 0
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
