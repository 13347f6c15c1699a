// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func TestSameName_ignoresWhatHasNoMeaning(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ a, b string }{
		"equal":                {"CN=a", "CN=a"},
		"order":                {"CN=a, O=b", "O=b, CN=a"},
		"space":                {"CN=a, O=b", " CN = a ,O=  b "},
		"inner space":          {"CN=a  b", "CN=a b"},
		"case of the value":    {"CN=My Device", "CN=my dEVICE"},
		"case of the type":     {"CN=a", "cn=a"},
		"case outside ASCII":   {"CN=MÜLLER", "CN=müller"},
		"semicolons":           {"CN=a; O=b", "CN=a, O=b"},
		"several in one part":  {"CN=a + SERIALNUMBER=1, O=b", "SERIALNUMBER=1+CN=a,O=b"},
		"state":                {"S=WA", "ST=WA"},
		"e-mail":               {"E=a@b", "emailAddress=a@b"},
		"e-mail in Go":         {"E=a@b", "1.2.840.113549.1.9.1=#0c03614062"},
		"serial number":        {"SERIALNUMBER=1", "OID.2.5.4.5=1"},
		"serial number in Go":  {"SERIALNUMBER=1", "2.5.4.5=#130131"},
		"domain":               {"DC=example", "0.9.2342.19200300.100.1.25=#16076578616d706c65"},
		"unknown type":         {"OID.1.2.3=x", "1.2.3=x"},
		"quotation":            {`O="Contoso, Ltd."`, `O=Contoso\, Ltd.`},
		"quotation without":    {`O="Contoso"`, `O=Contoso`},
		"comma left alone":     {`CN=a, O=Contoso, Ltd.`, `CN=a, O="Contoso, Ltd."`},
		"plus left alone":      {`CN=a+b`, `CN=a\+b`},
		"quotation marks":      {`CN="say ""x"""`, `CN=say \"x\"`},
		"quotation, RFC 1779":  {`CN="say \"x\""`, `CN="say ""x"""`},
		"equals sign":          {`CN="a=b"`, `CN=a=b`},
		"hash":                 {`CN="#1"`, `CN=\#1`},
		"hash that is no DER":  {`CN="#zz"`, `CN=#zz`},
		"escaped bytes":        {`CN=M\C3\BCller`, `CN=Müller`},
		"escapes of two kinds": {`CN=a\, b`, `CN=a\2C b`},
		"backslash":            {`CN=a\b`, `CN=a\\b`},
		"backslash, hex after": {`CN=a\bcd`, `CN=a\\bcd`},
		"trailing space":       {`CN=" a "`, `CN=\ a\ `},
		"line ends":            {"CN=a,\r\nO=b", "CN=a,O=b"},
		"empty":                {"", " "},
		"no name at all":       {"my ca", "MY CA"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !deprovision.SameName(test.a, test.b) || !deprovision.SameName(test.b, test.a) {
				t.Errorf("%q and %q differ", test.a, test.b)
			}
		})
	}
}

func TestSameName_tellsNamesApart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ a, b string }{
		"value":               {"CN=a", "CN=b"},
		"type":                {"CN=a", "O=a"},
		"one more":            {"CN=a", "CN=a, O=b"},
		"one twice":           {"OU=a, CN=a", "OU=a, OU=a, CN=a"},
		"empty":               {"", "CN=a"},
		"empty value":         {"", "CN="},
		"values joined":       {"CN=ab", "CN=a, CN=b"},
		"value like a part":   {`CN="a, O=b"`, "CN=a, O=b"},
		"text and name":       {"my-ca", "CN=my-ca"},
		"types of one number": {"2.5.4.3=a", "2.5.4.30=a"},
		"DER of another":      {"CN=a", "CN=#0c0162"},
		"hash as it is":       {`CN="#0c0161"`, "CN=a"},
		"surname, serial":     {"SN=1", "SERIALNUMBER=1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if deprovision.SameName(test.a, test.b) || deprovision.SameName(test.b, test.a) {
				t.Errorf("%q and %q are the same", test.a, test.b)
			}
		})
	}
}

