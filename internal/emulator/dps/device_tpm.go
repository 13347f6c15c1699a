// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// errEndorsementKey says that an endorsement key cannot be used to encrypt.
var errEndorsementKey = errors.New("the endorsement key is not an RSA public key")

// tpmChallenge is the body of the 401 that asks a TPM device to prove itself.
type tpmChallenge struct {
	Message                      string  `json:"message"`
	AuthenticationKey            string  `json:"authenticationKey"`
	UnencryptedAuthenticationKey *string `json:"unencryptedAuthenticationKey"`
	KeyName                      string  `json:"keyName"`
}

// challenge answers a TPM device's call without a token: a fresh key that only the
// holder of the endorsement key can read, and that must sign the repeated call.
//
// The blob of the real service is a TPM2 credential. The emulator's is the key itself
// (32 bytes), encrypted with RSA-OAEP and SHA-256, without a label, to the public
// endorsement key, in base64. The hub's key comes to the device in the same way.
func (d *prover) challenge(r deviceRequest, individual *entry) *wire.Problem {
	if individual == nil {
		return notFound(kindIndividual)
	}
	t := individual.Attestation.TPM
	if t == nil || !sameKey(t.EndorsementKey, r.body.TPM.EndorsementKey) {
		return unauthorized("Unauthorized")
	}
	return d.challengeHolder(r.id, t.EndorsementKey)
}

func (d *prover) challengeHolder(registrationID, endorsementKey string) *wire.Problem {
	key := d.random.Bytes(32)
	blob, err := encryptTo(endorsementKey, key)
	if err != nil {
		return notModelled("an endorsement key that is no RSA public key (TPM2B_PUBLIC or PKIX)")
	}
	d.nonces[strings.ToLower(registrationID)] = base64.StdEncoding.EncodeToString(key)
	return &wire.Problem{Code: codeDenied, Body: tpmChallenge{
		Message:           "Authorization required, resend request using supplied key",
		AuthenticationKey: blob, KeyName: devicePolicyName,
	}}
}

// proveByTPM checks the second call: signed with the key of the latest challenge. The
// hub's key is new; the device reads it from the result.
func (d *prover) proveByTPM(r deviceRequest, individual *entry) (attempt, *wire.Problem) {
	nonce := d.nonces[strings.ToLower(r.id)]
	keys := [2]string{nonce, nonce}
	t := individual.Attestation.TPM
	same := r.body.TPM == nil || sameKey(t.EndorsementKey, r.body.TPM.EndorsementKey)
	if nonce == "" || !same || !d.signed(r.Header.Get("Authorization"), r.resource, keys) {
		return attempt{}, unauthorized("Unauthorized")
	}
	hubKeys := [2]string{
		d.random.Key(32), d.random.Key(32),
	}
	return attempt{
		governing: individual, proof: proof{keys: keys}, keys: &hubKeys, endorsementKey: t.EndorsementKey,
	}, nil
}

// answersChallenge says whether a TPM device signed with the key of a later challenge than the one it registered with.
func (d *prover) answersChallenge(r deviceRequest, op *operation) bool {
	nonce := d.nonces[strings.ToLower(r.id)]
	return op.attempt.endorsementKey != "" && d.signed(r.Header.Get("Authorization"), r.resource, [2]string{nonce, nonce})
}

func decodeKey(key string) []byte {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil
	}
	return raw
}

// sameKey compares endorsement keys by their bytes; storage root keys are not compared.
func sameKey(a, b string) bool {
	x, err1 := base64.StdEncoding.DecodeString(a)
	y, err2 := base64.StdEncoding.DecodeString(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

func encryptTo(endorsementKey string, secret []byte) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(endorsementKey)
	if err != nil {
		return "", err
	}
	public, err := parseEndorsementKey(raw)
	if err != nil {
		return "", err
	}
	blob, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, secret, nil)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(blob), nil
}

// parseEndorsementKey reads the public key of a TPM2B_PUBLIC structure, as real devices
// send it, or of a PKIX structure, which software devices can make.
func parseEndorsementKey(raw []byte) (*rsa.PublicKey, error) {
	if key, err := x509.ParsePKIXPublicKey(raw); err == nil {
		if public, isRSA := key.(*rsa.PublicKey); isRSA {
			return public, nil
		}
		return nil, errEndorsementKey
	}
	return parseTPMPublic(raw)
}

// parseTPMPublic walks the structure: size, type RSA, name algorithm, attributes, policy,
// symmetric algorithm (with key size and mode), scheme, key bits, exponent, modulus.
func parseTPMPublic(raw []byte) (*rsa.PublicKey, error) {
	const algorithmRSA, algorithmNull = 0x0001, 0x0010
	u16 := func() uint16 {
		if len(raw) < 2 {
			raw = nil
			return 0
		}
		v := binary.BigEndian.Uint16(raw)
		raw = raw[2:]
		return v
	}
	skip := func(n int) { raw = raw[min(n, len(raw)):] }
	if size := u16(); int(size) != len(raw) || u16() != algorithmRSA {
		return nil, errEndorsementKey
	}
	skip(2 + 4)
	skip(int(u16()))
	if u16() != algorithmNull {
		skip(4)
	}
	if u16() != algorithmNull {
		skip(2)
	}
	bits := u16()
	if len(raw) < 4 {
		return nil, errEndorsementKey
	}
	exponent := int(binary.BigEndian.Uint32(raw))
	skip(4)
	if exponent == 0 {
		exponent = 65537
	}
	if n := int(u16()); n != len(raw) || n*8 != int(bits) || n < 128 {
		return nil, errEndorsementKey
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(raw), E: exponent}, nil
}
