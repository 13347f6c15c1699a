// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"cmp"
	"math"
	"slices"
)

// GovernorKind is which kind of entry decides for a device.
type GovernorKind string

// The kinds of governor.
const (
	// GovernorNone is no entry: the device is refused.
	GovernorNone GovernorKind = "none"
	// GovernorIndividual is the individual enrollment.
	GovernorIndividual GovernorKind = "individual"
	// GovernorGroup is an enrollment group that covers the device.
	GovernorGroup GovernorKind = "group"
	// GovernorPossible is one of several groups, or none of them: the facts do not tell.
	GovernorPossible GovernorKind = "possible"
)

// Governor is the governing enrollment: the entry that decides whether DPS lets a device in.
type Governor struct {
	Kind GovernorKind
	// ID is the registration ID or the enrollment group ID; empty for GovernorNone and GovernorPossible.
	ID string
	// Status is the entry's; Absent for GovernorNone, Unverified for GovernorPossible.
	Status Status
	// Match is how the group was found; empty for an individual enrollment and for GovernorNone.
	Match Match
	// Rivals are the IDs, sorted, of the groups that may govern instead: for GovernorGroup those that the device may
	// meet first, for GovernorPossible all that may cover it. Without rivals a group governs if it was found by
	// thumbprint and the device presents its chain; one that was found by name, or any if the device can present
	// another chain, may be another CA's, and then one of the rivals governs, or nothing does.
	Rivals []string
}

// Governing returns the entry that decides for the device today. An individual enrollment always does; otherwise the
// group nearest to the leaf does, also if it is disabled: DPS does not look further.
func Governing(d Device) Governor {
	if d.Individual != nil && d.Individual.Status != Absent {
		return Governor{Kind: GovernorIndividual, ID: d.RegistrationID, Status: d.Individual.Status}
	}
	all := candidates(d)
	limit := certainWithin(d, all)
	var definite, possible []candidate
	for _, c := range all {
		if c.match == MatchPossible {
			possible = append(possible, c)
		} else {
			definite = append(definite, c)
		}
	}
	if len(definite) == 0 {
		if len(possible) == 0 {
			return Governor{Kind: GovernorNone, Status: Absent}
		}
		return Governor{
			Kind: GovernorPossible, Status: Unverified, Match: MatchPossible, Rivals: ids(possible),
		}
	}
	slices.SortFunc(definite, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.above, b.above), cmp.Compare(b.match.rank(), a.match.rank()),
			cmp.Compare(a.group.ID, b.group.ID))
	})
	nearest := definite[0]
	others := slices.DeleteFunc(append(definite[1:], possible...), func(c candidate) bool { return c.least > limit })
	return Governor{
		Kind: GovernorGroup, ID: nearest.group.ID, Status: nearest.group.Status, Match: nearest.match, Rivals: ids(others),
	}
}

// certainWithin returns how far above the leaf, at most, a group governs: where the nearest certificate stands that a
// group shows and the device's chain as well. A group that cannot be so near does not decide.
func certainWithin(d Device, all []candidate) int {
	limit := math.MaxInt
	if len(leavesOf(d)) > 1 {
		return limit // The chain is only that of one of the certificates which the device may present.
	}
	for _, c := range all {
		if c.sure > 0 {
			limit = min(limit, c.sure)
		}
	}
	return limit
}

func ids(candidates []candidate) []string {
	var sorted []string
	for _, c := range candidates {
		sorted = append(sorted, c.group.ID)
	}
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
