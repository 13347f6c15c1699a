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

// tree is a world of CAs in which the truth is known: who issued whom. Node 0 is a root; each further node is a root or
// was issued by an earlier one. Every CA has a name of its own.
type tree struct {
	parents []int // the issuer's index; a root's own
}

func drawTree(t *rapid.T) tree {
	w := tree{parents: []int{0}}
	for i := range rapid.IntRange(0, 11).Draw(t, "CAs") {
		w.parents = append(w.parents, rapid.IntRange(0, i+1).Draw(t, "parent"))
	}
	return w
}

// path are the CAs above a leaf that was issued by node, the nearest first.
func (w tree) path(node int) []int {
	path := []int{node}
	for w.parents[node] != node {
		node = w.parents[node]
		path = append(path, node)
	}
	return path
}

// certificate is what is known of a node, in the words of either writer.
func (w tree) certificate(t *rapid.T, node int) deprovision.Certificate {
	c := deprovision.Certificate{
		Subject: caName(t, node), Issuer: caName(t, w.parents[node]), ThumbprintSHA256: fmt.Sprintf("%064x", node+1),
	}
	if rapid.Bool().Draw(t, "upper case") {
		c.ThumbprintSHA256 = strings.ToUpper(c.ThumbprintSHA256)
	}
	return c
}

func caName(t *rapid.T, node int) string {
	return fmt.Sprintf(rapid.SampledFrom([]string{
		`CN=CA %d, O="Contoso, Ltd.", S=WA, E=ca@contoso.com`,
		`1.2.840.113549.1.9.1=#0c0e636140636f6e746f736f2e636f6d,CN=CA %d,ST=WA,O=Contoso\, Ltd.`,
	}).Draw(t, "wording"), node)
}

// scene is a device in a tree, with groups at some of the CAs.
type scene struct {
	device deprovision.Device
	// above are the CAs that are truly above the device's leaf.
	above []int
	// nodes are the CAs of the groups; visible says whether the group shows its certificate.
	nodes   map[string]int
	visible map[string]bool
}

func drawScene(t *rapid.T, shown func(path int) int) scene {
	w := drawTree(t)
	issuer := rapid.IntRange(0, len(w.parents)-1).Draw(t, "issuer of the leaf")
	s := scene{above: w.path(issuer), nodes: map[string]int{}, visible: map[string]bool{}}
	leaf := deprovision.Certificate{Subject: "CN=device", Issuer: caName(t, issuer), ThumbprintSHA256: "FF"}
	s.device = deprovision.Device{RegistrationID: "device", Attestation: deprovision.X509}
	if length := shown(len(s.above)); length >= 0 {
		s.device.Chain = deprovision.Chain{leaf}
		for _, node := range s.above[:length] {
			s.device.Chain = append(s.device.Chain, w.certificate(t, node))
		}
	} else {
		s.device.Individual = x509Entry(disabled, leaf)
	}
	for i, node := range rapid.SliceOfN(rapid.IntRange(0, len(w.parents)-1), 0, 8).Draw(t, "groups at") {
		id := fmt.Sprintf("g%d", i)
		g := x509Group(id, statuses().Draw(t, "status"))
		s.nodes[id], s.visible[id] = node, rapid.IntRange(0, 4).Draw(t, "refers") > 0
		if s.visible[id] {
			g.Certificates = append(g.Certificates, w.certificate(t, node))
		} else {
			g.CAReferences = []string{fmt.Sprintf("uploaded-%d", node)}
		}
		s.device.Groups = append(s.device.Groups, g)
	}
	return s
}

// anyLength shows any part of the chain: -1 nothing but the entry's leaf, 0 the leaf, up to all of it.
func anyLength(t *rapid.T) func(int) int {
	return func(path int) int { return rapid.IntRange(-1, path).Draw(t, "shown") }
}

func TestReenrollPaths_reportEveryGroupThatIsTrulyAbove(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, anyLength(t))
		found := matches(s.device)
		for _, g := range s.device.Groups {
			if g.Status == enabled && slices.Contains(s.above, s.nodes[g.ID]) && found[g.ID] == "" {
				t.Fatalf("%s is at CA %d, which is above the device, but only %v are reported", g.ID, s.nodes[g.ID], found)
			}
		}
	})
}

func TestReenrollPaths_sayThumbprintOrIssuerOnlyOfCAsThatAreAbove(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, anyLength(t))
		for id, match := range matches(s.device) {
			if match != deprovision.MatchPossible && !slices.Contains(s.above, s.nodes[id]) {
				t.Fatalf("%s is at CA %d, which is not above the device, but matches by %s", id, s.nodes[id], match)
			}
		}
	})
}

func TestReenrollPaths_withTheWholeChainAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, func(path int) int { return path })
		found := matches(s.device)
		for _, g := range s.device.Groups {
			want := deprovision.Match("")
			switch {
			case g.Status != enabled:
			case !s.visible[g.ID]:
				want = deprovision.MatchPossible
			case slices.Contains(s.above, s.nodes[g.ID]):
				want = deprovision.MatchThumbprint
			}
			if found[g.ID] != want {
				t.Fatalf("%s at CA %d: got %q, want %q", g.ID, s.nodes[g.ID], found[g.ID], want)
			}
		}
	})
}

func TestGoverning_isTheNearestGroupOrOneOfTheRivals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, anyLength(t))
		s.device.Chain = slices.Clone(s.device.Chain)
		if s.device.Individual != nil {
			s.device.Chain, s.device.Individual = s.device.Individual.Certificates, nil
		}
		governor := deprovision.Governing(s.device)
		for _, node := range s.above {
			var nearest []string
			for id, at := range s.nodes {
				if at == node {
					nearest = append(nearest, id)
				}
			}
			if len(nearest) == 0 {
				continue
			}
			for _, id := range nearest {
				if id == governor.ID || slices.Contains(governor.Rivals, id) {
					return
				}
			}
			t.Fatalf("one of %v governs, but the answer is %+v", nearest, governor)
		}
		if governor.Kind == deprovision.GovernorGroup {
			t.Fatalf("no group is above the device, but the answer is %+v", governor)
		}
	})
}
