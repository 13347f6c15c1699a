// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"strings"
)

// nameText words a distinguished name as .NET does: the most specific part first, parts separated by ", ", the
// values of one part by " + ", and a value in quotation marks where it would be misread without.
func nameText(der []byte, parsed pkix.Name) string {
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 {
		return parsed.String()
	}
	name := make([][]namePart, 0, len(sequence))
	for _, set := range sequence {
		parts := make([]namePart, 0, len(set))
		for _, attribute := range set {
			// A value that is no text cannot be here: crypto/x509 does not read such a certificate.
			text, _ := attribute.Value.(string)
			parts = append(parts, namePart{attribute.Type, text})
		}
		name = append(name, parts)
	}
	return wordName(name)
}

// namePart is one value of a distinguished name.
type namePart struct {
	kind asn1.ObjectIdentifier
	text string
}

func wordName(name [][]namePart) string {
	parts := make([]string, 0, len(name))
	for _, set := range slices.Backward(name) {
		values := make([]string, 0, len(set))
		for _, part := range set {
			values = append(values, attributeName(part.kind)+"="+quoted(part.text))
		}
		parts = append(parts, strings.Join(values, " + "))
	}
	return strings.Join(parts, ", ")
}

func attributeName(oid asn1.ObjectIdentifier) string {
	switch s := oid.String(); s {
	case "2.5.4.3":
		return "CN"
	case "2.5.4.4":
		return "SN"
	case "2.5.4.5":
		return "SERIALNUMBER"
	case "2.5.4.6":
		return "C"
	case "2.5.4.7":
		return "L"
	case "2.5.4.8":
		return "S"
	case "2.5.4.9":
		return "STREET"
	case "2.5.4.10":
		return "O"
	case "2.5.4.11":
		return "OU"
	case "2.5.4.12":
		return "T"
	case "2.5.4.42":
		return "G"
	case "2.5.4.43":
		return "I"
	case "0.9.2342.19200300.100.1.25":
		return "DC"
	case "1.2.840.113549.1.9.1":
		return "E"
	default:
		return "OID." + s
	}
}

func quoted(text string) string {
	if text == strings.TrimSpace(text) && text != "" && !strings.ContainsAny(text, "\",+=<>;#\n\r") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}
