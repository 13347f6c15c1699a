// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// memoryKey is the key of the resource's private state.
const memoryKey = "device"

// memory is what the resource keeps besides its attributes. Private state is readable in the state file: no secret
// goes in.
type memory struct {
	// Unfinished says that the last create or update did not come to its end.
	Unfinished bool `json:"unfinished,omitempty"`
	// EntryETag is the entry as this resource last wrote it; another one means that somebody else changed it.
	EntryETag string `json:"entry_etag,omitempty"`
	// EntryChanged says that a read found another ETag.
	EntryChanged bool `json:"entry_changed,omitempty"`
	// Generations are the identities that were disabled, by host: one that was made anew is not enabled again.
	Generations map[string]string `json:"generations,omitempty"`
	// Suspected are hubs that hold or may hold an identity which nothing but a search connects with the device.
	Suspected []string `json:"suspected,omitempty"`
}

// privateGetter and privateSetter are the framework's private state in requests and responses.
type privateGetter interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateSetter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// recall reads the memory; private state of no or of another shape is an empty memory, which only ever leaves more
// blocked.
func recall(ctx context.Context, private privateGetter) (memory, diag.Diagnostics) {
	raw, diags := private.GetKey(ctx, memoryKey)
	var m memory
	if len(raw) > 0 && json.Unmarshal(raw, &m) != nil {
		m = memory{EntryChanged: true}
	}
	return m, diags
}

func (m memory) keep(ctx context.Context, private privateSetter) diag.Diagnostics {
	slices.Sort(m.Suspected)
	m.Suspected = slices.Compact(m.Suspected)
	raw, err := json.Marshal(m)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider defect", err.Error())}
	}
	return private.SetKey(ctx, memoryKey, raw)
}

func (m memory) suspects(host string) bool { return slices.Contains(m.Suspected, host) }

// remember notes the generation of an identity that is being disabled.
func (m *memory) remember(host, generation string) {
	if m.Generations == nil {
		m.Generations = map[string]string{}
	}
	m.Generations[host] = generation
}
