// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// told is a case of which testdata/reasons.md has the sentences.
type told struct {
	title    string
	evidence deprovision.Evidence
	governor deprovision.Governor
}

// TestReasons_areThoseOfTheTable holds every sentence, and the order in which they stand.
func TestReasons_areThoseOfTheTable(t *testing.T) {
	t.Parallel()
	page := "# Why a device has the access that it has\n"
	for _, c := range slices.Concat(entryCases(), groupCases(), hubCases(), whereaboutsCases()) {
		page += fmt.Sprintf("\n## %s: %s\n\n", c.title, c.evidence.Access())
		for _, reason := range c.evidence.Reasons(c.governor) {
			page += "- " + reason + "\n"
		}
	}
	isGolden(t, "reasons.md", page)
}

// changed is evidence after a change.
func changed(e deprovision.Evidence, change func(*deprovision.Evidence)) deprovision.Evidence {
	change(&e)
	return e
}

func entryCases() []told {
	none := deprovision.Governor{Kind: deprovision.GovernorNone, Status: absent}
	cases := []told{
		{"Enabled entry", seen(enabled, sighted(enabled)), deprovision.Governor{Kind: deprovision.GovernorIndividual}},
		{"Disabled entry", seen(disabled, sighted(disabled)), deprovision.Governor{Kind: deprovision.GovernorIndividual}},
		{"Unreadable entry", seen(unreachable), none},
		{"No proof", changed(seen(absent), func(e *deprovision.Evidence) { e.Proof = deprovision.ProofNone }), none},
		{"Came back", changed(seen(absent, sighted(enabled)), func(e *deprovision.Evidence) {
			e.Record.CameBack = true
		}), none},
	}
	for _, proof := range []deprovision.Proof{
		deprovision.ProofTPM, deprovision.ProofOwnKey, deprovision.ProofSelfSigned, deprovision.ProofNoGroup,
	} {
		e := changed(seen(absent, sighted(disabled)), func(e *deprovision.Evidence) { e.Proof = proof })
		cases = append(cases, told{"Proof " + string(proof), e, none})
	}
	return cases
}

func groupCases() []told {
	leaf := deprovision.Chain{issued("device", "factory"), issued("factory", "root")}
	factory := x509Group("factory", enabled, issued("factory", "root"))
	of := func(title string, chain deprovision.Chain, groups ...deprovision.Group) told {
		device := deprovision.Device{RegistrationID: "device", Attestation: deprovision.X509, Chain: chain, Groups: groups}
		e := changed(seen(absent, sighted(disabled)), func(e *deprovision.Evidence) {
			e.Paths, e.Proof = deprovision.ReenrollPaths(device), deprovision.ProofOf(device)
		})
		return told{title, e, deprovision.Governing(device)}
	}
	shut := factory
	shut.Status = disabled
	return []told{
		of("Group by thumbprint", leaf, factory),
		of("Group by name", leaf[:1], factory),
		of("Nearest group disabled", leaf, shut, x509Group("root", enabled, issued("root", ""))),
		of("Group and a rival", leaf[:1], factory, referringGroup("uploaded", enabled)),
		of("Groups that may cover it", nil, factory, referringGroup("uploaded", enabled)),
	}
}

func hubCases() []told {
	individual := deprovision.Governor{Kind: deprovision.GovernorIndividual, ID: "device", Status: disabled}
	return []told{
		{"Every status of an identity", seen(disabled, sighted(enabled), sighted(absent), sighted(unreachable)), individual},
		{"A stranger", seen(disabled, sighted(disabled), deprovision.Sighting{Status: enabled}), individual},
		{"Odd status", seen(disabled, sighted("")), individual},
	}
}

func whereaboutsCases() []told {
	individual := deprovision.Governor{Kind: deprovision.GovernorIndividual, ID: "device", Status: disabled}
	of := func(title string, change func(*deprovision.Evidence)) told {
		return told{title, changed(seen(disabled), change), individual}
	}
	return []told{
		of("Never registered", func(*deprovision.Evidence) {}),
		of("Record overwritten", func(e *deprovision.Evidence) { e.Record.Exists = true }),
		of("No hub is named", func(e *deprovision.Evidence) { e.Search.Hubs = 0 }),
		of("A hub cannot be read", func(e *deprovision.Evidence) { e.Search.Unread = 1 }),
		of("Not searched", func(e *deprovision.Evidence) { e.Search = deprovision.Search{} }),
		{"Remembered", deprovision.Evidence{
			Enrollment: disabled, Watch: deprovision.Watch{Unbroken: true, Placed: true},
			Identities: map[deprovision.IdentityID]deprovision.Sighting{identity(north): sighted(absent)},
		}, individual},
	}
}

// Whatever is known: every identity has its sentence, whatever is not known is said where the access is no promise, and
// the sentences depend on no order.
func TestReasons_sayEverythingThatAccessRestsOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := drawEvidence(t)
		none := deprovision.Governor{Kind: deprovision.GovernorNone, Status: absent}
		said := e.Reasons(none)
		if again := e.Reasons(none); !slices.Equal(said, again) {
			t.Fatalf("the sentences are not stable: %q, then %q", said, again)
		}
		all := strings.Join(said, "\n")
		for id := range e.Identities {
			if !strings.Contains(all, id.Host) || !strings.Contains(all, id.DeviceID) {
				t.Fatalf("nothing is said of %s in %q", id, said)
			}
		}
		for _, path := range e.Paths {
			if e.Enrollment == absent && !strings.Contains(all, path.EnrollmentGroupID) {
				t.Fatalf("nothing is said of the group %s in %q", path.EnrollmentGroupID, said)
			}
		}
		if open := strings.Contains(all, "is not known: "); e.Enrollment == disabled && open == e.Placed() {
			t.Fatalf("placed is %t, and it is said: %q", e.Placed(), said)
		}
		for _, sentence := range said {
			if !strings.HasSuffix(sentence, ".") || strings.Count(sentence, ". ") > 0 {
				t.Fatalf("%q should be one sentence", sentence)
			}
		}
	})
}
