// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

// authority is a certificate of a test together with its key.
type authority struct {
	certificate.Certificate

	raw *x509.Certificate
	key crypto.Signer
}

// template is a certificate to be made. Without an issuer it signs itself.
type template struct {
	subject pkix.Name
	serial  *big.Int
	issuer  *authority
	isCA    bool
	ed25519 bool
}

func (m template) make(t *testing.T) authority {
	t.Helper()
	raw := &x509.Certificate{
		Subject:               m.subject,
		SerialNumber:          m.serial,
		NotBefore:             time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
		NotAfter:              time.Date(2034, 1, 2, 3, 4, 5, 0, time.UTC),
		BasicConstraintsValid: m.isCA,
		IsCA:                  m.isCA,
	}
	if raw.SerialNumber == nil {
		raw.SerialNumber = big.NewInt(1)
	}
	key := newKey(t, m.ed25519)
	parent, signer := raw, key
	if m.issuer != nil {
		parent, signer = m.issuer.raw, m.issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, raw, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	read := mustParse(t, pemOf("CERTIFICATE", der))
	raw, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{Certificate: read, raw: raw, key: key}
}

func newKey(t *testing.T, edwards bool) crypto.Signer {
	t.Helper()
	if edwards {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func named(commonName string) pkix.Name { return pkix.Name{CommonName: commonName} }

func pemOf(blockType string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: der}))
}

func mustParse(t *testing.T, text string) certificate.Certificate {
	t.Helper()
	c, err := certificate.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
