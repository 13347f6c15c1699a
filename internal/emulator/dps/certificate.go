// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"bytes"
	"crypto/sha1" // The service tells SHA-1 thumbprints as well; nothing trusts them.
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
)

// certificateInfo is what the service tells of a certificate, which it never returns.
type certificateInfo struct {
	SubjectName      string `json:"subjectName"`
	SHA1Thumbprint   string `json:"sha1Thumbprint"`
	SHA256Thumbprint string `json:"sha256Thumbprint"`
	IssuerName       string `json:"issuerName"`
	NotBeforeUTC     string `json:"notBeforeUtc"`
	NotAfterUTC      string `json:"notAfterUtc"`
	SerialNumber     string `json:"serialNumber"`
	Version          int    `json:"version"`
}

var errNoCertificate = errors.New("no certificate found")

// parseCertificate reads the three forms that clients send: PEM text, base64 of PEM
// text, base64 of DER. Of several PEM blocks the first certificate counts.
func parseCertificate(text string) (*x509.Certificate, error) {
	if c, err := certificateFromPEM([]byte(text)); err == nil {
		return c, nil
	}
	compact := strings.Join(strings.Fields(text), "")
	raw, err := base64.StdEncoding.DecodeString(compact)
	if err != nil || len(raw) == 0 {
		return nil, errNoCertificate
	}
	if c, err := certificateFromPEM(raw); err == nil {
		return c, nil
	}
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, errNoCertificate
	}
	return c, nil
}

func certificateFromPEM(text []byte) (*x509.Certificate, error) {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return nil, errNoCertificate
		}
		if block.Type == "CERTIFICATE" {
			return x509.ParseCertificate(block.Bytes)
		}
		text = rest
	}
}

// describeCertificate computes the info as .NET words it: names with the last relative
// name first, serial number and thumbprints in upper-case hex.
func describeCertificate(c *x509.Certificate) certificateInfo {
	one, two := sha1.Sum(c.Raw), sha256.Sum256(c.Raw)
	return certificateInfo{
		SubjectName:      distinguishedName(c.RawSubject),
		SHA1Thumbprint:   upperHex(one[:]),
		SHA256Thumbprint: upperHex(two[:]),
		IssuerName:       distinguishedName(c.RawIssuer),
		NotBeforeUTC:     c.NotBefore.UTC().Format(time.RFC3339),
		NotAfterUTC:      c.NotAfter.UTC().Format(time.RFC3339),
		SerialNumber:     serialNumber(c),
		Version:          c.Version,
	}
}

func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

func thumbprintSHA256(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return upperHex(sum[:])
}

// serialNumber keeps the leading zero byte of the encoding, as .NET does.
func serialNumber(c *x509.Certificate) string {
	b := c.SerialNumber.Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	return upperHex(b)
}

// nameLabels are the attribute labels of .NET's X.500 text.
func nameLabels() map[string]string {
	return map[string]string{
		"2.5.4.3":                    "CN",
		"2.5.4.4":                    "SN",
		"2.5.4.5":                    "SERIALNUMBER",
		"2.5.4.6":                    "C",
		"2.5.4.7":                    "L",
		"2.5.4.8":                    "S",
		"2.5.4.9":                    "STREET",
		"2.5.4.10":                   "O",
		"2.5.4.11":                   "OU",
		"2.5.4.12":                   "T",
		"2.5.4.42":                   "G",
		"2.5.4.43":                   "I",
		"0.9.2342.19200300.100.1.25": "DC",
		"1.2.840.113549.1.9.1":       "E",
	}
}

func distinguishedName(raw []byte) string {
	var sequence pkix.RDNSequence
	if _, err := asn1.Unmarshal(raw, &sequence); err != nil {
		return ""
	}
	labels := nameLabels()
	parts := make([]string, 0, len(sequence))
	for i := len(sequence) - 1; i >= 0; i-- {
		values := make([]string, 0, len(sequence[i]))
		for _, a := range sequence[i] {
			label, known := labels[a.Type.String()]
			if !known {
				label = "OID." + a.Type.String()
			}
			values = append(values, label+"="+quoteName(fmt.Sprint(a.Value)))
		}
		parts = append(parts, strings.Join(values, " + "))
	}
	return strings.Join(parts, ", ")
}

// quoteName puts a value with separators or outer blanks into double quotes.
func quoteName(v string) string {
	if v != "" && v == strings.TrimSpace(v) && !strings.ContainsAny(v, ",+=\"\n<>#;") {
		return v
	}
	return "\"" + strings.ReplaceAll(v, "\"", "\"\"") + "\""
}

// issued says whether parent signed child and may sign certificates.
func issued(parent, child *x509.Certificate) bool {
	return bytes.Equal(parent.RawSubject, child.RawIssuer) && child.CheckSignatureFrom(parent) == nil
}
