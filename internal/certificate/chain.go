// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate

import (
	"crypto/x509"
	"errors"
)

// IssuedBy tells whether issuer's name is the one that c gives as its issuer, and issuer's key made c's signature.
//
// Whether issuer declares itself a CA is not asked: home-made CAs often lack the declaration, the service is not
// documented to refuse them, and an issuer that is overlooked here would hide a way in. Likewise the name alone
// decides where the signature is of a kind that cannot be checked (MD5, DSA, what crypto/x509 does not read).
func (c Certificate) IssuedBy(issuer Certificate) bool {
	if c.der == "" || issuer.der == "" || !c.names(issuer) {
		return false
	}
	err := c.checkedBy(issuer)
	var insecure x509.InsecureAlgorithmError
	return err == nil || errors.Is(err, x509.ErrUnsupportedAlgorithm) || errors.As(err, &insecure)
}

// names tells whether issuer's name is the one that c gives as its issuer. Any CA may bear it.
func (c Certificate) names(issuer Certificate) bool {
	return c.rawIssuer == issuer.rawSubject || c.Issuer == issuer.Subject
}

// checkedBy verifies the signature of c with issuer's key. What makes a CA is not asked: a device that signs its own
// certificate is none.
func (c Certificate) checkedBy(issuer Certificate) error {
	if c.raw == nil || issuer.raw == nil {
		return x509.ErrUnsupportedAlgorithm
	}
	return issuer.raw.CheckSignature(c.raw.SignatureAlgorithm, c.raw.RawTBSCertificate, c.raw.Signature)
}

// CheckOrder tells whether the chain leads upwards from the leaf without a gap: its first certificate issued the
// leaf, and each further one issued the one before it. It need not reach a root. The error, if any, is an
// *OrderError naming the first position at fault.
func CheckOrder(leaf Certificate, chain []Certificate) error {
	below := leaf
	seen := make(map[string]bool, len(chain))
	for i, c := range chain {
		fault := OrderError{Position: i + 1, found: c.Subject, below: below.Subject}
		fault.LeafRepeated = c.ThumbprintSHA256 == leaf.ThumbprintSHA256
		fault.Repeated = seen[c.ThumbprintSHA256]
		if fault.LeafRepeated || fault.Repeated || !below.IssuedBy(c) {
			return &fault
		}
		seen[c.ThumbprintSHA256] = true
		below = c
	}
	return nil
}
