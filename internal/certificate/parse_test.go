// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

// refused is a text that is not a certificate, and why.
type refused struct {
	text     string
	problem  certificate.Problem
	position int
	sentence string
}

func refusedTexts(t testing.TB) map[string]refused {
	t.Helper()
	leaf, root := testdata(t, "leaf.pem"), testdata(t, "root.pem")
	key := privateKeys(t)
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key.signer)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(leaf))
	longer := append(bytes.Clone(block.Bytes), 0)
	damaged := strings.Replace(leaf, "\nMII", "\nM!I", 1)
	const isKey = "this is a private key, or contains one; never put it here"
	return map[string]refused{
		"empty":         {"", certificate.Empty, 0, "is empty"},
		"white space":   {" \r\n\t\ufeff", certificate.Empty, 0, "is empty"},
		"blank lines":   {" \r\n\t\n", certificate.Empty, 0, "is empty"},
		"prose":         {"see attachment", certificate.NoPEM, 0, "no PEM block"},
		"base64 prose":  {base64.StdEncoding.EncodeToString([]byte("hello")), certificate.NoPEM, 0, "no PEM block"},
		"only END":      {"-----END CERTIFICATE-----", certificate.NoPEM, 0, "no PEM block"},
		"no armour":     {base64.StdEncoding.EncodeToString(block.Bytes), certificate.NoArmour, 0, "BEGIN CERTIFICATE"},
		"PKCS 8 key":    {pemOf("PRIVATE KEY", key.pkcs8), certificate.PrivateKey, 0, isKey},
		"SEC 1 key":     {pemOf("EC PRIVATE KEY", key.sec1), certificate.PrivateKey, 0, isKey},
		"encrypted key": {pemOf("ENCRYPTED PRIVATE KEY", key.pkcs8), certificate.PrivateKey, 0, isKey},
		"key in base64": {base64.StdEncoding.EncodeToString(key.pkcs8), certificate.PrivateKey, 0, isKey},
		"SEC 1 base64":  {base64.StdEncoding.EncodeToString(key.sec1), certificate.PrivateKey, 0, isKey},
		"key after":     {leaf + pemOf("PRIVATE KEY", key.pkcs8), certificate.PrivateKey, 0, isKey},
		"key before":    {pemOf("EC PRIVATE KEY", key.sec1) + leaf, certificate.PrivateKey, 0, isKey},
		"key within a line": {
			`{"key": "` + strings.ReplaceAll(pemOf("PRIVATE KEY", key.pkcs8), "\n", `\n`) + `"}` + "\n" + leaf,
			certificate.PrivateKey, 0, isKey,
		},
		"damaged key": {"-----BEGIN RSA PRIVATE KEY-----\nnonsense", certificate.PrivateKey, 0, isKey},
		"request": {
			pemOf("CERTIFICATE REQUEST", request), certificate.CertificateRequest, 0, "signing request",
		},
		"old request": {
			pemOf("NEW CERTIFICATE REQUEST", request), certificate.CertificateRequest, 0, "signing request",
		},
		"public key":        {pemOf("PUBLIC KEY", block.Bytes), certificate.OtherBlock, 1, "PEM block 1 is not"},
		"parameters after":  {leaf + pemOf("EC PARAMETERS", nil), certificate.OtherBlock, 2, "PEM block 2 is not"},
		"not DER":           {pemOf("CERTIFICATE", []byte("hello")), certificate.Undecodable, 1, "does not hold an X.509"},
		"cut short":         {pemOf("CERTIFICATE", block.Bytes[:99]), certificate.Undecodable, 1, "does not hold an X.509"},
		"more behind":       {pemOf("CERTIFICATE", longer), certificate.Undecodable, 1, "does not hold an X.509"},
		"damaged base64":    {damaged, certificate.Undecodable, 1, "cannot be decoded"},
		"damaged, then one": {damaged + root, certificate.Undecodable, 1, "PEM block 1 cannot be decoded"},
		"one, then damaged": {root + damaged, certificate.Undecodable, 2, "PEM block 2 cannot be decoded"},
		"no END":            {leaf[:len(leaf)/2], certificate.Undecodable, 1, "END line is missing"},
		"joined lines":      {strings.ReplaceAll(leaf, "\n", " "), certificate.Undecodable, 1, "joined"},
		"literal backslash": {strings.ReplaceAll(leaf, "\n", `\n`), certificate.Undecodable, 1, "joined"},
	}
}

func TestParse_saysWhatATextIsInstead(t *testing.T) {
	t.Parallel()
	for name, want := range refusedTexts(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, single := certificate.Parse(want.text)
			_, chain := certificate.ParseChain(want.text)
			for _, err := range []error{single, chain} {
				var problem *certificate.ParseError
				if !errors.As(err, &problem) {
					t.Fatalf("got %v, want a ParseError", err)
				}
				if problem.Problem != want.problem || problem.Position != want.position {
					t.Errorf("got %s at %d, want %s at %d", problem.Problem, problem.Position, want.problem, want.position)
				}
				if !strings.Contains(err.Error(), want.sentence) {
					t.Errorf("%q does not contain %q", err, want.sentence)
				}
			}
		})
	}
}

func TestParseError_neverRepeatsTheText(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`[A-Za-z0-9+/=]{12,}`)
	for name, refused := range refusedTexts(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := certificate.Parse(refused.text)
			for _, secret := range word.FindAllString(refused.text, -1) {
				if secret != "certificates" && strings.Contains(err.Error(), secret) {
					t.Errorf("%q repeats %q", err, secret)
				}
			}
		})
	}
}

