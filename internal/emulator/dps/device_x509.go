// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// presented are the certificates that the device showed in the handshake, in which it proved to hold the leaf's key.
func presented(r deviceRequest) (leaf *x509.Certificate, others []*x509.Certificate) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil, nil
	}
	return r.TLS.PeerCertificates[0], r.TLS.PeerCertificates[1:]
}

// proveByCertificate: the leaf's common name is the registration ID. An individual enrollment wants the stored leaf
// itself; otherwise the nearest group of the chain governs, be it disabled.
func (d *prover) proveByCertificate(
	r deviceRequest, individual *entry, leaf *x509.Certificate, others []*x509.Certificate,
) (attempt, *wire.Problem) {
	if !strings.EqualFold(leaf.Subject.CommonName, r.id) {
		return attempt{}, unauthorized("Invalid certificate.")
	}
	governing := individual
	if individual == nil {
		governing = d.nearestGroup(leaf, others)
	} else if !d.accepts(individual, leaf, others) {
		return attempt{}, unauthorized("Invalid certificate.")
	}
	if governing == nil {
		return attempt{}, unauthorized("CA certificate not found.")
	}
	info := describeCertificate(leaf)
	return attempt{
		governing: governing, proof: proof{thumbprint: info.SHA256Thumbprint},
		thumbprint: info.SHA256Thumbprint, info: &info,
	}, nil
}

// accepts compares the leaf with both slots of an individual enrollment, or looks for its referenced CA in the chain.
func (d *prover) accepts(e *entry, leaf *x509.Certificate, others []*x509.Certificate) bool {
	x := e.Attestation.X509
	if x == nil {
		return false
	}
	found := false
	x.ClientCertificates.each(func(c *certificate) { found = found || bytes.Equal(c.der, leaf.Raw) })
	if found || x.CAReferences == nil {
		return found
	}
	anchors := d.anchors(x)
	return d.climb(leaf, others, func(child *x509.Certificate) bool {
		return slices.ContainsFunc(anchors, func(a *x509.Certificate) bool { return issued(a, child) })
	})
}

// nearestGroup is the group whose certificate is the first one on the way from the leaf
// to the root; of several with the same certificate the oldest.
func (d *prover) nearestGroup(leaf *x509.Certificate, others []*x509.Certificate) *entry {
	var found *entry
	d.climb(leaf, others, func(child *x509.Certificate) bool {
		for g := range d.entries[kindGroup].all {
			x := g.Attestation.X509
			if x == nil {
				continue
			}
			if slices.ContainsFunc(d.anchors(x), func(a *x509.Certificate) bool { return issued(a, child) }) {
				found = g
				return true
			}
		}
		return false
	})
	return found
}

// climb visits the chain from the leaf upwards until found says so: each certificate's
// issuer is looked for among what the device sent and among the verified CA certificates.
func (d *rules) climb(
	leaf *x509.Certificate, others []*x509.Certificate, found func(child *x509.Certificate) bool,
) bool {
	candidates := slices.Clone(others)
	for _, ca := range d.caCertificates {
		candidates = append(candidates, ca)
	}
	child := leaf
	for child != nil {
		if found(child) {
			return true
		}
		i := slices.IndexFunc(candidates, func(c *x509.Certificate) bool { return issued(c, child) })
		if i < 0 {
			return false
		}
		// A candidate is used once, so that a self-signed root ends the way.
		child = candidates[i]
		candidates = slices.Delete(candidates, i, i+1)
	}
	return false
}

// anchors are the certificates that an entry trusts as issuers.
func (d *rules) anchors(x *x509Attestation) []*x509.Certificate {
	var anchors []*x509.Certificate
	x.SigningCertificates.each(func(c *certificate) { anchors = append(anchors, c.parsed) })
	if x.CAReferences != nil {
		for _, name := range []string{x.CAReferences.Primary, x.CAReferences.Secondary} {
			if ca, known := d.caCertificates[name]; known {
				anchors = append(anchors, ca)
			}
		}
	}
	return anchors
}
