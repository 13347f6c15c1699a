// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Sizes of thumbprints in bytes.
const (
	sha1Bytes   = 20
	sha256Bytes = 32
)

// Thumbprint checks a certificate's thumbprint as a hub takes it: SHA-1 or SHA-256 in hexadecimal, without separators
// (IoT Hub refuses others with StringIsNotThumbprint).
func Thumbprint() validator.String {
	rule := fmt.Sprintf("A thumbprint is the SHA-1 (%d digits) or SHA-256 (%d digits) of a certificate in hexadecimal, "+
		"without separators.", 2*sha1Bytes, 2*sha256Bytes)
	return text{rule: rule, summary: "Invalid thumbprint", problem: func(value string) string {
		raw, err := hex.DecodeString(value)
		switch {
		case value == "":
			return "It is empty: leave the attribute out instead. " + rule
		case strings.ContainsAny(value, ": -"):
			return "It has separators. " + rule
		case err != nil:
			return "It is not hexadecimal. " + rule
		case len(raw) != sha1Bytes && len(raw) != sha256Bytes:
			return fmt.Sprintf("It has %d digits. %s", len(value), rule)
		}
		return ""
	}}
}
