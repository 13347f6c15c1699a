// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate

import (
	"encoding/asn1"
	"errors"
	"math/big"
	"time"
	"unicode/utf16"
)

// outer is a certificate (RFC 5280, 4.1) of which only the frame is read: what crypto/x509 refuses, OpenSSL reads and
// devices have stands in its parts. There are negative serial numbers, characters that a PrintableString has not,
// addresses of a wrong length, curves by their parameters and of others' making.
type outer struct {
	TBS       inner
	Algorithm asn1.RawValue
	Signature asn1.BitString
}

type inner struct {
	Version    int `asn1:"optional,explicit,default:0,tag:0"`
	Serial     asn1.RawValue
	Algorithm  asn1.RawValue
	Issuer     asn1.RawValue
	Validity   validity
	Subject    asn1.RawValue
	PublicKey  asn1.RawValue
	IssuerID   asn1.BitString `asn1:"optional,tag:1"`
	SubjectID  asn1.BitString `asn1:"optional,tag:2"`
	Extensions []extension    `asn1:"optional,explicit,tag:3"`
}

type validity struct{ NotBefore, NotAfter asn1.RawValue }

type extension struct {
	ID       asn1.ObjectIdentifier
	Critical bool `asn1:"optional"`
	Value    []byte
}

// attribute is a part of a name, whose value need not be spelled as its type says.
type attribute struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}

var errNoCertificate = errors.New("it has not the parts of one")

// readLeniently reads names, dates and thumbprints of a certificate that crypto/x509 refuses. Its signature is not
// checked, and neither is that of another one by its key.
func readLeniently(der []byte) (Certificate, error) {
	var frame outer
	if rest, err := asn1.Unmarshal(der, &frame); err != nil || len(rest) > 0 {
		return Certificate{}, errors.Join(errNoCertificate, err)
	}
	tbs := frame.TBS
	issuer, err := readName(tbs.Issuer.FullBytes)
	if err != nil {
		return Certificate{}, err
	}
	subject, err := readName(tbs.Subject.FullBytes)
	if err != nil {
		return Certificate{}, err
	}
	from, err := readTime(tbs.Validity.NotBefore)
	if err != nil {
		return Certificate{}, err
	}
	until, err := readTime(tbs.Validity.NotAfter)
	if err != nil || tbs.Serial.Tag != asn1.TagInteger || len(tbs.Serial.Bytes) == 0 {
		return Certificate{}, errors.Join(errNoCertificate, err)
	}
	c := thumbprinted(der)
	c.SubjectCommonName, c.Subject, c.Issuer = commonName(subject), nameOf(subject), nameOf(issuer)
	c.SerialNumber, c.NotBefore, c.NotAfter = upperHex(tbs.Serial.Bytes), from, until
	c.CA = declaresCA(tbs.Extensions)
	c.rawSubject, c.rawIssuer = string(tbs.Subject.FullBytes), string(tbs.Issuer.FullBytes)
	return c, nil
}

func readName(der []byte) ([][]attribute, error) {
	var sets []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &sets); err != nil || len(rest) > 0 {
		return nil, errors.Join(errNoCertificate, err)
	}
	name := make([][]attribute, 0, len(sets))
	for _, set := range sets {
		var parts []attribute
		for rest := set.Bytes; len(rest) > 0; {
			var part attribute
			var err error
			if rest, err = asn1.Unmarshal(rest, &part); err != nil {
				return nil, errors.Join(errNoCertificate, err)
			}
			parts = append(parts, part)
		}
		name = append(name, parts)
	}
	return name, nil
}

func nameOf(sets [][]attribute) string {
	name := make([][]namePart, 0, len(sets))
	for _, set := range sets {
		parts := make([]namePart, 0, len(set))
		for _, part := range set {
			parts = append(parts, namePart{part.Type, readText(part.Value)})
		}
		name = append(name, parts)
	}
	return wordName(name)
}

// commonName is the last one, as crypto/x509 reads it.
func commonName(sets [][]attribute) string {
	found := ""
	for _, set := range sets {
		for _, part := range set {
			if attributeName(part.Type) == "CN" {
				found = readText(part.Value)
			}
		}
	}
	return found
}

// readText reads a string of any type: one of 16 bits a character, of 8, or UTF-8.
func readText(value asn1.RawValue) string {
	switch value.Tag {
	case asn1.TagBMPString:
		units := make([]uint16, 0, len(value.Bytes)/2)
		for i := 0; i+1 < len(value.Bytes); i += 2 {
			units = append(units, uint16(value.Bytes[i])<<8|uint16(value.Bytes[i+1]))
		}
		return string(utf16.Decode(units))
	case asn1.TagUTF8String:
		return string([]rune(string(value.Bytes)))
	}
	runes := make([]rune, 0, len(value.Bytes))
	for _, b := range value.Bytes {
		runes = append(runes, rune(b))
	}
	return string(runes)
}

// readTime reads a UTCTime or a GeneralizedTime, with or without seconds (X.680 allows both, RFC 5280 does not).
func readTime(value asn1.RawValue) (time.Time, error) {
	layouts := []string{"060102150405Z0700", "0601021504Z0700"}
	if value.Tag == asn1.TagGeneralizedTime {
		layouts = []string{"20060102150405Z0700", "200601021504Z0700"}
	}
	for _, layout := range layouts {
		moment, err := time.Parse(layout, string(value.Bytes))
		if err != nil {
			continue
		}
		if value.Tag == asn1.TagUTCTime && moment.Year() >= 2050 { // Two digits mean 1950 to 2049 (RFC 5280, 4.1.2.5.1).
			moment = moment.AddDate(-100, 0, 0)
		}
		return moment.UTC(), nil
	}
	return time.Time{}, errNoCertificate
}

func declaresCA(extensions []extension) bool {
	basicConstraints := asn1.ObjectIdentifier{2, 5, 29, 19}
	for _, e := range extensions {
		var constraints struct {
			CA         bool     `asn1:"optional"`
			PathLength *big.Int `asn1:"optional"`
		}
		if e.ID.Equal(basicConstraints) {
			_, err := asn1.Unmarshal(e.Value, &constraints)
			return err == nil && constraints.CA
		}
	}
	return false
}
