// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Sizes of symmetric keys in bytes (DPS, "Symmetric key attestation").
const (
	minKeyBytes = 16
	maxKeyBytes = 64
)

// SymmetricKey checks a symmetric key: base64 of 16 to 64 bytes. What is wrong is said without the key.
func SymmetricKey() validator.String {
	rule := fmt.Sprintf("A symmetric key is the base64 (standard alphabet, with padding) of %d to %d bytes.",
		minKeyBytes, maxKeyBytes)
	return text{rule: rule, summary: "Invalid symmetric key", problem: func(value string) string {
		raw, err := base64.StdEncoding.Strict().DecodeString(value)
		switch {
		case value == "":
			return "It is empty: leave the attribute out to have the service make a key. " + rule
		case err != nil:
			return "It is not base64. " + rule
		case len(raw) < minKeyBytes || len(raw) > maxKeyBytes:
			return fmt.Sprintf("It has %d bytes. %s", len(raw), rule)
		}
		return ""
	}}
}

// TPMKey checks a public key of a TPM: base64 of something.
func TPMKey() validator.String {
	rule := "A TPM's public key is base64 (standard alphabet, with padding), in one line."
	return text{rule: rule, summary: "Invalid TPM key", problem: func(value string) string {
		if raw, err := base64.StdEncoding.Strict().DecodeString(value); err != nil || strings.ContainsAny(value, "\r\n") {
			return "It is not base64. " + rule
		} else if len(raw) == 0 {
			return "It is empty. " + rule
		}
		return ""
	}}
}

// JSONObject checks a JSON text whose value is an object.
func JSONObject() validator.String {
	rule := "Give a JSON object, as jsonencode writes it."
	return text{rule: rule, summary: "Invalid JSON", problem: func(value string) string {
		if !json.Valid([]byte(value)) {
			return "It is not valid JSON. " + rule
		}
		if !strings.HasPrefix(strings.TrimSpace(value), "{") {
			return "It is JSON, but not an object. " + rule
		}
		return ""
	}}
}

// WebhookURL checks the address of a webhook: https, with a host. It may carry a key, so that it is never repeated.
func WebhookURL() validator.String {
	rule := "A webhook is an absolute URL with the scheme https, such as \"https://example.com/api/choose\"."
	return text{rule: rule, summary: "Invalid webhook URL", problem: func(value string) string {
		parsed, err := url.Parse(value)
		switch {
		case err != nil || parsed.Host == "":
			return "It is not an absolute URL. " + rule
		case !strings.EqualFold(parsed.Scheme, "https"):
			return "Its scheme is not https. " + rule
		}
		return ""
	}}
}

// oldestWebhookVersion is the first API version with custom allocation (DPS, "Custom allocation policies").
const oldestWebhookVersion = "2018-09-01-preview"

// WebhookAPIVersion checks the API version of the document that a webhook is sent.
func WebhookAPIVersion() validator.String {
	form := regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?$`)
	rule := fmt.Sprintf("An API version is a date such as %q, %s or later.", "2021-10-01", oldestWebhookVersion)
	return text{rule: rule, summary: "Invalid API version", problem: func(value string) string {
		if !form.MatchString(value) || value[:10] < oldestWebhookVersion[:10] {
			return "It is no version of DPS with webhooks. " + rule
		}
		return ""
	}}
}

// CAReference checks the name of a CA certificate of the instance.
func CAReference() validator.String { return NotBlank("CA certificate name") }
