// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"crypto/x509"
	"slices"
	"sync"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// judged are the registration IDs of the devices; two are the names of CAs as well.
var judged = []string{"sensor-1", "sensor-2", "line:4.pump"}

// authorityNode is one authority: a name and a key, with a certificate by each issuer.
type authorityNode struct {
	name string
	// by are the issuers' places among the authorities; its own place is a certificate that it signed itself.
	by           []int
	certificates []*devicesim.Authority
}

// authorityMap is how the authorities are related: cross-signed ones, roots that others certify as well, namesakes
// with other keys, and some that bear the name of a device.
func authorityMap() []authorityNode {
	return []authorityNode{
		0:  {name: "Root A", by: []int{0}},
		1:  {name: "Root B", by: []int{1}},
		2:  {name: "Root A", by: []int{2}},
		3:  {name: "sensor-1", by: []int{3}},
		4:  {name: "Plant", by: []int{0, 1}},
		5:  {name: "Root C", by: []int{5, 1}},
		6:  {name: "Line", by: []int{4, 5}},
		7:  {name: "sensor-2", by: []int{0}},
		8:  {name: "sensor-1", by: []int{1, 4}},
		9:  {name: "Cell", by: []int{6}},
		10: {name: "Cell", by: []int{2}},
		11: {name: "Edge", by: []int{9, 7}},
		12: {name: "Plant", by: []int{2}},
	}
}

// uploadedCertificates are what the instance knows as verified CA certificates: authority and issuer. No two are of one
// authority, because the emulator would take either.
var uploadedCertificates = map[string][2]int{
	"root-a": {0, 0}, "namesake": {2, 2}, "plant-by-b": {4, 1}, "sensor-1": {8, 1}, "cell": {10, 2}, "line": {6, 5},
}

// signedItself is a certificate of a device that its own key signed, and a later one of the same key that is a CA's, as
// OpenSSL makes them by default.
type signedItself struct{ first, renewed devicesim.Certificate }

// judgeAuthorities are made once: what takes time in a world is making keys.
type judgeAuthorities struct {
	nodes []authorityNode
	alone map[string]signedItself
	tpms  []*devicesim.SoftwareTPM

	mu     sync.Mutex
	issued map[leafName]devicesim.Certificate
}

type leafName struct {
	issuer int
	id     string
}

func newJudgeAuthorities(t *testing.T) *judgeAuthorities {
	t.Helper()
	a := &judgeAuthorities{
		nodes: authorityMap(), alone: map[string]signedItself{}, issued: map[leafName]devicesim.Certificate{},
	}
	for i := range a.nodes {
		a.make(t, i)
	}
	asCA := func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign }
	for i, id := range judged {
		var options []devicesim.Option
		if i%2 == 0 {
			options = append(options, asCA)
		}
		first, err := devicesim.SelfSigned(id, options...)
		mustNot(t, err)
		renewed, err := first.Renewed(asCA)
		mustNot(t, err)
		a.alone[id] = signedItself{first, renewed}
	}
	for range 2 {
		tpm, err := devicesim.NewSoftwareTPM()
		mustNot(t, err)
		a.tpms = append(a.tpms, tpm)
	}
	return a
}

// make makes the certificates of one authority; its issuers come before it.
func (a *judgeAuthorities) make(t *testing.T, i int) {
	t.Helper()
	node := &a.nodes[i]
	for n, by := range node.by {
		var made *devicesim.Authority
		var err error
		switch {
		case by == i:
			made, err = devicesim.NewAuthority(node.name)
		case n == 0:
			made, err = a.nodes[by].certificates[0].Intermediate(node.name)
		default:
			made, err = node.certificates[0].CertifiedBy(a.nodes[by].certificates[0])
		}
		mustNot(t, err)
		node.certificates = append(node.certificates, made)
	}
}

func mustNot(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// certificate is that of an authority by one of its issuers.
func (a *judgeAuthorities) certificate(node, by int) *devicesim.Authority {
	return a.nodes[node].certificates[slices.Index(a.nodes[node].by, by)]
}

// ways are all chains upwards from what an authority issued, to a root.
func (a *judgeAuthorities) ways(node int) [][]*devicesim.Authority {
	var ways [][]*devicesim.Authority
	for i, by := range a.nodes[node].by {
		own := a.nodes[node].certificates[i]
		if by == node {
			ways = append(ways, []*devicesim.Authority{own})
			continue
		}
		for _, above := range a.ways(by) {
			ways = append(ways, append([]*devicesim.Authority{own}, above...))
		}
	}
	return ways
}

// namedLike tells whether any authority above what a node issued bears that name.
func (a *judgeAuthorities) namedLike(node int, name string) bool {
	return slices.ContainsFunc(a.ways(node), func(way []*devicesim.Authority) bool {
		return slices.ContainsFunc(way, func(above *devicesim.Authority) bool {
			return above.Certificate().CommonName() == name
		})
	})
}

// leaf is the certificate that an authority issued to a device, the same each time.
func (a *judgeAuthorities) leaf(issuer int, id string) (devicesim.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, made := a.issued[leafName{issuer, id}]; made {
		return c, nil
	}
	c, err := a.nodes[issuer].certificates[0].Device(id)
	a.issued[leafName{issuer, id}] = c
	return c, err
}

func (a *judgeAuthorities) uploaded() map[string][]byte {
	pems := map[string][]byte{}
	for name, c := range uploadedCertificates {
		pems[name] = []byte(a.certificate(c[0], c[1]).PEM())
	}
	return pems
}

// shownLink is what the provider knows of a certificate that it was given.
func shownLink(pem string) (deprovision.Certificate, error) {
	c, err := certificate.Parse(pem)
	return deprovision.Certificate{
		Subject: c.Subject, Issuer: c.Issuer, ThumbprintSHA256: c.ThumbprintSHA256, SelfSigned: c.SelfSigned,
	}, err
}
