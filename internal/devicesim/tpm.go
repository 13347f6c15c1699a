// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

const (
	tpmKeyBits = 2048
	// endorsementPolicy is the authorization policy of the standard endorsement key template (TCG EK profile).
	endorsementPolicy = "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa"
	// The object attributes of the two standard templates.
	endorsementAttributes, storageAttributes = 0x000300b2, 0x00030472
)

// SoftwareTPM plays a trusted platform module: only it can read what was encrypted for its endorsement key. Its
// public keys have the form of a real module's; the encrypted blobs that it opens are simpler, see activate.
type SoftwareTPM struct {
	endorsement, storageRoot string // public parts, base64
	key                      *rsa.PrivateKey
}

// NewSoftwareTPM makes a module with new keys.
func NewSoftwareTPM() (*SoftwareTPM, error) {
	endorsement, err := rsa.GenerateKey(rand.Reader, tpmKeyBits)
	if err != nil {
		return nil, fmt.Errorf("make endorsement key: %w", err)
	}
	storageRoot, err := rsa.GenerateKey(rand.Reader, tpmKeyBits)
	if err != nil {
		return nil, fmt.Errorf("make storage root key: %w", err)
	}
	policy, err := hex.DecodeString(endorsementPolicy)
	if err != nil {
		return nil, fmt.Errorf("encode endorsement key: %w", err)
	}
	return &SoftwareTPM{
		endorsement: tpmPublic(&endorsement.PublicKey, endorsementAttributes, policy),
		storageRoot: tpmPublic(&storageRoot.PublicKey, storageAttributes, nil),
		key:         endorsement,
	}, nil
}

// tpmPublic writes a public key as the TPM 2.0 structure TPM2B_PUBLIC, in base64.
func tpmPublic(key *rsa.PublicKey, attributes uint32, policy []byte) string {
	const (
		algorithmRSA, algorithmAES, algorithmSHA256, algorithmNull = 0x0001, 0x0006, 0x000b, 0x0010
		modeCFB, aesBits                                           = 0x0043, 128
		defaultExponent                                            = 0 // stands for 65537
	)
	order := binary.BigEndian
	b := order.AppendUint16(nil, algorithmRSA)
	b = order.AppendUint16(b, algorithmSHA256)
	b = order.AppendUint32(b, attributes)
	b = append(order.AppendUint16(b, uint16(len(policy))), policy...)
	for _, v := range []uint16{algorithmAES, aesBits, modeCFB, algorithmNull, tpmKeyBits} {
		b = order.AppendUint16(b, v)
	}
	b = order.AppendUint32(b, defaultExponent)
	modulus := key.N.FillBytes(make([]byte, tpmKeyBits/8))
	b = append(order.AppendUint16(b, uint16(len(modulus))), modulus...)
	return base64.StdEncoding.EncodeToString(append(order.AppendUint16(nil, uint16(len(b))), b...))
}

// EndorsementKey returns the public endorsement key as base64, as an individual enrollment wants it.
func (t *SoftwareTPM) EndorsementKey() string { return t.endorsement }

// StorageRootKey returns the public storage root key as base64.
func (t *SoftwareTPM) StorageRootKey() string { return t.storageRoot }

// Format names the module without its private key, whatever the verb is.
func (t *SoftwareTPM) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "software TPM") }

// challenge finds the encrypted key in a 401 that is a challenge and no refusal. The published device clients
// tell the two apart in the same way: a refusal carries an error code instead.
func (a answer) challenge() string {
	var c struct {
		AuthenticationKey string `json:"authenticationKey"`
	}
	if a.status != http.StatusUnauthorized || json.Unmarshal(a.body, &c) != nil {
		return ""
	}
	return c.AuthenticationKey
}

// activate opens a key that was encrypted for this module. A real module's blob is a TPM 2.0 credential, bound to
// the storage root key as well; this one is the bare key, encrypted with RSA-OAEP, SHA-256 and no label.
func (t *SoftwareTPM) activate(blob string) ([]byte, error) {
	encrypted, err := base64.StdEncoding.DecodeString(blob)
	if err != nil {
		return nil, errors.New("the blob is not base64")
	}
	key, err := rsa.DecryptOAEP(sha256.New(), nil, t.key, encrypted, nil)
	if err != nil {
		return nil, errors.New("the blob is not for this TPM")
	}
	return key, nil
}
