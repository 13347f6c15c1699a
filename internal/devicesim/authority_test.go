// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim_test

import (
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

func newRoot(t *testing.T) *devicesim.Authority {
	t.Helper()
	root, err := devicesim.NewAuthority("Root")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func newIntermediate(t *testing.T, above *devicesim.Authority, name string) *devicesim.Authority {
	t.Helper()
	a, err := above.Intermediate(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newLeaf(t *testing.T, a *devicesim.Authority, name string, o ...devicesim.Option) devicesim.Certificate {
	t.Helper()
	c, err := a.Device(name, o...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func names(t *testing.T, pemText string) []string {
	t.Helper()
	var found []string
	for rest := []byte(pemText); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return found
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, c.Subject.CommonName)
	}
}

func TestAuthority_deviceCertificateVerifiesAgainstItsRoot(t *testing.T) {
	t.Parallel()
	root := newRoot(t)
	lower := newIntermediate(t, newIntermediate(t, root, "Upper"), "Lower")
	leaf := newLeaf(t, lower, "sensor-1")

	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(root.PEM()))
	between.AppendCertsFromPEM([]byte(leaf.ChainPEM()))
	_, err := leaf.X509().Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCertifiedBy_leadsToEitherRoot(t *testing.T) {
	t.Parallel()
	first := newRoot(t)
	second, err := devicesim.NewAuthority("Second Root")
	if err != nil {
		t.Fatal(err)
	}
	factory := newIntermediate(t, first, "Factory")
	crossed, err := factory.CertifiedBy(second)
	if err != nil {
		t.Fatal(err)
	}
	leaf := newLeaf(t, factory, "sensor-1")
	for name, test := range map[string]struct {
		root   *devicesim.Authority
		leaf   devicesim.Certificate
		passes bool
	}{
		"its own chain, first root": {first, leaf, true}, "its own chain, second root": {second, leaf, false},
		"the other chain, second root": {second, leaf.Presenting(crossed), true},
		"the other chain, first root":  {first, leaf.Presenting(crossed), false},
	} {
		roots, between := x509.NewCertPool(), x509.NewCertPool()
		roots.AppendCertsFromPEM([]byte(test.root.PEM()))
		between.AppendCertsFromPEM([]byte(test.leaf.ChainPEM()))
		_, err := test.leaf.X509().Verify(x509.VerifyOptions{
			Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		})
		if passes := err == nil; passes != test.passes {
			t.Errorf("%s: %v", name, err)
		}
	}
	if names(t, leaf.ChainPEM())[0] != names(t, leaf.Presenting(crossed).ChainPEM())[0] {
		t.Error("both certificates of the factory should have its name")
	}
}

func TestRenewed_hasTheSameKeyAndName(t *testing.T) {
	t.Parallel()
	first, err := devicesim.SelfSigned("sensor-1")
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Renewed()
	if err != nil {
		t.Fatal(err)
	}
	if second.KeyPEM() != first.KeyPEM() || second.CommonName() != "sensor-1" {
		t.Error("key and name should stay")
	}
	if second.ThumbprintSHA256() == first.ThumbprintSHA256() {
		t.Error("it should be another certificate")
	}
}

func TestCertificate_chainIsNearestFirstWithoutTheRoot(t *testing.T) {
	t.Parallel()
	root := newRoot(t)
	leaf := newLeaf(t, newIntermediate(t, newIntermediate(t, root, "Upper"), "Lower"), "sensor-1")
	if got := strings.Join(names(t, leaf.ChainPEM()), ","); got != "Lower,Upper" {
		t.Errorf("chain %s, want Lower,Upper", got)
	}
	if got := strings.Join(names(t, leaf.PEM()), ","); got != "sensor-1" {
		t.Errorf("leaf %s, want sensor-1", got)
	}
	if got := len(leaf.TLS().Certificate); got != 3 {
		t.Errorf("%d certificates presented, want the leaf and two intermediates", got)
	}
	if got := len(leaf.WithoutIntermediates().TLS().Certificate); got != 1 {
		t.Errorf("%d certificates presented, want the leaf alone", got)
	}
	if got := newLeaf(t, root, "sensor-2").ChainPEM(); got != "" {
		t.Errorf("chain of a leaf below the root is %q, want none", got)
	}
}

func TestCertificate_keyBelongsToCertificate(t *testing.T) {
	t.Parallel()
	leaf := newLeaf(t, newRoot(t), "sensor-1")
	if _, err := tls.X509KeyPair([]byte(leaf.PEM()), []byte(leaf.KeyPEM())); err != nil {
		t.Error(err)
	}
}

func TestCertificate_thumbprintsAreUpperHex(t *testing.T) {
	t.Parallel()
	c, err := devicesim.SelfSigned("sensor-1")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum(c.X509().Raw)
	if want := strings.ToUpper(hex.EncodeToString(sum[:])); c.ThumbprintSHA1() != want {
		t.Errorf("SHA-1 %s, want %s", c.ThumbprintSHA1(), want)
	}
	if got := c.ThumbprintSHA256(); len(got) != 64 || got != strings.ToUpper(got) {
		t.Errorf("SHA-256 %s, want 64 upper hex digits", got)
	}
}

func TestOptions_changeSubjectAndValidity(t *testing.T) {
	t.Parallel()
	from, to := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	c := newLeaf(t, newRoot(t), "sensor-1", devicesim.Valid(from, to), devicesim.Organization("Thale"),
		devicesim.OrganizationalUnit("Plant"), devicesim.Country("DE")).X509()
	if got := c.Subject.String(); got != "CN=sensor-1,OU=Plant,O=Thale,C=DE" {
		t.Errorf("subject %s", got)
	}
	if !c.NotBefore.Equal(from) || !c.NotAfter.Equal(to) {
		t.Errorf("valid %s to %s, want %s to %s", c.NotBefore, c.NotAfter, from, to)
	}
}

func TestFormat_showsNoKey(t *testing.T) {
	t.Parallel()
	leaf := newLeaf(t, newRoot(t), "sensor-1")
	tpm, err := devicesim.NewSoftwareTPM()
	if err != nil {
		t.Fatal(err)
	}
	const key = "c2VjcmV0LXNlY3JldC1zZWNyZXQ="
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		got := fmt.Sprintf(strings.Repeat(verb+" ", 5), leaf, devicesim.X509(leaf), tpm, devicesim.SymmetricKey(key),
			devicesim.TPM(tpm))
		want := fmt.Sprintf("certificate CN=sensor-1 (sha256:%s) credential (X.509 certificate) software TPM "+
			"credential (symmetric key) credential (TPM) ", leaf.ThumbprintSHA256())
		if got != want {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
