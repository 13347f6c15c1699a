// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

const tpmKeyBits = 2048

// SoftwareTPM plays a trusted platform module: only it can read what was encrypted for its endorsement key.
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
	ek, err := x509.MarshalPKIXPublicKey(endorsement.Public())
	if err != nil {
		return nil, fmt.Errorf("encode endorsement key: %w", err)
	}
	srk, err := x509.MarshalPKIXPublicKey(storageRoot.Public())
	if err != nil {
		return nil, fmt.Errorf("encode storage root key: %w", err)
	}
	return &SoftwareTPM{
		endorsement: base64.StdEncoding.EncodeToString(ek),
		storageRoot: base64.StdEncoding.EncodeToString(srk),
		key:         endorsement,
	}, nil
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

// activate opens a key that was encrypted for this module.
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
