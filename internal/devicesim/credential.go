// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
)

// Credential is how a device proves itself, to DPS and afterwards to its hub. A credential that cannot be used
// (a key that is not base64, say) shows its error when the device first needs it.
type Credential struct {
	kind        string
	certificate *tls.Certificate
	key         []byte // signs tokens for DPS; for the hub too unless the hub key comes with the assignment
	tpm         *SoftwareTPM
	err         error
}

// X509 presents the certificate with its intermediates in every TLS handshake.
func X509(c Certificate) Credential {
	if c.leaf == nil {
		return Credential{kind: "X.509 certificate", err: errors.New("no certificate given")}
	}
	t := c.TLS()
	return Credential{kind: "X.509 certificate", certificate: &t}
}

// SymmetricKey signs with a key of an individual enrollment, given as base64.
func SymmetricKey(key string) Credential {
	k, err := decodeKey(key)
	return Credential{kind: "symmetric key", key: k, err: err}
}

// DerivedKey signs with the key that a device of a symmetric-key enrollment group gets: the group's key, given
// as base64, applied to the registration ID.
func DerivedKey(groupKey, registrationID string) Credential {
	k, err := decodeKey(groupKey)
	if err != nil {
		return Credential{kind: "derived key", err: err}
	}
	return Credential{kind: "derived key", key: mac(k, registrationID)}
}

// TPM answers the challenge that DPS sets to a device with a trusted platform module, and signs with what it
// contains.
func TPM(t *SoftwareTPM) Credential {
	if t == nil {
		return Credential{kind: "TPM", err: errors.New("no TPM given")}
	}
	return Credential{kind: "TPM", tpm: t}
}

// NoCredential presents nothing at all.
func NoCredential() Credential { return Credential{kind: "none"} }

// Format names the kind of credential whatever the verb is, so that no key ends in a log.
func (c Credential) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "credential (%s)", c.kind) }

func decodeKey(key string) ([]byte, error) {
	k, err := base64.StdEncoding.DecodeString(key)
	switch {
	case err != nil: // the decoder's own error would be harmless, but says nothing to a reader
		return nil, errors.New("the key is not base64")
	case len(k) == 0:
		return nil, errors.New("the key is empty")
	}
	return k, nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
