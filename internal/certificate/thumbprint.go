// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// ThumbprintPrefix begins a stand-in: the text that means a certificate of which only the thumbprint is known.
const ThumbprintPrefix = "sha256:"

// IsThumbprint tells whether s is a stand-in, "sha256:" and 64 hexadecimal digits of either case, and returns the
// digits in upper case. Space around it has no meaning.
func IsThumbprint(s string) (thumbprint string, ok bool) {
	digits, found := strings.CutPrefix(strings.TrimSpace(s), ThumbprintPrefix)
	if !found {
		return "", false
	}
	sum, err := hex.DecodeString(digits)
	if err != nil || len(sum) != sha256.Size {
		return "", false
	}
	return upperHex(sum), true
}

// Same tells whether two texts mean the same certificate. Each may be PEM or a stand-in; PEM differences without
// meaning (line ends, text around the block) do not count. Texts that are neither are the same if they are equal.
func Same(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := thumbprintOf(a)
	if !ok {
		return false
	}
	y, ok := thumbprintOf(b)
	return ok && x == y
}

// SameChain tells whether two PEM texts hold the same certificates in the same order. Texts that hold none are the
// same if they are equal.
func SameChain(a, b string) bool {
	if a == b {
		return true
	}
	x, err := ParseChain(a)
	if err != nil {
		return false
	}
	y, err := ParseChain(b)
	if err != nil || len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].ThumbprintSHA256 != y[i].ThumbprintSHA256 {
			return false
		}
	}
	return true
}

func thumbprintOf(text string) (string, bool) {
	if sum, ok := IsThumbprint(text); ok {
		return sum, true
	}
	c, err := Parse(text)
	return c.ThumbprintSHA256, err == nil
}
