// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"encoding/base64"
	"encoding/hex"
	"io"
)

// Random makes keys and identifiers. Its reader must allow concurrent reads and may not
// fail, as that of crypto/rand does not.
type Random struct{ Reader io.Reader }

// Bytes reads n of them.
func (r Random) Bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = io.ReadFull(r.Reader, b)
	return b
}

// Key is a symmetric key of n bytes, in base64.
func (r Random) Key(n int) string { return base64.StdEncoding.EncodeToString(r.Bytes(n)) }

// GUID is an identifier of a request, an error or an operation.
func (r Random) GUID() string {
	b := r.Bytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// KeyPair are two symmetric keys, in base64, as a person writes them down.
type KeyPair struct {
	Primary   string `json:"primary_key"`
	Secondary string `json:"secondary_key"`
}
