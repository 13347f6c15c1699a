// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotstate

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Getter is the private state of a request.
type Getter interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// Setter is the private state of a response.
type Setter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// Private is the private state of a response to a plan, which has what the request had.
type Private interface {
	Getter
	Setter
}

// Key is where private state keeps a T.
type Key[T any] struct {
	Name string
	// Version is raised when a T of before is of no use any more.
	Version int
	// Unreadable stands for private state of another version or shape.
	Unreadable T
}

// kept is the shape of private state.
type kept[T any] struct {
	Version int `json:"version,omitempty"`
	Value   *T  `json:"value"`
}

// Recall reads what was kept.
func (k Key[T]) Recall(ctx context.Context, private Getter) (T, diag.Diagnostics) {
	var none T
	raw, diags := private.GetKey(ctx, k.Name)
	if len(raw) == 0 {
		return none, diags
	}
	var found kept[T]
	if json.Unmarshal(raw, &found) != nil || found.Version != k.Version || found.Value == nil {
		return k.Unreadable, diags
	}
	return *found.Value, diags
}

// Kept tells whether anything was kept, in whatever version or shape.
func (k Key[T]) Kept(ctx context.Context, private Getter) (bool, diag.Diagnostics) {
	raw, diags := private.GetKey(ctx, k.Name)
	return len(raw) > 0, diags
}

// Keep replaces what was kept.
func (k Key[T]) Keep(ctx context.Context, private Setter, value T) diag.Diagnostics {
	raw, err := json.Marshal(kept[T]{Version: k.Version, Value: &value})
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider defect", fmt.Sprintf(
			"What is to be remembered under %q cannot be encoded: %v. Please report this to the provider's authors.",
			k.Name, err))}
	}
	return private.SetKey(ctx, k.Name, raw)
}

// Forget drops what was kept.
func (k Key[T]) Forget(ctx context.Context, private Setter) diag.Diagnostics {
	return private.SetKey(ctx, k.Name, nil)
}
