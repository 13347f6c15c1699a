// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"encoding/base64"
	"strings"
	"unicode"
)

// maxMessage is the longest message, in characters: a sentence and its circumstances, never a dump.
const maxMessage = 500

const redacted = "[redacted]"

// cleanMessage makes a text from outside fit for an error: one line, printable, bounded, without credentials. A
// service may repeat what it was sent, and what it was sent may hold keys.
func cleanMessage(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
	for i, word := range words {
		words[i] = redactWord(word)
	}
	return bounded(strings.Join(words, " "), maxMessage)
}

// bounded cuts a text to limit characters.
func bounded(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

// redactWord replaces the values of parameters that carry credentials, and whatever looks like a key.
func redactWord(word string) string {
	if strings.Contains(word, "eyJ") && strings.Count(word, ".") >= 2 { // a token: base64url of {" and two dots
		return redacted
	}
	lower := strings.ToLower(word)
	for _, name := range []string{
		"sharedaccesskey=", "sharedaccesssignature=", "sig=", "code=", "client_secret=", "client_assertion=",
	} {
		if at := strings.Index(lower, name); at >= 0 && startsParameter(word, at) {
			end := at + len(name)
			stop := strings.IndexAny(word[end:], "&;,\"'<>)")
			if stop < 0 {
				return redactWord(word[:at]) + word[at:end] + redacted
			}
			return redactWord(word[:at]) + word[at:end] + redacted + redactWord(word[end+stop:])
		}
	}
	return redactKeys(word)
}

// startsParameter keeps "errorcode=5" from being taken for "code=5".
func startsParameter(word string, at int) bool {
	return at == 0 || strings.ContainsRune("?&;,:\"'(", rune(word[at-1]))
}

// redactKeys replaces each run of base64 characters that decodes to a symmetric key (16 to 64 bytes). Identifiers in
// hexadecimal, such as tracking IDs and thumbprints, stay.
func redactKeys(word string) string {
	var b strings.Builder
	for word != "" {
		length := prefixLength(word, isBase64)
		if length == 0 {
			length = prefixLength(word, func(r rune) bool { return !isBase64(r) })
			b.WriteString(word[:length])
			word = word[length:]
			continue
		}
		for padding := 0; padding < 2 && strings.HasPrefix(word[length:], "="); padding++ {
			length++
		}
		if run := word[:length]; isKey(run) {
			b.WriteString(redacted)
		} else {
			b.WriteString(run)
		}
		word = word[length:]
	}
	return b.String()
}

// prefixLength is the number of bytes at the start of s whose characters satisfy ok.
func prefixLength(s string, ok func(rune) bool) int {
	if end := strings.IndexFunc(s, func(r rune) bool { return !ok(r) }); end >= 0 {
		return end
	}
	return len(s)
}

func isBase64(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/'
}

func isKey(run string) bool {
	decoded, err := base64.StdEncoding.DecodeString(run)
	if err != nil || len(decoded) < 16 || len(decoded) > 64 {
		return false
	}
	if strings.HasSuffix(run, "=") {
		return true
	}
	// 24 and 48 bytes need no padding. Such a run is a key only if no identifier looks like it: letters of both
	// cases and digits.
	return strings.ContainsFunc(run, unicode.IsUpper) && strings.ContainsFunc(run, unicode.IsLower) &&
		strings.ContainsFunc(run, unicode.IsDigit)
}
