// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"encoding/json"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// memoryKey is where private state keeps what is remembered of an entry.
const memoryKey = "entry"

// memoryVersion is raised when state comes to say more of an entry than it did, so that every entry is read once.
const memoryVersion = 1

// memory is what is remembered of an entry besides its state.
type memory struct {
	// ETag is the one with which the entry was what state says; empty when state may say something else.
	ETag    azcore.ETag `json:"etag"`
	Version int         `json:"version"`
}

// privateState is the private state of any request or response.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diagnostics
}

// recall reads the memory; an object of which nothing is remembered, as before an import's first read, has none.
func recall(ctx context.Context, private privateState) (memory, diagnostics) {
	var m memory
	raw, diags := private.GetKey(ctx, memoryKey)
	if len(raw) == 0 || json.Unmarshal(raw, &m) != nil || m.Version != memoryVersion {
		return memory{}, diags
	}
	return m, diags
}

func (m memory) keep(ctx context.Context, private privateState) diagnostics {
	m.Version = memoryVersion
	raw, err := json.Marshal(m)
	if err != nil {
		return nil // An ETag is always text.
	}
	return private.SetKey(ctx, memoryKey, raw)
}
