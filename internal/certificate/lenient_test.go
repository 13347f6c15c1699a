// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

// whole and toBeSigned are a certificate in its parts (RFC 5280, 4.1).
type whole struct {
	TBS       toBeSigned
	Algorithm asn1.RawValue
	Signature asn1.BitString
}

type toBeSigned struct {
	Version    int `asn1:"optional,explicit,default:0,tag:0"`
	Serial     asn1.RawValue
	Algorithm  asn1.RawValue
	Issuer     asn1.RawValue
	Validity   asn1.RawValue
	Subject    asn1.RawValue
	PublicKey  asn1.RawValue
	Extensions asn1.RawValue `asn1:"optional,explicit,tag:3"`
}

// odd is the leaf with something that devices have and crypto/x509 refuses.
func odd(t testing.TB, change func(*toBeSigned)) (text string, der []byte) {
	t.Helper()
	block, _ := pem.Decode([]byte(testdata(t, "leaf.pem")))
	var leaf whole
	if _, err := asn1.Unmarshal(block.Bytes, &leaf); err != nil {
		t.Fatal(err)
	}
	change(&leaf.TBS)
	der, err := asn1.Marshal(leaf)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("CERTIFICATE", der), der
}

func element(tag int, content ...byte) []byte {
	return append([]byte{byte(tag), byte(len(content))}, content...)
}

func raw(der []byte) asn1.RawValue { return asn1.RawValue{FullBytes: der} }

// name is a distinguished name of one common name, as a string of some type.
func name(tag int, content ...byte) asn1.RawValue {
	part := element(0x30, append(element(0x06, 0x55, 0x04, 0x03), element(tag, content...)...)...)
	return raw(element(0x30, element(0x31, part...)...))
}

var negative = raw(element(0x02, 0x80))

func period(tag int, from, to string) asn1.RawValue {
	return raw(element(0x30, append(element(tag, []byte(from)...), element(tag, []byte(to)...)...)...))
}

