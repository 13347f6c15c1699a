// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

func TestParse_agreesWithOpenSSL(t *testing.T) {
	t.Parallel()
	for file, want := range printedByOpenSSL() {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			got := mustParse(t, testdata(t, file))
			if got, want := facts(got), facts(want); got != want {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
		})
	}
}

// printedByOpenSSL are the facts of the files in testdata; the names are in .NET's wording.
func printedByOpenSSL() map[string]certificate.Certificate {
	made := time.Date(2026, 11, 23, 0, 33, 0, 0, time.UTC)
	tenYears := time.Date(2036, 11, 20, 0, 33, 0, 0, time.UTC)
	root := "CN=Contoso Device Root, O=\"Contoso, Ltd.\", S=Washington, C=US"
	leaf := "CN=sn-007-leaf, T=\"x=y\", E=ops@example.com, SERIALNUMBER=SN-007 + OU=line 7, " +
		"O=Müller & Söhne, DC=example"
	return map[string]certificate.Certificate{
		"root.pem": {
			SubjectCommonName: "Contoso Device Root", Subject: root, Issuer: root,
			SerialNumber:     "00B5A0C1D2E3F4051627384950",
			ThumbprintSHA1:   "EE7DCB67A7CB49C320366C2EFE686B7590B7039E",
			ThumbprintSHA256: "0E4AF502F93CCFB8F249D55DF33131263213E274FDBD0C41A7D3FF21CE15DB6C",
			NotBefore:        made, NotAfter: time.Date(2046, 11, 18, 0, 33, 0, 0, time.UTC),
			SelfSigned: true, CA: true,
		},
		"leaf.pem": {
			SubjectCommonName: "sn-007-leaf", Subject: leaf, Issuer: root,
			SerialNumber:     "0ABC",
			ThumbprintSHA1:   "93CFC022C109BFE026D7D95DADBC50AE6DC78F77",
			ThumbprintSHA256: "4B146E99F2A05DDBBD04FE5A99D3F098D5B8EC0A82DD2CA515B4B9B1D802A5AF",
			NotBefore:        made, NotAfter: tenYears,
		},
		"zero.pem": {
			SubjectCommonName: "sn-007-leaf", Subject: leaf, Issuer: root,
			SerialNumber:     "00",
			ThumbprintSHA1:   "55867B7AC59EBB1CB25CE66365A9D7A48168065B",
			ThumbprintSHA256: "1F2BAC970B648E0967F6A5A2B2BA96A7200DA78BA69456D83B17BB143D58F31E",
			NotBefore:        made, NotAfter: tenYears,
		},
		"ed25519.pem": {
			SubjectCommonName: "ed-device", Subject: "CN=ed-device", Issuer: "CN=ed-device",
			SerialNumber:     "01",
			ThumbprintSHA1:   "AD3F6985C0B8D77B9C38F02D0DCD7A5192FF13E5",
			ThumbprintSHA256: "16410A8C9FA87100F87C38C97D20230F71A7108E1B168925B443A06CC1D475A8",
			NotBefore:        made, NotAfter: tenYears, SelfSigned: true, CA: true,
		},
		"sha1.pem": {
			SubjectCommonName: "old-device", Subject: "CN=old-device", Issuer: "CN=old-device",
			SerialNumber:     "7F",
			ThumbprintSHA1:   "588BD756247CBE615F2FADEE814FAFAEB33CB7FC",
			ThumbprintSHA256: "094F1326184945A7C9C7AC3F60751A8A708A2EC978DCBAE07DEF08F7A14B43F0",
			NotBefore:        made, NotAfter: tenYears, SelfSigned: true, CA: true,
		},
		// Its signature is of a kind that nobody checks any more, so that it is not known whose it is.
		"md5.pem": {
			SubjectCommonName: "older-device", Subject: "CN=older-device", Issuer: "CN=older-device",
			SerialNumber:     "0080",
			ThumbprintSHA1:   "509D6DD223A5FAF902F4DCED3F4C1A496D8E08A6",
			ThumbprintSHA256: "327E0D2F900C6A1B48532C9FC83DE1F0797C532519E143904759204B0D3F338A",
			NotBefore:        made, NotAfter: tenYears, CA: true,
		},
	}
}

// facts makes certificates comparable: without what is not exported.
func facts(c certificate.Certificate) certificate.Certificate {
	return certificate.Certificate{
		SubjectCommonName: c.SubjectCommonName, Subject: c.Subject, Issuer: c.Issuer, SerialNumber: c.SerialNumber,
		ThumbprintSHA1: c.ThumbprintSHA1, ThumbprintSHA256: c.ThumbprintSHA256,
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, SelfSigned: c.SelfSigned, CA: c.CA,
	}
}

