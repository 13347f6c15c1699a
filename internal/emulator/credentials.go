// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// fixedScope is the ID scope of every emulator with fixed credentials.
const fixedScope = "0ne00000001"

// fixedKey is a key of size bytes that everybody can work out. The certificate authority is never fixed: who trusted
// one whose key is known would trust anybody.
func fixedKey(of string, size int) string {
	h := hmac.New(sha512.New, []byte("iotemulator -fixed-credentials"))
	_, _ = h.Write([]byte(of))
	return base64.StdEncoding.EncodeToString(h.Sum(nil)[:size])
}

// policyKeys are the keys of a service's policies that are not new: those of the seed, and fixed ones on request.
func (o Options) policyKeys(
	seeded map[string]wire.KeyPair, service string, size int,
) func(policy string) (keys [2]string, fixed bool) {
	return func(policy string) ([2]string, bool) {
		if pair, found := seeded[policy]; found {
			return [2]string{pair.Primary, pair.Secondary}, true
		}
		if !o.FixedCredentials {
			return [2]string{}, false
		}
		name := service + "/" + policy
		return [2]string{fixedKey(name+"/primary", size), fixedKey(name+"/secondary", size)}, true
	}
}

func (o Options) idScope() string {
	if o.Seed.DPS.IDScope == "" && o.FixedCredentials {
		return fixedScope
	}
	return o.Seed.DPS.IDScope
}