func TestSameName_isIndependentOfTheWriter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := drawName(t, 0)
		shuffled := append(pkix.RDNSequence{}, name...)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		words := []string{name.String(), shuffled.String(), inAzureWords(name), inAzureWords(shuffled),
			strings.ToUpper(inAzureWords(name)), spacedOut(shuffled)}
		for _, a := range words {
			for _, b := range words {
				if !deprovision.SameName(a, b) {
					t.Fatalf("%q and %q differ", a, b)
				}
			}
		}
	})
}

func TestSameName_seesAnyOtherValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := drawName(t, 1)
		before := inAzureWords(name)
		i := rapid.IntRange(0, len(name)-1).Draw(t, "changed")
		value, _ := name[i][0].Value.(string)
		name[i][0].Value = value + "x"
		for _, after := range []string{name.String(), inAzureWords(name)} {
			if deprovision.SameName(before, after) {
				t.Fatalf("%q and %q are the same", before, after)
			}
		}
	})
}

func FuzzSameName(f *testing.F) {
	f.Add(`CN="a, b" + O=c`, `O=c,CN=a\, b`)
	f.Add(`CN=a\`, `"`)
	f.Add(`CN=#0c0161`, `\C3\BC=,;+"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if !deprovision.SameName(a, a) || !deprovision.SameName(b, b) {
			t.Fatal("a name differs from itself")
		}
		if deprovision.SameName(a, b) != deprovision.SameName(b, a) {
			t.Fatal("not symmetric")
		}
	})
}

func drawName(t *rapid.T, least int) pkix.RDNSequence {
	oids := map[string]asn1.ObjectIdentifier{
		"CN": {2, 5, 4, 3}, "SERIALNUMBER": {2, 5, 4, 5}, "C": {2, 5, 4, 6}, "L": {2, 5, 4, 7}, "S": {2, 5, 4, 8},
		"O": {2, 5, 4, 10}, "OU": {2, 5, 4, 11}, "E": {1, 2, 840, 113549, 1, 9, 1},
		"DC": {0, 9, 2342, 19200300, 100, 1, 25}, "OID.1.2.3": {1, 2, 3},
	}
	var name pkix.RDNSequence
	for range rapid.IntRange(least, 5).Draw(t, "parts") {
		attribute := rapid.SampledFrom(sortedKeys(oids)).Draw(t, "type")
		value := rapid.StringMatching(`[A-Za-z0-9äÖ#][A-Za-z0-9 ,+"<>;=#\\äÖ.-]{0,8}[a-z0-9]`).Draw(t, "value")
		name = append(name, pkix.RelativeDistinguishedNameSET{{Type: oids[attribute], Value: value}})
	}
	return name
}

// inAzureWords writes a name as .NET does.
func inAzureWords(name pkix.RDNSequence) string {
	types := map[string]string{
		"2.5.4.3": "CN", "2.5.4.5": "SERIALNUMBER", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "S", "2.5.4.10": "O",
		"2.5.4.11": "OU", "1.2.840.113549.1.9.1": "E", "0.9.2342.19200300.100.1.25": "DC", "1.2.3": "OID.1.2.3",
	}
	var parts []string
	for i := len(name) - 1; i >= 0; i-- {
		value, _ := name[i][0].Value.(string)
		if strings.ContainsAny(value, `,+"<>;=#`) {
			value = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
		}
		parts = append(parts, types[name[i][0].Type.String()]+"="+value)
	}
	return strings.Join(parts, ", ")
}

// spacedOut writes a name with space wherever it has no meaning.
func spacedOut(name pkix.RDNSequence) string {
	var parts []string
	for _, part := range name {
		parts = append(parts, "  "+strings.Replace(pkix.RDNSequence{part}.String(), "=", " =  ", 1)+" ")
	}
	return strings.Join(parts, " ; ")
}
