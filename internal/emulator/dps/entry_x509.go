// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// prepareX509 takes exactly the sources that fit the kind: client certificates or CA references for an individual
// enrollment, signing certificates or CA references for a group.
func (d *rules) prepareX509(k kind, given *x509Attestation, stored *attestation) (*attestation, *wire.Problem) {
	if given == nil {
		return nil, missingAttestation()
	}
	var old x509Attestation
	if stored != nil && stored.X509 != nil {
		old = *stored.X509
	}
	x := &x509Attestation{}
	own, foreign := given.ClientCertificates, given.SigningCertificates
	kept, stays := old.ClientCertificates, &x.ClientCertificates
	if k == kindGroup {
		own, foreign = foreign, own
		kept, stays = old.SigningCertificates, &x.SigningCertificates
	}
	if hasCertificate(foreign) {
		return nil, invalid("This kind of X.509 certificates does not fit the " + k.name() + ".")
	}
	if hasCertificate(own) {
		slots, p := prepareSlots(k, own, kept)
		*stays = slots
		return &attestation{Type: typeX509, X509: x}, p
	}
	refs := given.CAReferences
	if refs == nil || refs.Primary == "" && refs.Secondary == "" {
		return nil, missingAttestation()
	}
	for _, name := range []string{refs.Primary, refs.Secondary} {
		if _, known := d.caCertificates[name]; name != "" && !known {
			return nil, invalid("CA certificate not found.")
		}
	}
	x.CAReferences = refs
	return &attestation{Type: typeX509, X509: x}, nil
}

// hasCertificate treats slots without content as absent.
func hasCertificate(s *certificateSlots) bool {
	found := false
	s.each(func(c *certificate) { found = found || c.Certificate != "" || c.Info != nil })
	return found
}

func prepareSlots(k kind, given, stored *certificateSlots) (*certificateSlots, *wire.Problem) {
	if stored == nil {
		stored = &certificateSlots{}
	}
	primary, p := prepareSlot(k, given.Primary, stored.Primary, stored.Secondary)
	if p != nil {
		return nil, p
	}
	secondary, p := prepareSlot(k, given.Secondary, stored.Secondary, stored.Primary)
	if p != nil {
		return nil, p
	}
	return &certificateSlots{Primary: primary, Secondary: secondary}, nil
}

// prepareSlot fills one slot. Info without a certificate keeps what is stored (live
// tests of the Node SDK do that), found by its thumbprint in either slot.
func prepareSlot(k kind, given, own, other *certificate) (*certificate, *wire.Problem) {
	if given == nil || given.Certificate == "" && given.Info == nil {
		return nil, nil
	}
	if given.Certificate == "" {
		thumbprint := given.Info.SHA256Thumbprint
		if own != nil && (thumbprint == "" || strings.EqualFold(thumbprint, own.Info.SHA256Thumbprint)) {
			return own, nil
		}
		if other != nil && strings.EqualFold(thumbprint, other.Info.SHA256Thumbprint) {
			return other, nil
		}
		return nil, missingAttestation()
	}
	c, err := parseCertificate(given.Certificate)
	if err != nil {
		return nil, invalid("The certificate cannot be read.")
	}
	info := describeCertificate(c)
	slot := &certificate{Info: &info, der: c.Raw}
	if k == kindGroup {
		slot.parsed = c
	}
	return slot, nil
}