func TestParse_ofSeveralCertificates_countsThem(t *testing.T) {
	t.Parallel()
	text := testdata(t, "leaf.pem") + testdata(t, "root.pem")
	_, err := certificate.Parse(text)
	var problem *certificate.ParseError
	if !errors.As(err, &problem) || problem.Problem != certificate.SeveralCertificates {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "there are 2 certificates") {
		t.Errorf("the sentence is %q", err)
	}
}

func TestParseError_unwrapsTheDecodersError(t *testing.T) {
	t.Parallel()
	_, err := certificate.Parse(pemOf("CERTIFICATE", []byte("hello")))
	if cause := errors.Unwrap(err); cause == nil || !strings.Contains(err.Error(), cause.Error()) {
		t.Errorf("%v has the cause %v", err, cause)
	}
	_, err = certificate.Parse("")
	if cause := errors.Unwrap(err); cause != nil {
		t.Errorf("%v has the cause %v", err, cause)
	}
}

func TestParseChain_keepsTheOrderOfTheText(t *testing.T) {
	t.Parallel()
	leaf, root := testdata(t, "leaf.pem"), testdata(t, "root.pem")
	chain, err := certificate.ParseChain("# chain\n" + leaf + "\n\nand the root\n" + root + leaf)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range chain {
		got = append(got, c.SubjectCommonName)
	}
	if want := "sn-007-leaf,Contoso Device Root,sn-007-leaf"; strings.Join(got, ",") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{"leaf.pem", "root.pem", "ed25519.pem"} {
		for _, text := range formsOf(testdata(f, file)) {
			f.Add(text)
		}
	}
	for _, refused := range refusedTexts(f) {
		f.Add(refused.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := certificate.Parse(text)
		chain, chainErr := certificate.ParseChain(text)
		if err != nil {
			var problem *certificate.ParseError
			if !errors.As(err, &problem) || err.Error() == "" {
				t.Fatalf("not a ParseError: %v", err)
			}
			if (chainErr == nil) != (problem.Problem == certificate.SeveralCertificates) {
				t.Fatalf("%v, but as a chain %v", err, chainErr)
			}
			return
		}
		if chainErr != nil || len(chain) != 1 || facts(chain[0]) != facts(c) {
			t.Fatalf("as a chain: %v, %v", chain, chainErr)
		}
		again := mustParse(t, c.PEM())
		if facts(again) != facts(c) || again.PEM() != c.PEM() {
			t.Fatalf("%+v became %+v", c, again)
		}
		if !certificate.Same(text, c.PEM()) || !certificate.Same(text, certificate.ThumbprintPrefix+c.ThumbprintSHA256) {
			t.Fatal("not the same as itself")
		}
		if c.SelfSigned && !c.IssuedBy(c) {
			t.Fatal("self-signed, but not issued by itself")
		}
	})
}

func FuzzParseChain(f *testing.F) {
	leaf, root := testdata(f, "leaf.pem"), testdata(f, "root.pem")
	f.Add(leaf + root)
	f.Add("x\n" + root + "y\n" + root)
	f.Add(leaf + "-----BEGIN CERTIFICATE-----\n" + root)
	f.Fuzz(func(t *testing.T, text string) {
		chain, err := certificate.ParseChain(text)
		if err != nil {
			return
		}
		var canonical strings.Builder
		for _, c := range chain {
			canonical.WriteString(c.PEM())
		}
		again, err := certificate.ParseChain(canonical.String())
		if err != nil || len(again) != len(chain) {
			t.Fatalf("%d certificates became %d: %v", len(chain), len(again), err)
		}
		if !certificate.SameChain(text, canonical.String()) {
			t.Fatal("not the same as itself")
		}
		if certificate.CheckOrder(chain[0], chain) == nil {
			t.Fatal("a leaf in its own chain was accepted")
		}
	})
}

type keys struct {
	signer      *ecdsa.PrivateKey
	pkcs8, sec1 []byte
}

func privateKeys(t testing.TB) keys {
	t.Helper()
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(signer)
	if err != nil {
		t.Fatal(err)
	}
	return keys{signer: signer, pkcs8: pkcs8, sec1: sec1}
}

// Files that were joined have byte order marks and spaces without width amid the text. No certificate is passed over
// for them, and none that begins within a line.
func TestParseChain_ofJoinedFilesHasEveryCertificate(t *testing.T) {
	t.Parallel()
	leaf, root := testdata(t, "leaf.pem"), testdata(t, "root.pem")
	for name, between := range map[string]string{
		"byte order mark": "\ufeff", "space without width": "\u200b", "both, indented": "  \ufeff\u200b\t", "nothing": "",
	} {
		if chain, err := certificate.ParseChain("\ufeff" + leaf + between + root); err != nil || len(chain) != 2 {
			t.Errorf("%s: %d certificates, %v", name, len(chain), err)
		}
	}
	if chain, err := certificate.ParseChain(leaf + "root: " + root); err == nil {
		t.Errorf("a certificate within a line is passed over: %d are left", len(chain))
	}
}

func TestParse_refusesWhateverAnnouncesAPrivateKey(t *testing.T) {
	t.Parallel()
	leaf := testdata(t, "leaf.pem")
	for _, key := range []string{
		"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nAAAA\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n",
		"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nAAAA\n",
		"note: -----begin ec private key-----\nAAAA\n",
	} {
		var problem *certificate.ParseError
		if _, err := certificate.Parse(leaf + key); !errors.As(err, &problem) || problem.Problem != certificate.PrivateKey {
			t.Errorf("%.40q: %v", key, err)
		}
	}
}
