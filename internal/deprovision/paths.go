// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"cmp"
	"math"
	"slices"
)

// ReenrollPath is an enabled group that would admit a device if its individual enrollment vanished.
type ReenrollPath struct {
	EnrollmentGroupID string
	Match             Match
}

// ReenrollPaths returns the enabled groups that would admit the device if its individual enrollment vanished, sorted
// by ID, each with the most certain match that the facts allow. A group is left out only if the facts rule it out;
// the package documentation has the rules. The result is empty, never nil, when there is none.
func ReenrollPaths(d Device) []ReenrollPath {
	paths := []ReenrollPath{}
	for _, c := range candidates(d) {
		if c.group.admits() {
			paths = append(paths, ReenrollPath{EnrollmentGroupID: c.group.ID, Match: c.match})
		}
	}
	slices.SortFunc(paths, func(a, b ReenrollPath) int {
		return cmp.Or(cmp.Compare(a.EnrollmentGroupID, b.EnrollmentGroupID), cmp.Compare(b.Match.rank(), a.Match.rank()))
	})
	return slices.CompactFunc(paths, func(a, b ReenrollPath) bool { return a.EnrollmentGroupID == b.EnrollmentGroupID })
}

// candidate is a group that covers the device, or may.
type candidate struct {
	group Group
	match Match
	// above is how many steps above the leaf the group's certificate is: exactly for a definite match, at least for a
	// possible one.
	above int
}

// candidates are the groups of whatever status that cover the device or may, in the order of Device.Groups.
func candidates(d Device) []candidate {
	leaves := climbs(d)
	var found []candidate
	for _, g := range d.Groups {
		c := candidate{group: g, above: math.MaxInt}
		c.match, c.above = matchX509(d, leaves, g)
		if c.match == "" && mayMatchKey(d, g) {
			c.match, c.above = MatchPossible, 0
		}
		if c.match != "" {
			found = append(found, c)
		}
	}
	return found
}

// matchX509 compares the device's certificates with an X.509 group. A certificate that is known counts whatever the
// entry says of the attestation.
func matchX509(d Device, leaves []climb, g Group) (Match, int) {
	if g.Attestation != X509 && g.Attestation != Unknown {
		return "", math.MaxInt
	}
	if len(leaves) == 0 {
		if d.Attestation == X509 || d.Attestation == Unknown {
			return MatchPossible, 0
		}
		return "", math.MaxInt
	}
	best, nearest := Match(""), math.MaxInt
	for i := range leaves {
		if m, above := leaves[i].match(g); m != "" {
			best, nearest = nearer(best, nearest, m, above)
		}
	}
	return best, nearest
}

// mayMatchKey tells whether the device's key may be derived from the group's. No fact can prove or refute it: a
// registration does not name its group, and keys are not read.
func mayMatchKey(d Device, g Group) bool {
	return (d.Attestation == SymmetricKey || d.Attestation == Unknown) &&
		(g.Attestation == SymmetricKey || g.Attestation == Unknown)
}
