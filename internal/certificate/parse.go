// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"unicode"
)

const (
	beginMark = "-----BEGIN "
	markEnd   = "-----"
)

// Parse reads exactly one certificate from PEM text. Line ends, indentation, a byte order mark and text around the
// block have no meaning. The error, if any, is a *ParseError; it never repeats the text.
func Parse(pemText string) (Certificate, error) {
	all, err := parseAll(pemText)
	if err != nil {
		return Certificate{}, err
	}
	if len(all) > 1 {
		return Certificate{}, &ParseError{Problem: SeveralCertificates, count: len(all)}
	}
	return all[0], nil
}

// ParseChain reads one or more certificates from PEM text, in the order of the text. The first should be the one
// that issued the leaf; CheckOrder tells. The error, if any, is a *ParseError.
func ParseChain(pemText string) ([]Certificate, error) { return parseAll(pemText) }

func parseAll(pemText string) ([]Certificate, error) {
	text := Tidy(pemText)
	// A key is looked for first and in the whole text: beside a certificate it would end up in the state as well.
	if announcesPrivateKey(text) {
		return nil, &ParseError{Problem: PrivateKey}
	}
	types := blockTypes(text)
	if len(types) == 0 {
		return nil, &ParseError{Problem: withoutArmour(text)}
	}
	var certificates []Certificate
	rest := []byte(text)
	if strings.Count(text, beginMark) > len(types) { // A block that begins within a line would be passed over.
		return nil, &ParseError{Problem: Undecodable, Position: hiddenBlock(text)}
	}
	for i, t := range types {
		position := i + 1
		switch t {
		case certificateBlock:
		case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
			return nil, &ParseError{Problem: CertificateRequest}
		default:
			return nil, &ParseError{Problem: OtherBlock, Position: position}
		}
		block, after := pem.Decode(rest)
		consumed := rest[:len(rest)-len(after)]
		// The decoder passes over a block that it cannot read: then more than one begins in what it consumed.
		if block == nil || bytes.Count(consumed, []byte("\n"+beginMark)) > 1 {
			return nil, &ParseError{Problem: Undecodable, Position: position}
		}
		one, err := read(block.Bytes)
		if err != nil {
			return nil, &ParseError{Problem: Undecodable, Position: position, cause: err}
		}
		certificates = append(certificates, one)
		// The line end before a block stays with it, so that its first line is seen to be one.
		rest = rest[len(consumed)-1:]
	}
	return certificates, nil
}

// Tidy removes what has no meaning in PEM but stops the decoder: carriage returns, indentation (from a heredoc) and
// byte order marks. The text it returns begins and ends with a line end.
func Tidy(pemText string) string {
	text := strings.ReplaceAll(strings.ReplaceAll(pemText, "\r\n", "\n"), "\r", "\n")
	var tidied strings.Builder
	tidied.WriteByte('\n')
	for line := range strings.Lines(text) {
		tidied.WriteString(strings.TrimFunc(line, isBlank))
		tidied.WriteByte('\n')
	}
	return tidied.String()
}

// isBlank tells whether a character shows nothing: where files are joined, byte order marks and spaces without width
// stand amid the text.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\ufeff\u200b\u200c\u200d\u2060", r)
}

// hiddenBlock is the number of the first block that begins within a line.
func hiddenBlock(tidied string) int {
	position := 1
	for line := range strings.Lines(tidied) {
		switch begins := strings.Count(line, beginMark); {
		case begins > 1, begins == 1 && !strings.HasPrefix(line, beginMark):
			return position
		case begins == 1:
			position++
		}
	}
	return position
}

// announcesPrivateKey says that some line announces a private key, whoever wrote it: OpenSSL and OpenSSH, SSH2 with
// four dashes and a space, PuTTY.
func announcesPrivateKey(text string) bool {
	for line := range strings.Lines(strings.ToUpper(text)) {
		if strings.Contains(line, "BEGIN") && strings.Contains(line, "PRIVATE KEY") ||
			strings.HasPrefix(line, "PUTTY-USER-KEY-FILE") || strings.HasPrefix(line, "PRIVATE-LINES:") {
			return true
		}
	}
	return false
}

// blockTypes lists what the BEGIN lines announce, whether the blocks can be decoded or not.
func blockTypes(tidied string) []string {
	var types []string
	for line := range strings.Lines(tidied) {
		line = strings.TrimSuffix(line, "\n")
		if t, found := strings.CutPrefix(line, beginMark); found {
			t, _, _ = strings.Cut(t, markEnd)
			types = append(types, t)
		}
	}
	return types
}

// withoutArmour tells what a text without any BEGIN line is.
func withoutArmour(text string) Problem {
	compact := strings.Join(strings.Fields(text), "")
	if compact == "" {
		return Empty
	}
	der, err := base64.StdEncoding.DecodeString(compact)
	if err != nil {
		return NoPEM
	}
	if _, err := read(der); err == nil {
		return NoArmour
	}
	if isPrivateKey(der) {
		return PrivateKey
	}
	return NoPEM
}

func isPrivateKey(der []byte) bool {
	if _, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return true
	}
	if _, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return true
	}
	_, err := x509.ParseECPrivateKey(der)
	return err == nil
}
