// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iottype

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

// RegistrationID is compared without regard to letter case, as DPS does; the user's spelling is kept.
func RegistrationID() Text { return Text{name: "RegistrationID", same: strings.EqualFold} }

// Hostname is compared without regard to letter case and to the port 443.
func Hostname() Text { return Text{name: "Hostname", same: azrest.SameHost} }

// CertificatePEM is compared by SHA-256 thumbprint: line ends and text around the block have no meaning. The stand-in
// "sha256:<thumbprint>", which a read of a foreign certificate leaves in state, equals the PEM of that certificate.
func CertificatePEM() Text { return Text{name: "CertificatePEM", same: certificate.Same} }

// CertificateChainPEM is compared certificate by certificate, in order.
func CertificateChainPEM() Text {
	return Text{name: "CertificateChainPEM", same: certificate.SameChain}
}

// JSON is compared by meaning: order of keys and white space have none.
func JSON() Text { return Text{name: "JSON", same: sameJSON} }

// sameJSON keeps numbers as they are written: 1 and 1.0 are different texts to a device.
func sameJSON(a, b string) bool {
	left, ok := decodeJSON(a)
	if !ok {
		return false
	}
	right, ok := decodeJSON(b)
	return ok && reflect.DeepEqual(left, right)
}

func decodeJSON(text string) (any, bool) {
	decoder := json.NewDecoder(bytes.NewBufferString(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.More() {
		return nil, false
	}
	return value, true
}
