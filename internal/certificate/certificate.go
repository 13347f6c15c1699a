// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"strings"
	"time"
)

const certificateBlock = "CERTIFICATE"

// Certificate is one X.509 certificate and what the service derives from it. The zero value is no certificate; use
// Parse to make one.
type Certificate struct {
	// SubjectCommonName is the common name of the subject, empty if it has none. For a leaf it is the registration ID.
	SubjectCommonName string
	// Subject is the subject's distinguished name, such as "CN=leaf, O=Contoso".
	Subject string
	// Issuer is the issuer's distinguished name in the same wording.
	Issuer string
	// SerialNumber is upper-case hexadecimal with an even number of digits, without "0x".
	SerialNumber string
	// ThumbprintSHA1 is the SHA-1 hash of the DER: 40 upper-case hexadecimal digits.
	ThumbprintSHA1 string
	// ThumbprintSHA256 is the SHA-256 hash of the DER: 64 upper-case hexadecimal digits.
	ThumbprintSHA256 string
	// NotBefore is the first moment of validity, in UTC.
	NotBefore time.Time
	// NotAfter is the last moment of validity, in UTC.
	NotAfter time.Time
	// SelfSigned says that the certificate was signed with its own key: that was checked, not read off the names. It
	// is false where the signature is of a kind that cannot be checked (MD5, DSA, keys and certificates that
	// crypto/x509 does not read), because a self-signed certificate counts as proof that no CA stands above a device.
	SelfSigned bool
	// CA says that the certificate declares itself a certification authority (basic constraints).
	CA bool

	der, rawSubject, rawIssuer string
	// raw is nil where crypto/x509 does not read it.
	raw *x509.Certificate
}

// PEM returns the certificate as one PEM block with 64 characters a line and "\n" as line end, whatever the text
// looked like from which it was read. The zero value gives "".
func (c Certificate) PEM() string {
	if c.der == "" {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: []byte(c.der)}))
}

// read reads a certificate: what can be proven of it where crypto/x509 reads it, otherwise names, dates and
// thumbprints, for which a device need not have one that everybody accepts. The error is that of crypto/x509.
func read(der []byte) (Certificate, error) {
	raw, err := x509.ParseCertificate(der)
	if err == nil {
		return describe(raw), nil
	}
	c, lenient := readLeniently(der)
	if lenient != nil {
		return Certificate{}, err //nolint:wrapcheck // Nothing here adds to it.
	}
	return c, nil
}

// thumbprinted is a certificate of which only the DER is known.
func thumbprinted(der []byte) Certificate {
	sum1, sum256 := sha1.Sum(der), sha256.Sum256(der)
	return Certificate{ThumbprintSHA1: upperHex(sum1[:]), ThumbprintSHA256: upperHex(sum256[:]), der: string(der)}
}

func describe(raw *x509.Certificate) Certificate {
	c := thumbprinted(raw.Raw)
	c.SubjectCommonName = raw.Subject.CommonName
	c.Subject, c.Issuer = nameText(raw.RawSubject, raw.Subject), nameText(raw.RawIssuer, raw.Issuer)
	c.SerialNumber = serialText(raw.SerialNumber)
	c.NotBefore, c.NotAfter = raw.NotBefore.UTC(), raw.NotAfter.UTC()
	c.CA = raw.BasicConstraintsValid && raw.IsCA
	c.rawSubject, c.rawIssuer, c.raw = string(raw.RawSubject), string(raw.RawIssuer), raw
	c.SelfSigned = c.names(c) && c.checkedBy(c) == nil
	return c
}

// serialText writes the content bytes of the DER integer, as .NET does: a number whose first bit is set keeps the
// zero byte that DER puts before it.
func serialText(serial *big.Int) string {
	if serial == nil {
		return ""
	}
	content := serial.Bytes()
	if len(content) == 0 || content[0]&0x80 != 0 {
		content = append([]byte{0}, content...)
	}
	return upperHex(content)
}

func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
