// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"math"
	"slices"
	"strings"
)

// climb is one leaf of a device and the way upwards from it, as far as names and certificates show it.
type climb struct {
	// names are the distinguished names above the leaf, each with the least number of steps up to it (1 is the leaf's
	// issuer).
	names []step
	// thumbprints are those of the leaf (0 steps) and of the chain above it.
	thumbprints map[string]int
	// selfSigned is a leaf above which there is nothing.
	selfSigned bool
	// open is the least number of steps after which the way leads to a certificate that nobody has shown; 0 if the way
	// is known up to its end.
	open int
}

type step struct {
	name  name
	above int
}

// known is a certificate with its names read once.
type known struct {
	subject, issuer name
}

// climbs returns one climb per leaf that the device may present: that of its chain and those of its entry.
func climbs(d Device) []climb {
	var authorities []known
	for _, g := range d.Groups {
		for _, c := range g.Certificates {
			authorities = append(authorities, read(c))
		}
	}
	for i, c := range d.Chain {
		if i > 0 {
			authorities = append(authorities, read(c))
		}
	}
	var all []climb
	if len(d.Chain) > 0 {
		all = append(all, climbFrom(d.Chain, authorities))
	}
	for _, leaf := range entryLeaves(d) {
		all = append(all, climbFrom(Chain{leaf}, authorities))
	}
	return all
}

// entryLeaves are the certificates of the individual enrollment other than the leaf of the chain. The device may hold
// any of them: an entry has two slots, so that a certificate can be replaced.
func entryLeaves(d Device) []Certificate {
	if d.Individual == nil {
		return nil
	}
	var leaves []Certificate
	for _, c := range d.Individual.Certificates {
		sum := thumbprint(c)
		if len(d.Chain) > 0 && sum != "" && sum == thumbprint(d.Chain[0]) {
			continue
		}
		leaves = append(leaves, c)
	}
	return leaves
}

// climbFrom follows the names from a leaf upwards, through the certificates of its own chain and through any other
// certificate that bears the name which is looked for.
func climbFrom(chain Chain, authorities []known) climb {
	leaf := read(chain[0])
	c := climb{
		thumbprints: make(map[string]int, len(chain)),
		selfSigned:  len(chain) == 1 && leaf.subject.same(leaf.issuer),
	}
	for above, certificate := range chain {
		if sum := thumbprint(certificate); sum != "" {
			if _, repeated := c.thumbprints[sum]; !repeated {
				c.thumbprints[sum] = above
			}
		}
		own := read(certificate)
		if above > 0 {
			c.reach(own.subject, above)
		}
		c.reach(own.issuer, above+1)
	}
	for grown := true; grown; {
		grown = false
		for _, authority := range authorities {
			if above := c.stepsTo(authority.subject); above > 0 && c.reach(authority.issuer, above+1) {
				grown = true
			}
		}
	}
	c.open = c.firstUnseen(leaf, authorities)
	return c
}

// reach notes that name is so many steps above the leaf. It tells whether that is news.
func (c *climb) reach(n name, above int) bool {
	for i := range c.names {
		if c.names[i].name.same(n) || c.names[i].name.blank() && n.blank() {
			if c.names[i].above <= above {
				return false
			}
			c.names[i].above = above
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

// firstUnseen returns the nearest name on the way up that no known certificate bears.
func (c *climb) firstUnseen(leaf known, authorities []known) int {
	least := 0
	for _, s := range c.names {
		seen := leaf.subject.same(s.name) || slices.ContainsFunc(authorities, func(k known) bool {
			return k.subject.same(s.name)
		})
		if !seen && (least == 0 || s.above < least) {
			least = s.above
		}
	}
	return least
}

// match tells how certain it is that an X.509 group covers the leaf, and how many steps above the leaf the group's
// certificate is at least.
func (c *climb) match(g Group) (Match, int) {
	best, nearest := Match(""), math.MaxInt
	for _, certificate := range g.Certificates {
		if above, found := c.thumbprints[thumbprint(certificate)]; found {
			best, nearest = nearer(best, nearest, MatchThumbprint, above)
			continue
		}
		if above := c.stepsTo(read(certificate).subject); above > 0 {
			best, nearest = nearer(best, nearest, MatchIssuer, above)
		}
	}
	if best != "" || c.selfSigned {
		return best, nearest
	}
	if unseen(g) {
		return MatchPossible, 1
	}
	if c.open > 0 {
		return MatchPossible, c.open + 1
	}
	return "", nearest
}

// nearer keeps the more certain of two matches, and of equally certain ones the nearer.
func nearer(best Match, nearest int, candidate Match, above int) (Match, int) {
	if candidate.rank() > best.rank() || candidate == best && above < nearest {
		return candidate, above
	}
	return best, nearest
}

// unseen is a group one of whose CA certificates cannot be seen: it is only referred to by name, or the service told
// nothing that could be compared.
func unseen(g Group) bool {
	if len(g.CAReferences) > 0 || len(g.Certificates) == 0 {
		return true
	}
	return slices.ContainsFunc(g.Certificates, func(c Certificate) bool { return read(c).subject.blank() })
}

func read(c Certificate) known { return known{subject: readName(c.Subject), issuer: readName(c.Issuer)} }

// thumbprint returns the thumbprint in one spelling.
func thumbprint(c Certificate) string {
	return strings.Map(func(r rune) rune {
		if r == ':' || r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(c.ThumbprintSHA256))
}
