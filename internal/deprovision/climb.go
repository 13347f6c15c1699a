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
	selfSigned      bool
}

func read(c Certificate) known {
	return known{
		subject: readName(c.Subject), issuer: readName(c.Issuer), thumbprint: thumbprintOf(c), selfSigned: c.SelfSigned,
	}
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

// is tells whether both are the same certificate, as far as thumbprints show it.
func (k known) is(other known) bool { return k.thumbprint != "" && k.thumbprint == other.thumbprint }

// leavesOf are the certificates that a device is known to hold: the first of its chain, then those of its entry, which
// has two slots so that a certificate can be replaced. Each is there once, and self-signed if anybody found it so.
func leavesOf(d Device) []known {
	shown := readAll(d.Chain[:min(1, len(d.Chain))])
	if d.Individual != nil {
		shown = append(shown, readAll(d.Individual.Certificates)...)
	}
	var leaves []known
	for _, k := range shown {
		if i := slices.IndexFunc(leaves, k.is); i >= 0 {
			leaves[i].selfSigned = leaves[i].selfSigned || k.selfSigned
		} else {
			leaves = append(leaves, k)
		}
	}
	return leaves
}

// selfSignedAlone tells whether all that the device holds are certificates that their own keys signed. A chain above
// one of them says otherwise.
func selfSignedAlone(d Device) bool {
	leaves := leavesOf(d)
	return len(leaves) > 0 && len(d.Chain) <= 1 && !holdsUnseen(d) &&
		!slices.ContainsFunc(leaves, func(k known) bool { return !k.selfSigned })
}

// holdsUnseen tells whether the device holds a certificate that is not known, or may: it has shown one, or its X.509
// entry does not tell which it accepts.
func holdsUnseen(d Device) bool {
	e := d.Individual
	return d.OtherCertificates || e != nil && e.Status != Absent && e.Attestation == X509 && len(e.Certificates) == 0
}

// climb is one leaf of a device and the way upwards from it, as far as names and certificates show it. It need not be
// the only way: where a CA is certified by several others, the device chooses what it presents.
type climb struct {
	leaf known
	// names are the distinguished names above the leaf.
	names []step
	// chain are the thumbprints of the chain above the leaf.
	chain map[string]int
	// alone is a leaf that its own key signed.
	alone bool
}

// step is a name and how far above the leaf it is, at the nearest: 1 is the leaf's issuer.
type step struct {
	name  name
	above int
}

// climbs returns one climb per leaf that the device may present.
func climbs(d Device, groups []groupFacts) []climb {
	chain := readAll(d.Chain)
	var authorities []known
	for _, g := range groups {
		authorities = append(authorities, g.certificates...)
	}
	if len(chain) > 0 {
		chain = chain[1:]
		authorities = append(authorities, chain...)
	}
	var all []climb
	for i, leaf := range leavesOf(d) {
		if i > 0 || len(d.Chain) == 0 {
			chain = nil // It belongs to the first leaf only.
		}
		all = append(all, climbFrom(leaf, chain, authorities))
	}
	return all
}

// climbFrom follows the names from a leaf upwards, through the certificates of its own chain and through any other
// certificate that bears the name which is looked for.
func climbFrom(leaf known, chain, authorities []known) climb {
	c := climb{leaf: leaf, chain: map[string]int{}, alone: leaf.selfSigned && len(chain) == 0}
	c.reach(leaf.issuer, 1)
	for i, k := range chain {
		above := i + 1
		if _, repeated := c.chain[k.thumbprint]; k.thumbprint != "" && !repeated {
			c.chain[k.thumbprint] = above
		}
		c.reach(k.subject, above)
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
	return c
}

// reach notes that a name is so many steps above the leaf. It tells whether that is news.
func (c *climb) reach(n name, above int) bool {
	if n.blank() {
		return false
	}
	for i := range c.names {
		if s := &c.names[i]; s.name.same(n) {
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

// match tells how certain it is that an X.509 group covers the leaf, and where.
func (c *climb) match(g groupFacts) finding {
	if c.alone {
		return c.matchAlone(g)
	}
	best := finding{match: MatchPossible, least: c.least(g)}
	for _, k := range g.certificates {
		if above := c.chain[k.thumbprint]; above > 0 {
			best = best.or(finding{match: MatchThumbprint, above: above, least: best.least, sure: above})
		} else if above := c.stepsTo(k.subject); above > 0 {
			best = best.or(finding{match: MatchIssuer, above: above, least: min(above, best.least)})
		}
	}
	return best
}

// matchAlone finds the groups that may cover a leaf which its own key signed: those that show a certificate of the
// leaf's name, because it may have the leaf's key.
func (c *climb) matchAlone(g groupFacts) finding {
	if slices.ContainsFunc(g.certificates, func(k known) bool { return k.is(c.leaf) || k.subject.same(c.leaf.subject) }) {
		return finding{match: MatchPossible, least: 1}
	}
	return finding{}
}

// least is how near to the leaf a certificate of a group may stand on any way upwards. Next to it are only certificates
// that bear the name of its issuer; one of any name may stand above these.
func (c *climb) least(g groupFacts) int {
	near := func(k known) bool { return k.subject.blank() || k.is(c.leaf) || k.subject.same(c.leaf.issuer) }
	if g.unseen || c.leaf.issuer.blank() || slices.ContainsFunc(g.certificates, near) {
		return 1
	}
	return 2
}

// finding is how a group was matched, and where. The zero value is no match.
type finding struct {
	match Match
	// above is how many steps above the leaf the way that is known leads to the group; 0 if it does not.
	above int
	// least is how near to the leaf the group may be on any way.
	least int
	// sure is where a certificate of the group stands in the device's chain; 0 if none does.
	sure int
}

// or joins two findings of one group: the more certain match, and the nearer places.
func (f finding) or(other finding) finding {
	if f.match == "" || other.match == "" {
		if f.match == "" {
			return other
		}
		return f
	}
	if other.match.rank() > f.match.rank() {
		f.match = other.match
	}
	f.above, f.sure = nearer(f.above, other.above), nearer(f.sure, other.sure)
	f.least = min(f.least, other.least)
	return f
}

// nearer returns the smaller of two places, of which 0 is none.
func nearer(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}
