// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private is the private state of an object, by key.
type Private map[string][]byte

// DecodePrivate reads private state as the framework writes it; false when that is not understood, or the framework has
// left something for itself, whose keys begin with a dot.
func DecodePrivate(raw []byte) (Private, bool) {
	p := Private{}
	if len(raw) == 0 {
		return p, true
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, false
	}
	for key := range p {
		if strings.HasPrefix(key, ".") {
			return nil, false
		}
	}
	return p, true
}

// GetKey is what is kept under a key.
func (p Private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }
