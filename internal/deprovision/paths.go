// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ReenrollPath is an enabled group that admits a device, or may, if its individual enrollment vanishes.
type ReenrollPath struct {
	EnrollmentGroupID string
	Match             Match
}

// AnyGroup stands for all enabled groups of which nothing more is known than that nothing rules them out, where there
// are many. No group has it for its ID.
const AnyGroup = "*"

// namedPossible is how many of those are named one by one.
const namedPossible = 3

// SumUp has AnyGroup stand for the groups that are merely possible, where there are more than a few: of a device of
// which nothing is known but its certificate these are all groups of an instance, for each device anew.
func SumUp(paths []ReenrollPath) []ReenrollPath {
	possible := 0
	for _, p := range paths {
		if p.Match == MatchPossible {
			possible++
		}
	}
	if possible <= namedPossible {
		return paths
	}
	summed := []ReenrollPath{{EnrollmentGroupID: AnyGroup, Match: MatchPossible}}
	for _, p := range paths {
		if p.Match != MatchPossible {
			summed = append(summed, p)
		}
	}
	return summed
}

// NamePaths lists paths for people.
func NamePaths(paths []ReenrollPath) string {
	names := make([]string, 0, len(paths))
	for _, p := range paths {
		name := p.EnrollmentGroupID
		if name == AnyGroup {
			name = "any group that nothing rules out"
		}
		names = append(names, fmt.Sprintf("%s (%s)", name, p.Match))
	}
	return strings.Join(names, ", ")
}

// Covering is a group, of whatever status, that covers a device or may.
type Covering struct {
	EnrollmentGroupID string
	Status            Status
	Match             Match
}

// CoveringGroups returns the groups of whatever status that cover the device or may, sorted by ID, each once and with
// the most certain match that the facts allow. A group is left out only if the facts rule it out; the package
// documentation has the rules.
func CoveringGroups(d Device) []Covering {
	all := []Covering{}
	for _, c := range candidates(d) {
		all = append(all, Covering{EnrollmentGroupID: c.group.ID, Status: c.group.Status, Match: c.match})
	}
	slices.SortFunc(all, func(a, b Covering) int {
		return cmp.Or(cmp.Compare(a.EnrollmentGroupID, b.EnrollmentGroupID), cmp.Compare(b.Match.rank(), a.Match.rank()))
	})
	return slices.CompactFunc(all, func(a, b Covering) bool {
		return a.EnrollmentGroupID == b.EnrollmentGroupID && a.Status == b.Status
	})
}

func (c Covering) admits() bool { return Group{Status: c.Status}.admits() }

// ReenrollPaths returns those of the CoveringGroups that are enabled: they admit the device, or may, if its individual
// enrollment vanishes. The result is empty, never nil, when there is none. That is no proof that the device stays out:
// ProofOf tells.
func ReenrollPaths(d Device) []ReenrollPath {
	paths := []ReenrollPath{}
	for _, c := range CoveringGroups(d) {
		if c.admits() {
			paths = append(paths, ReenrollPath{EnrollmentGroupID: c.EnrollmentGroupID, Match: c.Match})
		}
	}
	return slices.CompactFunc(paths, func(a, b ReenrollPath) bool { return a.EnrollmentGroupID == b.EnrollmentGroupID })
}

// mayBe tells whether a device or a group of attestation a may be of the given one. An attestation that this package
// does not know may be any.
func (a Attestation) mayBe(kind Attestation) bool {
	return a == kind || a != X509 && a != SymmetricKey && a != TPM
}

// groupFacts is a group, read once into what is compared.
type groupFacts struct {
	group        Group
	certificates []known
	// unseen says that a CA certificate of the group cannot be seen: it is only referred to by name, or the service told
	// nothing that could be compared.
	unseen bool
}

func readGroup(g Group) groupFacts {
	if g.read != nil {
		return groupFacts{group: g, certificates: g.read.certificates, unseen: g.read.unseen}
	}
	f := groupFacts{group: g, unseen: len(g.CAReferences) > 0 || len(g.Certificates) == 0}
	if g.Attestation.mayBe(X509) {
		f.certificates = readAll(g.Certificates)
	}
	return f
}

// candidate is a group that covers the device, or may.
type candidate struct {
	finding

	group Group
}

// candidates are the groups of whatever status that cover the device or may, in the order of Device.Groups.
func candidates(d Device) []candidate {
	groups := make([]groupFacts, 0, len(d.Groups))
	for _, g := range d.Groups {
		groups = append(groups, readGroup(g))
	}
	leaves := climbs(d, groups)
	var all []candidate
	for _, g := range groups {
		found := matchCertificates(d, leaves, g)
		if mayMatchKey(d, g.group) {
			found = found.or(finding{match: MatchPossible})
		}
		if found.match != "" {
			all = append(all, candidate{finding: found, group: g.group})
		}
	}
	return all
}

// matchCertificates compares the device's certificates with an X.509 group. A certificate that is known counts,
// whatever is said of the device's attestation, and where one may be held that is not known, any CA may be above it.
func matchCertificates(d Device, leaves []climb, g groupFacts) finding {
	if !g.group.Attestation.mayBe(X509) {
		return finding{}
	}
	var best finding
	if holdsUnseen(d) || len(leaves) == 0 && d.Attestation.mayBe(X509) {
		best = finding{match: MatchPossible, least: 1}
	}
	for i := range leaves {
		best = best.or(leaves[i].match(g))
	}
	return best
}

// mayMatchKey tells whether the device's key may be derived from the group's. No fact can prove or refute it: a
// registration does not name its group, and keys are not read.
func mayMatchKey(d Device, g Group) bool {
	return d.Attestation.mayBe(SymmetricKey) && g.Attestation.mayBe(SymmetricKey)
}

// SortPaths sorts paths in place by the group's ID.
func SortPaths(paths []ReenrollPath) {
	slices.SortFunc(paths, func(a, b ReenrollPath) int { return cmp.Compare(a.EnrollmentGroupID, b.EnrollmentGroupID) })
}

// PathsPastGroup returns the other enabled groups of an instance that admit, or may, the devices of the X.509 group
// with that ID once it is gone: those higher in the chain of its certificates, or with the same ones.
func PathsPastGroup(groups []Group, id string) []ReenrollPath {
	var own Group
	var others []Group
	for _, g := range groups {
		if strings.EqualFold(g.ID, id) {
			own = g
		} else {
			others = append(others, g)
		}
	}
	if own.Attestation != X509 {
		return nil
	}
	found := map[string]ReenrollPath{}
	for _, chain := range chainsOf(own) {
		for _, p := range ReenrollPaths(Device{Attestation: X509, Chain: chain, Groups: others}) {
			if before, ok := found[p.EnrollmentGroupID]; !ok || before.Match == MatchPossible {
				found[p.EnrollmentGroupID] = p
			}
		}
	}
	var paths []ReenrollPath
	for _, g := range others {
		if p, ok := found[g.ID]; ok {
			paths = append(paths, p)
		}
	}
	return paths
}

// chainsOf are the chains that devices of a group have, from just below its certificates upwards; one of which nothing
// is known when the group only refers to certificates.
func chainsOf(g Group) []Chain {
	var chains []Chain
	for _, authority := range g.Certificates {
		chains = append(chains, Chain{{Issuer: authority.Subject}, authority})
	}
	if len(chains) == 0 {
		return []Chain{nil}
	}
	return chains
}
