// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// formatTime writes a moment as the provisioning service does: UTC, up to seven
// fractional digits, trailing zeros trimmed (recorded traffic of the Python SDK).
func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.9999999Z") }

// formatETag makes an entity tag as recorded: base64 of a quoted GUID-like text whose
// first group is a counter and whose last group begins with the Unix seconds in hex.
func formatETag(counter uint32, t time.Time) string {
	text := fmt.Sprintf("\"%08x-0000-0800-0000-%08x0000\"", counter, uint32(t.Unix()))
	return base64.StdEncoding.EncodeToString([]byte(text))
}

// matchesETag compares an If-Match value with a stored entity tag. Surrounding quotes
// do not matter: clients send both forms.
func matchesETag(ifMatch, etag string) bool {
	return isAnyETag(ifMatch) || bareETag(ifMatch) == etag
}

func isAnyETag(ifMatch string) bool { return bareETag(ifMatch) == "*" }

func bareETag(ifMatch string) string {
	v := strings.TrimSpace(ifMatch)
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = v[1 : len(v)-1]
	}
	return v
}

// newGUID is a random identifier for tracking and operation IDs.
func newGUID() string {
	b := randomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// newSymmetricKey is a key as the service generates it: 64 random bytes in base64.
func newSymmetricKey() string { return base64.StdEncoding.EncodeToString(randomBytes(64)) }

// randomBytes cannot fail: crypto/rand ends the program rather than return an error.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
