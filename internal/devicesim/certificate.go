// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"bytes"
	"crypto"
	"crypto/sha1" // Azure names certificates by SHA-1 thumbprint too; nothing is secured by it.
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
)

// Certificate is a certificate with its private key and the intermediates that lead towards its root.
type Certificate struct {
	leaf          *x509.Certificate
	key           crypto.Signer
	keyDER        []byte // PKCS #8
	intermediates []*x509.Certificate
}

// CommonName returns the subject's common name.
func (c Certificate) CommonName() string { return c.leaf.Subject.CommonName }

// PEM returns the certificate itself as one PEM block.
func (c Certificate) PEM() string { return certificatePEM(c.leaf) }

// ChainPEM returns the intermediates, nearest first, without the root; "" when there are none.
func (c Certificate) ChainPEM() string {
	var b strings.Builder
	for _, i := range c.intermediates {
		b.WriteString(certificatePEM(i))
	}
	return b.String()
}

// KeyPEM returns the private key as one PKCS #8 PEM block. It is a secret.
func (c Certificate) KeyPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: c.keyDER}))
}

// TLS returns what the holder presents in a handshake: the certificate, then its intermediates.
func (c Certificate) TLS() tls.Certificate {
	t := tls.Certificate{Certificate: [][]byte{c.leaf.Raw}, PrivateKey: c.key, Leaf: c.leaf}
	for _, i := range c.intermediates {
		t.Certificate = append(t.Certificate, i.Raw)
	}
	return t
}

// WithoutIntermediates returns the same certificate presented alone, as a badly configured device does.
func (c Certificate) WithoutIntermediates() Certificate {
	c.intermediates = nil
	return c
}

// Presenting returns the same certificate with other certificates sent along: those of the given authorities, in their
// order, whether or not they lead anywhere. A holder chooses that freely.
func (c Certificate) Presenting(above ...*Authority) Certificate {
	c.intermediates = nil
	for _, a := range above {
		c.intermediates = append(c.intermediates, a.certificate.leaf)
	}
	return c
}

// ThumbprintSHA1 returns the SHA-1 thumbprint in upper-case hex.
func (c Certificate) ThumbprintSHA1() string {
	sum := sha1.Sum(c.leaf.Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// ThumbprintSHA256 returns the SHA-256 thumbprint in upper-case hex.
func (c Certificate) ThumbprintSHA256() string {
	sum := sha256.Sum256(c.leaf.Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// X509 returns the parsed certificate, for checks; it must not be changed.
func (c Certificate) X509() *x509.Certificate { return c.leaf }

// Format prints the name and the thumbprint whatever the verb is, so that no private key ends in a log.
func (c Certificate) Format(f fmt.State, _ rune) {
	if c.leaf == nil {
		_, _ = fmt.Fprint(f, "no certificate")
		return
	}
	_, _ = fmt.Fprintf(f, "certificate %s (sha256:%s)", c.leaf.Subject, c.ThumbprintSHA256())
}

func (c Certificate) selfSigned() bool {
	return bytes.Equal(c.leaf.RawIssuer, c.leaf.RawSubject) && c.leaf.CheckSignature(
		c.leaf.SignatureAlgorithm, c.leaf.RawTBSCertificate, c.leaf.Signature) == nil
}

func certificatePEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}
