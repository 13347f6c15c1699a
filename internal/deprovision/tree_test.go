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

// tree is a world of CAs in which the truth is known: who certified whom. Node 0 is a root; each further node is a
// root, or was certified by one or two earlier ones. Every CA has a name of its own.
type tree struct {
	parents [][]int // the issuers' indices; a root's own
}

func drawTree(t *rapid.T) tree {
	w := tree{parents: [][]int{{0}}}
	for i := range rapid.IntRange(0, 11).Draw(t, "CAs") {
		parents := []int{rapid.IntRange(0, i+1).Draw(t, "parent")}
		if i > 0 && rapid.Bool().Draw(t, "is cross-signed") {
			parents = append(parents, rapid.IntRange(0, i).Draw(t, "other parent"))
		}
		w.parents = append(w.parents, parents)
	}
	return w
}

// link is one of the certificates of a node: the one by that parent.
type link struct{ node, parent int }

// path draws one of the ways upwards from a leaf that was issued by node, the nearest certificate first.
func (w tree) path(t *rapid.T, node int) []link {
	path := []link{}
	for {
		parent := rapid.SampledFrom(w.parents[node]).Draw(t, "way upwards")
		path = append(path, link{node, parent})
		if parent == node {
			return path
		}
		node = parent
	}
}

// above are all CAs above a leaf that was issued by node.
func (w tree) above(node int) []int {
	above := []int{node}
	for i := 0; i < len(above); i++ {
		for _, parent := range w.parents[above[i]] {
			if !slices.Contains(above, parent) {
				above = append(above, parent)
			}
		}
	}
	return above
}

// certificate is what is known of one, in the words of either writer.
func certificate(t *rapid.T, l link) deprovision.Certificate {
	c := deprovision.Certificate{
		Subject: caName(t, l.node), Issuer: caName(t, l.parent), SelfSigned: l.node == l.parent,
		ThumbprintSHA256: fmt.Sprintf("%064x", l.node<<8+l.parent+1),
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
	tree   tree
	device deprovision.Device
	issuer int
	// shown is the way upwards that the chain tells, as far as it does.
	shown []link
	// above are the CAs that are truly above the device's leaf.
	above []int
	// at are the certificates of the groups; visible says whether the group shows it.
	at      map[string]link
	visible map[string]bool
}

func drawScene(t *rapid.T, shown func(path int) int) scene {
	w := drawTree(t)
	s := scene{tree: w, issuer: rapid.IntRange(0, len(w.parents)-1).Draw(t, "issuer of the leaf")}
	s.above, s.at, s.visible = w.above(s.issuer), map[string]link{}, map[string]bool{}
	leaf := deprovision.Certificate{Subject: "CN=device", Issuer: caName(t, s.issuer), ThumbprintSHA256: "FF"}
	s.device = deprovision.Device{RegistrationID: "device", Attestation: deprovision.X509}
	path := w.path(t, s.issuer)
	if length := shown(len(path)); length >= 0 {
		s.device.Chain, s.shown = deprovision.Chain{leaf}, path[:length]
		for _, l := range s.shown {
			s.device.Chain = append(s.device.Chain, certificate(t, l))
		}
	} else {
		s.device.Individual = x509Entry(disabled, leaf)
	}
	for i, node := range rapid.SliceOfN(rapid.IntRange(0, len(w.parents)-1), 0, 8).Draw(t, "groups at") {
		id := fmt.Sprintf("g%d", i)
		g := x509Group(id, statuses().Draw(t, "status"))
		s.at[id] = link{node, rapid.SampledFrom(w.parents[node]).Draw(t, "certified by")}
		s.visible[id] = rapid.IntRange(0, 4).Draw(t, "refers") > 0
		if s.visible[id] {
			g.Certificates = append(g.Certificates, certificate(t, s.at[id]))
		} else {
			g.CAReferences = []string{fmt.Sprintf("uploaded-%d", node)}
		}
		s.device.Groups = append(s.device.Groups, g)
	}
	return s
}

// nearest are the groups that are first on a way upwards: the service would take one of them.
func (s scene) nearest(path []link) []string {
	for _, l := range path {
		var nearest []string
		for id, at := range s.at {
			if at.node == l.node {
				nearest = append(nearest, id)
			}
		}
		if len(nearest) > 0 {
			return nearest
		}
	}
	return nil
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
			if g.Status == enabled && slices.Contains(s.above, s.at[g.ID].node) && found[g.ID] == "" {
				t.Fatalf("%s is at CA %d, which is above the device, but only %v are reported", g.ID, s.at[g.ID].node, found)
			}
		}
	})
}

func TestReenrollPaths_sayThumbprintOrIssuerOnlyOfCAsThatAreAbove(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, anyLength(t))
		for id, match := range matches(s.device) {
			if match != deprovision.MatchPossible && !slices.Contains(s.above, s.at[id].node) {
				t.Fatalf("%s is at CA %d, which is not above the device, but matches by %s", id, s.at[id].node, match)
			}
		}
	})
}

func TestReenrollPaths_sayThumbprintOfExactlyTheCertificatesOfTheChain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, anyLength(t))
		found := matches(s.device)
		for _, g := range s.device.Groups {
			want := g.Status == enabled && s.visible[g.ID] && slices.Contains(s.shown, s.at[g.ID])
			if got := found[g.ID] == deprovision.MatchThumbprint; got != want {
				t.Fatalf("%s at %v: got %q, shown is %v", g.ID, s.at[g.ID], found[g.ID], s.shown)
			}
		}
	})
}

// The device presents any way upwards, not only the one that was shown.
func TestGoverning_isTheNearestGroupOrOneOfTheRivals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, anyLength(t))
		if s.device.Individual != nil {
			s.device.Chain, s.device.Individual = s.device.Individual.Certificates, nil
		}
		governor := deprovision.Governing(s.device)
		nearest := s.nearest(s.tree.path(t, s.issuer))
		if len(nearest) > 0 && !slices.ContainsFunc(nearest, func(id string) bool {
			return id == governor.ID || slices.Contains(governor.Rivals, id)
		}) {
			t.Fatalf("one of %v governs, but the answer is %+v", nearest, governor)
		}
		if len(s.at) == 0 && governor.Kind != deprovision.GovernorNone {
			t.Fatalf("there is no group, but the answer is %+v", governor)
		}
	})
}

func TestGoverning_byThumbprintWithoutRivalsIsTheNearestGroupOfTheChain(t *testing.T) {
	t.Parallel()
	certain := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, func(path int) int { return rapid.IntRange(1, path).Draw(t, "shown") })
		if rapid.Bool().Draw(t, "the issuer has a group") {
			s.at["issuer"] = s.shown[0]
			s.device.Groups = append(s.device.Groups, x509Group("issuer", disabled, s.device.Chain[1]))
		}
		governor := deprovision.Governing(s.device)
		if governor.Match != deprovision.MatchThumbprint || len(governor.Rivals) > 0 {
			return
		}
		certain++
		if nearest := s.nearest(s.shown); !slices.Equal(nearest, []string{governor.ID}) {
			t.Fatalf("%v govern the chain, but the answer is %+v", nearest, governor)
		}
	})
	if certain == 0 {
		t.Error("no answer was certain")
	}
}
