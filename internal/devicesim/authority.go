// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

const (
	authorityLifetime = 10 * 365 * 24 * time.Hour
	deviceLifetime    = 365 * 24 * time.Hour
	// clockSkew keeps a fresh certificate valid for a peer whose clock is a little behind.
	clockSkew = time.Hour
)

// Authority is a certificate authority with its private key: a root, or an intermediate below one.
type Authority struct {
	certificate Certificate
}

// Option changes what a certificate says. Without any, a certificate has its common name as whole subject, is
// valid from an hour ago, and for ten years (authorities) or one year (devices).
type Option func(*x509.Certificate)

// Valid sets the validity period, which may lie in the past.
func Valid(notBefore, notAfter time.Time) Option {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = notBefore, notAfter }
}

// Organization adds O attributes to the subject.
func Organization(names ...string) Option {
	return func(c *x509.Certificate) { c.Subject.Organization = append(c.Subject.Organization, names...) }
}

// OrganizationalUnit adds OU attributes to the subject.
func OrganizationalUnit(names ...string) Option {
	return func(c *x509.Certificate) {
		c.Subject.OrganizationalUnit = append(c.Subject.OrganizationalUnit, names...)
	}
}

// Country adds C attributes to the subject.
func Country(codes ...string) Option {
	return func(c *x509.Certificate) { c.Subject.Country = append(c.Subject.Country, codes...) }
}

// NewAuthority makes a self-signed root with a new ECDSA P-256 key.
func NewAuthority(commonName string, o ...Option) (*Authority, error) {
	c, err := issue(nil, authorityTemplate(commonName), o)
	if err != nil {
		return nil, fmt.Errorf("make root %q: %w", commonName, err)
	}
	return &Authority{certificate: c}, nil
}

// Intermediate makes an authority below this one.
func (a *Authority) Intermediate(commonName string, o ...Option) (*Authority, error) {
	c, err := issue(&a.certificate, authorityTemplate(commonName), o)
	if err != nil {
		return nil, fmt.Errorf("make intermediate %q: %w", commonName, err)
	}
	return &Authority{certificate: c}, nil
}

// CertifiedBy makes another certificate of the same authority, with its name and its key, by another issuer. What
// either signs, both are above: whoever holds a certificate chooses which of them to present.
func (a *Authority) CertifiedBy(issuer *Authority, o ...Option) (*Authority, error) {
	t := authorityTemplate("")
	t.Subject = a.certificate.leaf.Subject
	c, err := certify(a.certificate.key, &issuer.certificate, t, o)
	if err != nil {
		return nil, fmt.Errorf("cross-sign %q: %w", a.certificate.CommonName(), err)
	}
	return &Authority{certificate: c}, nil
}

// Device makes a client certificate for a device. Its common name is the device's registration ID towards DPS.
func (a *Authority) Device(commonName string, o ...Option) (Certificate, error) {
	c, err := issue(&a.certificate, deviceTemplate(commonName), o)
	if err != nil {
		return Certificate{}, fmt.Errorf("make device certificate %q: %w", commonName, err)
	}
	return c, nil
}

// SelfSigned makes a client certificate that no authority has signed. Only an individual enrollment can admit it.
func SelfSigned(commonName string, o ...Option) (Certificate, error) {
	c, err := issue(nil, deviceTemplate(commonName), o)
	if err != nil {
		return Certificate{}, fmt.Errorf("make self-signed certificate %q: %w", commonName, err)
	}
	return c, nil
}

// Renewed makes another certificate of the same common name and key, signed by that key.
func (c Certificate) Renewed(o ...Option) (Certificate, error) {
	renewed, err := certify(c.key, nil, deviceTemplate(c.CommonName()), o)
	if err != nil {
		return Certificate{}, fmt.Errorf("renew %q: %w", c.CommonName(), err)
	}
	return renewed, nil
}

// Certificate returns the authority's own certificate.
func (a *Authority) Certificate() Certificate { return a.certificate }

// PEM returns the authority's certificate as one PEM block.
func (a *Authority) PEM() string { return a.certificate.PEM() }

func authorityTemplate(commonName string) *x509.Certificate {
	t := template(commonName, authorityLifetime)
	t.IsCA = true
	t.BasicConstraintsValid = true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
	return t
}

func deviceTemplate(commonName string) *x509.Certificate {
	t := template(commonName, deviceLifetime)
	t.BasicConstraintsValid = true
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return t
}

func template(commonName string, lifetime time.Duration) *x509.Certificate {
	now := time.Now().UTC().Truncate(time.Second)
	return &x509.Certificate{
		Subject:   pkix.Name{CommonName: commonName},
		NotBefore: now.Add(-clockSkew),
		NotAfter:  now.Add(lifetime),
	}
}

// issue makes a new key and a certificate for it.
func issue(issuer *Certificate, t *x509.Certificate, o []Option) (Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, err
	}
	return certify(key, issuer, t, o)
}

// certify signs the template for a key with the issuer's, or with the key itself when issuer is nil.
func certify(key crypto.Signer, issuer *Certificate, t *x509.Certificate, o []Option) (Certificate, error) {
	for _, option := range o {
		option(t)
	}
	var err error
	if t.SerialNumber, err = serialNumber(); err != nil {
		return Certificate{}, err
	}
	parent, signer := t, key
	if issuer != nil {
		parent, signer = issuer.leaf, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, key.Public(), signer)
	if err != nil {
		return Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return Certificate{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Certificate{}, err
	}
	return Certificate{leaf: leaf, key: key, keyDER: keyDER, intermediates: chainBelow(issuer)}, nil
}

// chainBelow lists what a holder of a certificate by this issuer sends along: the issuer and what is above it,
// without the root, which the service has to know already.
func chainBelow(issuer *Certificate) []*x509.Certificate {
	if issuer == nil || issuer.selfSigned() {
		return nil
	}
	return append([]*x509.Certificate{issuer.leaf}, issuer.intermediates...)
}

func serialNumber() (*big.Int, error) {
	limit := new(big.Int).Lsh(big.NewInt(1), 126)
	n, err := rand.Int(rand.Reader, limit)
	if err != nil {
		return nil, err
	}
	return n.Add(n, big.NewInt(1)), nil
}
