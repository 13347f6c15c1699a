// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate

import (
	"errors"
	"fmt"
)

// Problem is why a text is not the certificate that was asked for.
type Problem string

// The problems that a ParseError can have.
const (
	// Empty is a text of nothing but white space.
	Empty Problem = "empty"
	// NoPEM is a text without a BEGIN line that is not a certificate in another form either.
	NoPEM Problem = "no_pem"
	// NoArmour is the base64 of a certificate without the BEGIN and END lines.
	NoArmour Problem = "no_armour"
	// PrivateKey is a text that holds a private key, alone or beside certificates.
	PrivateKey Problem = "private_key"
	// CertificateRequest is a request to sign a certificate, not the certificate.
	CertificateRequest Problem = "certificate_request"
	// OtherBlock is a PEM block of another type, such as a public key.
	OtherBlock Problem = "other_block"
	// SeveralCertificates are certificates where exactly one was asked for.
	SeveralCertificates Problem = "several_certificates"
	// Undecodable is a CERTIFICATE block that does not hold a certificate.
	Undecodable Problem = "undecodable"
)

// ParseError says why a text was refused. Its sentence never repeats any part of the text, because the text may be
// a secret that was put in the wrong place.
type ParseError struct {
	// Problem is what is wrong.
	Problem Problem
	// Position is the block at fault, counted from 1; 0 when the text as a whole is at fault.
	Position int

	count int
	cause error
}

// Error is the problem as a sentence that a user can act on.
func (e *ParseError) Error() string {
	switch e.Problem {
	case Empty:
		return "the text is empty; a certificate in PEM form is needed"
	case NoArmour:
		return "this is a certificate in base64 without its first and last line; put \"-----BEGIN CERTIFICATE-----\" " +
			"before it and \"-----END CERTIFICATE-----\" after it"
	case PrivateKey:
		return "this is a private key, or contains one; never put it here. " +
			"Treat the key as disclosed if it has been written to a file, a plan or a state"
	case CertificateRequest:
		return "this is a certificate signing request, not a certificate; use the certificate that was issued for it"
	case OtherBlock:
		return fmt.Sprintf("PEM block %d is not a certificate; only CERTIFICATE blocks belong here", e.Position)
	case SeveralCertificates:
		return fmt.Sprintf("there are %d certificates in the text, but exactly one is needed; leave the others out, "+
			"such as those of its issuers", e.count)
	case Undecodable:
		if e.cause == nil {
			return fmt.Sprintf("PEM block %d cannot be decoded; its base64 is damaged, its END line is missing, "+
				"or its lines have been joined", e.Position)
		}
		return fmt.Sprintf("PEM block %d does not hold an X.509 certificate: %v", e.Position, e.cause)
	case NoPEM:
	}
	return "there is no PEM block in the text; " +
		"a certificate begins with the line \"-----BEGIN CERTIFICATE-----\""
}

// OfArgument is the error of a text that a configuration gives; of the path of a file, it says how the file's text gets
// there.
func OfArgument(err error) error {
	if refused, ok := errors.AsType[*ParseError](err); ok && refused.Problem == NoPEM {
		return fmt.Errorf("%w. Give the text itself, which file(\"device.pem\") reads, and not its path", err)
	}
	return err
}

// Unwrap returns the decoder's error, if there is one.
func (e *ParseError) Unwrap() error { return e.cause }

// OrderError says where a chain is not in order, from the leaf upwards.
type OrderError struct {
	// Position is the certificate of the chain at fault, counted from 1.
	Position int
	// LeafRepeated says that this certificate is the leaf itself.
	LeafRepeated bool
	// Repeated says that the certificate is already there at an earlier position.
	Repeated bool

	found, below string
}

// Error names the position and the two certificates that do not follow each other.
func (e *OrderError) Error() string {
	switch {
	case e.LeafRepeated:
		return fmt.Sprintf("certificate %d of the chain is the device's own certificate (%s); "+
			"the chain holds only the certificates above it", e.Position, e.found)
	case e.Repeated:
		return fmt.Sprintf("certificate %d of the chain (%s) is there a second time", e.Position, e.found)
	case e.Position == 1:
		return fmt.Sprintf("certificate 1 of the chain (%s) did not issue the device's certificate (%s); "+
			"the chain begins with the issuer of the device's certificate and ends nearest to the root",
			e.found, e.below)
	}
	return fmt.Sprintf("certificate %d of the chain (%s) did not issue certificate %d (%s); "+
		"each certificate of the chain is followed by its own issuer", e.Position, e.found, e.Position-1, e.below)
}