func TestParse_serialNumberHasWholeBytes(t *testing.T) {
	t.Parallel()
	tests := map[string]*big.Int{
		"01":                   big.NewInt(1),
		"0F00":                 big.NewInt(0x0f00),
		"7FFF":                 big.NewInt(0x7fff),
		"0080":                 big.NewInt(0x80),
		"00FFFFFFFFFFFFFFFFFF": new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 72), big.NewInt(1)),
	}
	for want, serial := range tests {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := (template{subject: named("d"), serial: serial}).make(t); got.SerialNumber != want {
				t.Errorf("got %s, want %s", got.SerialNumber, want)
			}
		})
	}
}

func TestParse_wordsNamesAsDotNetDoes(t *testing.T) {
	t.Parallel()
	tests := map[string]pkix.Name{
		`CN="a, b"`:      named("a, b"),
		`CN="say ""x"""`: named(`say "x"`),
		`CN=" padded "`:  named(" padded "),
		`CN="#1"`:        named("#1"),
		`CN=back\slash`:  named(`back\slash`),
		`CN=d, OU=u, O=o, STREET=st, L=l, S=s, C=DE`: {
			CommonName: "d", Country: []string{"DE"}, Organization: []string{"o"}, OrganizationalUnit: []string{"u"},
			Locality: []string{"l"}, Province: []string{"s"}, StreetAddress: []string{"st"},
		},
		`OID.1.2.3.4=x, SN=doe, G=jane, I=jd, CN=d`: {ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "d"},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 43}, Value: "jd"},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 42}, Value: "jane"},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 4}, Value: "doe"},
			{Type: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: "x"},
		}},
		``: {},
	}
	for want, subject := range tests {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			got := template{subject: subject}.make(t)
			if got.Subject != want || got.Issuer != want {
				t.Errorf("subject %s, issuer %s, want %s", got.Subject, got.Issuer, want)
			}
		})
	}
}

func TestPEM_isTheSameForEveryFormOfTheText(t *testing.T) {
	t.Parallel()
	canonical := testdata(t, "leaf.pem")
	for name, text := range formsOf(canonical) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := mustParse(t, text).PEM(); got != canonical {
				t.Errorf("got\n%s\nwant\n%s", got, canonical)
			}
			if !certificate.Same(text, canonical) || !certificate.SameChain(text, canonical) {
				t.Error("not recognised as the same certificate")
			}
		})
	}
}

// formsOf lists texts that differ from a PEM text only in what has no meaning.
func formsOf(canonical string) map[string]string {
	base64 := strings.Join(strings.Split(canonical, "\n")[1:], "")
	base64, _, _ = strings.Cut(base64, "-----")
	return map[string]string{
		"as it is":             canonical,
		"CRLF":                 strings.ReplaceAll(canonical, "\n", "\r\n"),
		"CR":                   strings.ReplaceAll(canonical, "\n", "\r"),
		"no last line end":     strings.TrimSpace(canonical),
		"space around":         "\n\n \t" + canonical + "\n  \n",
		"byte order mark":      "\ufeff" + canonical,
		"text around":          "subject=CN = leaf\nissuer=CN = root\n" + canonical + "that was it\n",
		"indented":             "    " + strings.ReplaceAll(canonical, "\n", "\n    "),
		"trailing space":       strings.ReplaceAll(canonical, "\n", " \t\n"),
		"base64 in one line":   "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----",
		"blank lines in it":    strings.ReplaceAll(canonical, "\n", "\n\n"),
		"PEM header":           strings.Replace(canonical, "-----\n", "-----\nProc-Note: x\n\n", 1),
		"lines of odd lengths": strings.Replace(canonical, base64[:10], base64[:10]+"\n", 1),
	}
}

func TestZeroCertificate_isNone(t *testing.T) {
	t.Parallel()
	var zero certificate.Certificate
	if zero.PEM() != "" {
		t.Error("the zero value has a PEM")
	}
	leaf := mustParse(t, testdata(t, "leaf.pem"))
	if zero.IssuedBy(zero) || zero.IssuedBy(leaf) || leaf.IssuedBy(zero) {
		t.Error("the zero value is an issuer or was issued")
	}
	if certificate.CheckOrder(zero, []certificate.Certificate{zero}) == nil {
		t.Error("a chain of zero values is in order")
	}
}
