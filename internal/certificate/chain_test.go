// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate_test

import (
	"crypto/x509/pkix"
	"errors"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

func TestIssuedBy_asksForNameAndSignature(t *testing.T) {
	t.Parallel()
	root := template{subject: named("root"), isCA: true}.make(t)
	namesake := template{subject: named("root"), isCA: true}.make(t)
	other := template{subject: named("other"), isCA: true, ed25519: true}.make(t)
	undeclared := template{subject: named("undeclared"), issuer: &root}.make(t)
	tests := map[string]struct {
		child, issuer authority
		want          bool
	}{
		"issued by it":                 {template{subject: named("d"), issuer: &root}.make(t), root, true},
		"by a namesake":                {template{subject: named("d"), issuer: &namesake}.make(t), root, false},
		"by another":                   {template{subject: named("d"), issuer: &other}.make(t), root, false},
		"Ed25519":                      {template{subject: named("d"), issuer: &other}.make(t), other, true},
		"self-signed":                  {root, root, true},
		"issuer by its child":          {root, undeclared, false},
		"by one that declares no CA":   {template{subject: named("d"), issuer: &undeclared}.make(t), undeclared, true},
		"self-signed that is not a CA": {template{subject: named("d")}.make(t), root, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.child.IssuedBy(test.issuer.Certificate); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

// A device may bear the name of the CA that issued its certificate: names alone would make it self-signed.
func TestSelfSigned_asksForTheSignature(t *testing.T) {
	t.Parallel()
	namesake := template{subject: named("sensor-1"), isCA: true}.make(t)
	byNamesake := template{subject: named("sensor-1"), issuer: &namesake}.make(t)
	tests := map[string]struct {
		certificate certificate.Certificate
		want        bool
	}{
		"a root":                             {namesake.Certificate, true},
		"a device's, which is no CA":         {template{subject: named("sensor-1")}.make(t).Certificate, true},
		"Ed25519":                            {template{subject: named("sensor-1"), ed25519: true}.make(t).Certificate, true},
		"by a CA of the same name":           {byNamesake.Certificate, false},
		"by another":                         {template{subject: named("d"), issuer: &namesake}.make(t).Certificate, false},
		"SHA-1":                              {mustParse(t, testdata(t, "sha1.pem")), true},
		"a signature that cannot be checked": {mustParse(t, testdata(t, "md5.pem")), false},
		"nothing":                            {certificate.Certificate{}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.certificate.SelfSigned != test.want {
				t.Errorf("got %t", test.certificate.SelfSigned)
			}
		})
	}
}

func TestIssuedBy_acceptsTheRootOfOpenSSL(t *testing.T) {
	t.Parallel()
	leaf, root := mustParse(t, testdata(t, "leaf.pem")), mustParse(t, testdata(t, "root.pem"))
	if !leaf.IssuedBy(root) || root.IssuedBy(leaf) {
		t.Errorf("leaf by root %t, root by leaf %t", leaf.IssuedBy(root), root.IssuedBy(leaf))
	}
}

func TestCheckOrder_namesThePositionAtFault(t *testing.T) {
	t.Parallel()
	root := template{subject: named("root"), isCA: true}.make(t)
	upper := template{subject: named("upper"), isCA: true, issuer: &root}.make(t)
	lower := template{
		subject: pkix.Name{CommonName: "lower", Organization: []string{"o"}}, isCA: true, issuer: &upper,
	}.make(t)
	leaf := template{subject: named("leaf"), issuer: &lower}.make(t)
	alone := template{subject: named("alone")}.make(t)
	tests := map[string]struct {
		leaf     authority
		chain    []authority
		position int
		sentence string
	}{
		"empty":       {leaf, nil, 0, ""},
		"one":         {leaf, []authority{lower}, 0, ""},
		"up to root":  {leaf, []authority{lower, upper, root}, 0, ""},
		"self-signed": {alone, nil, 0, ""},
		"reversed": {
			leaf, []authority{root, upper, lower}, 1,
			"certificate 1 of the chain (CN=root) did not issue the device's certificate (CN=leaf)",
		},
		"gap": {
			leaf, []authority{lower, root}, 2,
			"certificate 2 of the chain (CN=root) did not issue certificate 1 (CN=lower, O=o)",
		},
		"first missing": {leaf, []authority{upper, root}, 1, "begins with the issuer"},
		"leaf first": {
			leaf, []authority{leaf, lower}, 1,
			"certificate 1 of the chain is the device's own certificate (CN=leaf)",
		},
		"leaf last":  {leaf, []authority{lower, upper, root, leaf}, 4, "device's own certificate"},
		"own root":   {alone, []authority{alone}, 1, "device's own certificate"},
		"root twice": {leaf, []authority{lower, upper, root, root}, 4, "second time"},
		"foreign":    {alone, []authority{lower}, 1, "did not issue"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var chain []certificate.Certificate
			for _, a := range test.chain {
				chain = append(chain, a.Certificate)
			}
			checkOrder(t, certificate.CheckOrder(test.leaf.Certificate, chain), test.position, test.sentence)
		})
	}
}

// checkOrder expects the fault at a position, or none at position 0.
func checkOrder(t *testing.T, err error, position int, sentence string) {
	t.Helper()
	if position == 0 {
		if err != nil {
			t.Error(err)
		}
		return
	}
	var fault *certificate.OrderError
	if !errors.As(err, &fault) {
		t.Fatalf("got %v", err)
	}
	repeated := strings.Contains(sentence, "device's own")
	if fault.Position != position || fault.LeafRepeated != repeated {
		t.Errorf("position %d, leaf repeated %t", fault.Position, fault.LeafRepeated)
	}
	if !strings.Contains(err.Error(), sentence) {
		t.Errorf("%q does not contain %q", err, sentence)
	}
}
