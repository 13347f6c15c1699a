// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"slices"
	"strings"
)

// known is a certificate, read once into what is compared.
type known struct {
	subject, issuer name
	thumbprint      string
}

func read(c Certificate) known {
	return known{subject: readName(c.Subject), issuer: readName(c.Issuer), thumbprint: thumbprintOf(c)}
}

func readAll(certificates []Certificate) []known {
	all := make([]known, 0, len(certificates))
	for _, c := range certificates {
		all = append(all, read(c))
	}
	return all
}

// thumbprintOf returns the thumbprint in one spelling.
func thumbprintOf(c Certificate) string {
	return strings.Map(func(r rune) rune {
		if r == ':' || r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(c.ThumbprintSHA256))
}

// climb is one leaf of a device and the way upwards from it, as far as names and certificates show it.
type climb struct {
	// names are the distinguished names above the leaf.
	names []step
	// thumbprints are those of the leaf (0 steps above it) and of the chain above it.
	thumbprints map[string]int
	// selfSigned is a leaf above which there is nothing.
	selfSigned bool
	// open is after how many steps the way leads to a certificate that nobody has shown; 0 if the way is known to its
	// end.
	open int
}

// step is a name and how far above the leaf it is, at the nearest: 1 is the leaf's issuer.
type step struct {
	name  name
	above int
}

// climbs returns one climb per leaf that the device may present: that of its chain and those of its entry.
func climbs(d Device, groups []groupFacts) []climb {
	chain := readAll(d.Chain)
	var authorities []known
	for _, g := range groups {
		authorities = append(authorities, g.certificates...)
	}
	var all []climb
	if len(chain) > 0 {
		authorities = append(authorities, chain[1:]...)
		all = append(all, climbFrom(chain, authorities))
	}
	for _, leaf := range entryLeaves(d, chain) {
		all = append(all, climbFrom([]known{leaf}, authorities))
	}
	return all
}

// entryLeaves are the certificates of the individual enrollment other than the leaf of the chain. The device may hold
// any of them: an entry has two slots, so that a certificate can be replaced.
func entryLeaves(d Device, chain []known) []known {
	if d.Individual == nil {
		return nil
	}
	return slices.DeleteFunc(readAll(d.Individual.Certificates), func(k known) bool {
		return len(chain) > 0 && k.thumbprint != "" && k.thumbprint == chain[0].thumbprint
	})
}

// climbFrom follows the names from a leaf upwards, through the certificates of its own chain and through any other
// certificate that bears the name which is looked for.
func climbFrom(chain []known, authorities []known) climb {
	c := climb{
		thumbprints: make(map[string]int, len(chain)),
		selfSigned:  len(chain) == 1 && chain[0].subject.same(chain[0].issuer),
	}
	for above, k := range chain {
		if _, repeated := c.thumbprints[k.thumbprint]; k.thumbprint != "" && !repeated {
			c.thumbprints[k.thumbprint] = above
		}
		if above > 0 {
			c.reach(k.subject, above)
		}
		c.reach(k.issuer, above+1)
	}
	for grown := true; grown; {
		grown = false
		for _, authority := range authorities {
			if above := c.stepsTo(authority.subject); above > 0 && c.reach(authority.issuer, above+1) {
				grown = true
			}
		}
	}
	c.open = c.firstUnseen(authorities)
	return c
}

// reach notes that a name is so many steps above the leaf. It tells whether that is news.
func (c *climb) reach(n name, above int) bool {
	for i := range c.names {
		if s := &c.names[i]; s.name.same(n) || s.name.blank() && n.blank() {
			if s.above <= above {
				return false
			}
			s.above = above
			return true
		}
	}
	c.names = append(c.names, step{name: n, above: above})
	return true
}

// stepsTo returns how far above the leaf a name is; 0 if it is not there.
func (c *climb) stepsTo(n name) int {
	least := 0
	for _, s := range c.names {
		if s.name.same(n) && (least == 0 || s.above < least) {
			least = s.above
		}
	}
	return least
}

// firstUnseen returns the steps to the nearest name on the way up that no known certificate bears; 0 if there is
// none.
func (c *climb) firstUnseen(authorities []known) int {
	least := 0
	for _, s := range c.names {
		seen := slices.ContainsFunc(authorities, func(k known) bool { return k.subject.same(s.name) })
		if !seen && (least == 0 || s.above < least) {
			least = s.above
		}
	}
	return least
}

// match tells how certain it is that an X.509 group covers the leaf, and how many steps above the leaf its
// certificate is: exactly for a definite match, at least for a possible one.
func (c *climb) match(g groupFacts) finding {
	var best finding
	for _, k := range g.certificates {
		if above, found := c.thumbprints[k.thumbprint]; found {
			best = best.or(finding{match: MatchThumbprint, above: above})
		} else if above := c.stepsTo(k.subject); above > 0 {
			best = best.or(finding{match: MatchIssuer, above: above})
		}
	}
	switch {
	case best.match != "" || c.selfSigned:
		return best
	case g.unseen:
		return finding{match: MatchPossible, above: 1}
	case c.open > 0:
		return finding{match: MatchPossible, above: c.open + 1}
	}
	return best
}

// finding is how a group was matched, and where. The zero value is no match.
type finding struct {
	match Match
	above int
}

func (f finding) definite() bool { return f.match.rank() > MatchPossible.rank() }

// or joins two findings of one group: the more certain match, and the nearer place among equally definite ones.
func (f finding) or(other finding) finding {
	if f.match == "" || other.definite() && !f.definite() {
		return other
	}
	if other.match == "" || f.definite() && !other.definite() {
		return f
	}
	if other.match.rank() > f.match.rank() {
		f.match = other.match
	}
	f.above = min(f.above, other.above)
	return f
}
