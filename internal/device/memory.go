// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// memoryKey is where private state keeps what is remembered of an identity.
const memoryKey = "identity"

// memory is what the resource keeps besides its attributes. Private state is readable in the state file: no secret goes
// in.
type memory struct {
	// ETag is the identity's when the state was last brought up to date; while it stands, so does the state.
	ETag string `json:"etag,omitempty"`
	// ReasonConfigured says that the reason comes from configuration: when it goes from there, it is cleared.
	ReasonConfigured bool `json:"reason_configured,omitempty"`
}

// privateGetter and privateSetter are the framework's private state in requests and responses.
type privateGetter interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateSetter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

type privateState interface {
	privateGetter
	privateSetter
}

// recall reads the memory; private state of no or of another shape is an empty memory, with which everything is read
// anew.
func recall(ctx context.Context, private privateGetter) (memory, diag.Diagnostics) {
	raw, diags := private.GetKey(ctx, memoryKey)
	var m memory
	if len(raw) > 0 && json.Unmarshal(raw, &m) != nil {
		m = memory{}
	}
	return m, diags
}

func (m memory) keep(ctx context.Context, private privateSetter) diag.Diagnostics {
	raw, err := json.Marshal(m)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider defect", err.Error())}
	}
	return private.SetKey(ctx, memoryKey, raw)
}
