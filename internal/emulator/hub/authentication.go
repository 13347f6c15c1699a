// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

const (
	authSAS        = "sas"
	authSelfSigned = "selfSigned"
	authCA         = "certificateAuthority"
	authNone       = "none"
)

// authentication is how a device or module proves who it is. Keys are filled for sas
// only, thumbprints for selfSigned only.
type authentication struct {
	kind        string
	keys        [2]string
	thumbprints [2]string
}

// String keeps keys out of every log.
func (a authentication) String() string { return a.kind }

// GoString keeps keys out of every log.
func (a authentication) GoString() string { return a.kind }

// generated is what an identity gets that names no authentication: two new keys.
func (h *minter) generated() authentication {
	return authentication{kind: authSAS, keys: [2]string{h.random.Key(32), h.random.Key(32)}}
}

// wire writes the authentication; the material of other types is null.
func (a authentication) wire() *authenticationBody {
	kind := a.kind
	return &authenticationBody{
		SymmetricKey:   &symmetricKeyBody{textOrNull(a.keys[0]), textOrNull(a.keys[1])},
		X509Thumbprint: &x509ThumbprintBody{textOrNull(a.thumbprints[0]), textOrNull(a.thumbprints[1])},
		Type:           &kind,
	}
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// readAuthentication applies the service's rules to what a request says. Nothing at all
// means new keys, on an update too: PUT replaces everything.
func (h *minter) readAuthentication(body *authenticationBody, isModule bool) (authentication, *wire.Problem) {
	if body == nil {
		return h.generated(), nil
	}
	var keys, thumbprints [2]string
	if k := body.SymmetricKey; k != nil {
		keys = [2]string{textOf(k.PrimaryKey), textOf(k.SecondaryKey)}
	}
	if t := body.X509Thumbprint; t != nil {
		thumbprints = [2]string{textOf(t.PrimaryThumbprint), textOf(t.SecondaryThumbprint)}
	}
	kind := textOf(body.Type)
	if kind == "" {
		kind = authSAS
		if thumbprints != [2]string{} {
			kind = authSelfSigned
		}
	}
	switch {
	case strings.EqualFold(kind, authSAS), strings.EqualFold(kind, authNone) && isModule:
		return h.readKeys(keys)
	case strings.EqualFold(kind, authSelfSigned):
		return readThumbprints(thumbprints)
	case strings.EqualFold(kind, authCA):
		return authentication{kind: authCA}, nil
	case strings.EqualFold(kind, authNone):
		return authentication{}, problemf(codeArgumentInvalid, "DeviceAuthenticationTypeIsMissing")
	}
	return authentication{}, problemf(codeArgumentInvalid, "BadRequest")
}

// readKeys takes two keys, or makes two where both are empty.
func (h *minter) readKeys(keys [2]string) (authentication, *wire.Problem) {
	if keys == [2]string{} {
		return h.generated(), nil
	}
	if keys[0] == "" || keys[1] == "" {
		return authentication{}, problemf(codeArgumentInvalid, "Either no keys or both keys can be set")
	}
	for _, k := range keys {
		raw, err := base64.StdEncoding.DecodeString(k)
		if err != nil || len(raw) < 16 || len(raw) > 64 {
			return authentication{}, problemf(codeArgumentInvalid, "Invalid device key length")
		}
	}
	return authentication{kind: authSAS, keys: keys}, nil
}

// readThumbprints takes SHA-1 or SHA-256 in hex without separators, in the case given;
// none at all is accepted (observed live).
func readThumbprints(thumbprints [2]string) (authentication, *wire.Problem) {
	for _, t := range thumbprints {
		raw, err := hex.DecodeString(t)
		if err != nil || len(raw) != 0 && len(raw) != sha1.Size && len(raw) != sha256.Size {
			return authentication{}, problemf(codeArgumentInvalid, "StringIsNotThumbprint")
		}
	}
	return authentication{kind: authSelfSigned, thumbprints: thumbprints}, nil
}

// hasThumbprintOf tells whether the certificate is one of the two that the identity names.
func (a authentication) hasThumbprintOf(c *x509.Certificate) bool {
	short, long := sha1.Sum(c.Raw), sha256.Sum256(c.Raw)
	for _, t := range a.thumbprints {
		if strings.EqualFold(t, hex.EncodeToString(short[:])) || strings.EqualFold(t, hex.EncodeToString(long[:])) {
			return true
		}
	}
	return false
}
