// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

import (
	"crypto/x509"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Setting is what both services are made with. Policies and CACertificates may be nil.
type Setting struct {
	// Now is the clock.
	Now func() time.Time
	// Random makes keys and identifiers.
	Random wire.Random
	// Tokens recognises bearer tokens.
	Tokens *Issuer
	// Limit says how long a call must wait, 0 for not at all.
	Limit func(wire.Bucket) time.Duration
	// PageSize is the default and largest page of queries.
	PageSize int
	// Policies are further shared access policies: their permissions by name.
	Policies map[string][]string
	// PolicyKeys are the keys of policies that shall not be new; nil means none.
	PolicyKeys func(policy string) (keys [2]string, fixed bool)
	// CACertificates are the verified CA certificates by name, to which devices may chain.
	CACertificates map[string]*x509.Certificate
}
