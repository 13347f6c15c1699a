// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Reasons why a shared access signature is refused; they never carry the token.
var (
	errSASMalformed = errors.New("the Authorization header is not a shared access signature")
	errSASResource  = errors.New("the shared access signature is for another resource")
	errSASExpired   = errors.New("the shared access signature has expired")
	errSASKey       = errors.New("the shared access signature is not made with a known key")
)

const sasScheme = "SharedAccessSignature "

// VerifySAS checks a token for a resource ("host:port", "host:port/devices/x" or "scope/registrations/x"). keysOf gives
// the keys (base64) of the token's skn, which is "" when absent. The signature covers sr and se exactly as the token
// spells them, while sr is compared decoded, without case, with or without the port, as a prefix by segment: Node
// leaves sr unencoded, the others encode it (recorded requests).
func VerifySAS(
	header, resource string, keysOf func(keyName string) (keys [2]string, ok bool), now time.Time,
) (keyName string, err error) {
	token, ok := strings.CutPrefix(header, sasScheme)
	if !ok {
		return "", errSASMalformed
	}
	raw := map[string]string{}
	for part := range strings.SplitSeq(token, "&") {
		name, value, found := strings.Cut(part, "=")
		if !found {
			return "", errSASMalformed
		}
		raw[strings.ToLower(strings.TrimSpace(name))] = value
	}
	// PathUnescape keeps "+", which some clients leave bare in the signature.
	sr, err1 := url.PathUnescape(raw["sr"])
	signature, err2 := url.PathUnescape(raw["sig"])
	keyName, err3 := url.PathUnescape(raw["skn"])
	expiry, err4 := strconv.ParseInt(raw["se"], 10, 64)
	mac, err5 := base64.StdEncoding.DecodeString(signature)
	if errors.Join(err1, err2, err3, err4, err5) != nil || sr == "" {
		return "", errSASMalformed
	}
	if !coversResource(sr, resource) {
		return "", errSASResource
	}
	keys, ok := keysOf(keyName)
	if !ok {
		return "", errSASKey
	}
	message := raw["sr"] + "\n" + raw["se"]
	if !signedWith(keys[0], message, mac) && !signedWith(keys[1], message, mac) {
		return "", errSASKey
	}
	if now.Unix() >= expiry {
		return "", errSASExpired
	}
	return keyName, nil
}

func signedWith(key, message string, mac []byte) bool {
	raw, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(raw) > 0 && hmac.Equal(mac, hmacSHA256(raw, message))
}

func hmacSHA256(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(message))
	return h.Sum(nil)
}

// coversResource says whether a token for granted is good for wanted. A port in granted
// must be the right one; without one, any port of the host is covered.
func coversResource(granted, wanted string) bool {
	granted = strings.TrimSuffix(strings.ToLower(granted), "/")
	wanted = strings.ToLower(wanted)
	for _, w := range []string{wanted, withoutPort(wanted)} {
		if w == granted || strings.HasPrefix(w, granted+"/") {
			return true
		}
	}
	return false
}

func withoutPort(resource string) string {
	host, rest, found := strings.Cut(resource, "/")
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if found {
		return host + "/" + rest
	}
	return host
}

// DeriveKey makes a device's key from a group's: HMAC-SHA256 over the registration ID.
func DeriveKey(groupKey, registrationID string) string {
	raw, err := base64.StdEncoding.DecodeString(groupKey)
	if err != nil || len(raw) == 0 {
		return ""
	}
	return base64.StdEncoding.EncodeToString(hmacSHA256(raw, registrationID))
}