func TestParse_readsWhatDevicesHaveAndGoRefuses(t *testing.T) {
	t.Parallel()
	usual := mustParse(t, testdata(t, "leaf.pem"))
	moment := func(year int) time.Time { return time.Date(year, 1, 2, 3, 4, 0, 0, time.UTC) }
	for title, test := range map[string]struct {
		change func(*toBeSigned)
		want   func(*certificate.Certificate)
	}{
		"negative serial number": {func(*toBeSigned) {}, func(*certificate.Certificate) {}},
		"underscore and at sign in a PrintableString": {
			func(c *toBeSigned) { c.Subject = name(0x13, []byte("pump_1@plant")...) },
			func(c *certificate.Certificate) { c.SubjectCommonName, c.Subject = "pump_1@plant", "CN=pump_1@plant" },
		},
		"raw bytes in a PrintableString": {
			func(c *toBeSigned) { c.Subject = name(0x13, 'm', 0xfc, 'd') },
			func(c *certificate.Certificate) { c.SubjectCommonName, c.Subject = "müd", "CN=müd" },
		},
		"BMPString of the issuer beside a subject that is refused": {
			func(c *toBeSigned) { c.Subject, c.Issuer = name(0x13, 'a', '_'), name(0x1e, 0, 'C', 0x20, 0xac) },
			func(c *certificate.Certificate) { c.SubjectCommonName, c.Subject, c.Issuer = "a_", "CN=a_", "CN=C€" },
		},
		"UTCTime without seconds": {
			func(c *toBeSigned) { c.Validity = period(0x17, "7001020304Z", "4901020304Z") },
			func(c *certificate.Certificate) { c.NotBefore, c.NotAfter = moment(1970), moment(2049) },
		},
		"UTCTime of a year that Go takes for a later one": {
			func(c *toBeSigned) { c.Validity = period(0x17, "510102030400Z", "4901020304Z") },
			func(c *certificate.Certificate) { c.NotBefore, c.NotAfter = moment(1951), moment(2049) },
		},
		"GeneralizedTime with another zone": {
			func(c *toBeSigned) { c.Validity = period(0x18, "20200102050400+0200", "20510102030400Z") },
			func(c *certificate.Certificate) { c.NotBefore, c.NotAfter = moment(2020), moment(2051) },
		},
		"address of five bytes": {
			func(c *toBeSigned) {
				san := element(0x30, element(0x87, 10, 0, 0, 1, 2)...)
				one := element(0x30, append(element(0x06, 0x55, 0x1d, 0x11), element(0x04, san...)...)...)
				c.Extensions = raw(element(0xa3, element(0x30, one...)...))
			},
			func(c *certificate.Certificate) { c.CA = false },
		},
		"brainpool key": {
			func(c *toBeSigned) {
				curve := element(0x06, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07)
				ec := element(0x06, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01)
				point := append([]byte{0, 4}, bytes.Repeat([]byte{7}, 64)...)
				c.PublicKey = raw(element(0x30, append(element(0x30, append(ec, curve...)...), element(0x03, point...)...)...))
			},
			func(*certificate.Certificate) {},
		},
		"CA": {
			func(c *toBeSigned) {
				one := element(0x30, append(element(0x06, 0x55, 0x1d, 0x13), element(0x04, 0x30, 3, 1, 1, 0xff)...)...)
				c.Extensions = raw(element(0xa3, element(0x30, one...)...))
			},
			func(c *certificate.Certificate) { c.CA = true },
		},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			text, der := odd(t, func(c *toBeSigned) {
				c.Serial = negative // What crypto/x509 has learned to read is read leniently as well.
				test.change(c)
			})
			if _, err := x509.ParseCertificate(der); err == nil {
				t.Fatal("crypto/x509 reads this by now, so that it proves nothing")
			}
			want, got := facts(usual), mustParse(t, text)
			want.SerialNumber = "80"
			want.ThumbprintSHA1, want.SelfSigned = got.ThumbprintSHA1, false
			sum := sha256.Sum256(der)
			want.ThumbprintSHA256 = strings.ToUpper(hex.EncodeToString(sum[:]))
			test.want(&want)
			if facts(got) != want {
				t.Errorf("read\n%+v, want\n%+v", facts(got), want)
			}
			if got.PEM() != text {
				t.Error("its PEM is another one")
			}
		})
	}
}

// Nothing is proven of what cannot be checked: it is not its own issuer, and whoever bears the issuer's name may be it.
func TestParse_provesNothingOfWhatGoRefuses(t *testing.T) {
	t.Parallel()
	text, _ := odd(t, func(c *toBeSigned) {
		c.Serial, c.Issuer = raw(element(0x02, 0x80)), c.Subject
	})
	own := mustParse(t, text)
	if own.SelfSigned {
		t.Error("it should not count as signed by itself, which nobody has checked")
	}
	if !own.IssuedBy(own) {
		t.Error("a certificate of the issuer's name should count as a possible issuer")
	}
	if other := mustParse(t, testdata(t, "root.pem")); own.IssuedBy(other) {
		t.Error("a certificate of another name should not")
	}
}

func TestParse_refusesWhatIsNoCertificateAtAll(t *testing.T) {
	t.Parallel()
	for title, change := range map[string]func(*toBeSigned){
		"serial number that is no number": func(c *toBeSigned) { c.Serial = raw(element(0x04, 1)) },
		"empty serial number":             func(c *toBeSigned) { c.Serial = raw(element(0x02)) },
		"name that is none":               func(c *toBeSigned) { c.Subject = raw(element(0x30, 0x31)) },
		"date that is none":               func(c *toBeSigned) { c.Validity = period(0x17, "tomorrow", "4901020304Z") },
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			text, _ := odd(t, change)
			if c, err := certificate.Parse(text); err == nil {
				t.Errorf("this should be refused: %+v", facts(c))
			}
		})
	}
}
