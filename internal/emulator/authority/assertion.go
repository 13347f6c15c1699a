// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package authority

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is a SHA-1 thumbprint
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// token is a JSON Web Token, read (RFC 7519); nothing of it is believed yet.
type token struct {
	header    header
	claims    claims
	signed    string
	signature []byte
}

type header struct {
	Algorithm string `json:"alg"`
	SHA1      string `json:"x5t,omitempty"`
	SHA256    string `json:"x5t#S256,omitempty"`
}

type claims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	From     int64  `json:"nbf"`
	Expires  int64  `json:"exp"`
}

var errNoToken = errors.New("it is no signed token")

func parseToken(text string) (token, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return token{}, errNoToken
	}
	t := token{signed: parts[0] + "." + parts[1]}
	head, err1 := base64.RawURLEncoding.DecodeString(parts[0])
	body, err2 := base64.RawURLEncoding.DecodeString(parts[1])
	signature, err3 := base64.RawURLEncoding.DecodeString(parts[2])
	t.signature = signature
	if errors.Join(err1, err2, err3, json.Unmarshal(head, &t.header), json.Unmarshal(body, &t.claims)) != nil {
		return token{}, errNoToken
	}
	return t, nil
}

// thumbprint names the certificate whose key has signed. MSAL writes it in plain base64.
func (t token) thumbprint() []byte {
	text := t.header.SHA256
	if text == "" {
		text = t.header.SHA1
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(text))
	if err != nil || len(raw) == 0 {
		return []byte("none")
	}
	return raw
}

// signedBy checks the signature with a certificate's key, in the two ways that Microsoft Entra ID takes ("Microsoft
// identity platform application authentication certificate credentials").
func (t token) signedBy(c *x509.Certificate) bool {
	key, isRSA := c.PublicKey.(*rsa.PublicKey)
	if !isRSA {
		return false
	}
	digest := sha256Of([]byte(t.signed))
	switch t.header.Algorithm {
	case "PS256":
		return rsa.VerifyPSS(key, crypto.SHA256, digest, t.signature, nil) == nil
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, t.signature) == nil
	}
	return false
}

func sha256Of(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

func sha1Of(b []byte) []byte {
	sum := sha1.Sum(b) //nolint:gosec // x5t is a SHA-1 thumbprint
	return sum[:]
}
