// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotstate_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// private is private state in memory.
type private map[string][]byte

func (p private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

func (p private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

type memory struct {
	ETag string `json:"etag"`
}

func key(version int) iotstate.Key[memory] {
	return iotstate.Key[memory]{Name: "object", Version: version, Unreadable: memory{ETag: "unreadable"}}
}

func TestKey_recallsWhatWasKept(t *testing.T) {
	t.Parallel()
	state := private{}
	for _, want := range []memory{{ETag: "a"}, {}} {
		if diags := key(1).Keep(t.Context(), state, want); diags.HasError() {
			t.Fatal(diags)
		}
		if got, diags := key(1).Recall(t.Context(), state); got != want || diags.HasError() {
			t.Errorf("recalled %+v instead of %+v: %v", got, want, diags)
		}
	}
	key(1).Keep(t.Context(), state, memory{ETag: "a"})
	key(1).Forget(t.Context(), state)
	if got, _ := key(1).Recall(t.Context(), state); got != (memory{}) {
		t.Errorf("recalled %+v of what was forgotten", got)
	}
}

func TestKey_saysWhatPrivateStateOfAnotherVersionOrShapeIs(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"":                                   "",
		"[":                                  "unreadable",
		`{"version":2,"value":{"etag":"a"}}`: "a",
		`{"version":1,"value":{"etag":"a"}}`: "unreadable",
		`{"value":{"etag":"a"}}`:             "unreadable",
		`{"version":2,"value":{"etag":[]}}`:  "unreadable",
		`{"version":2}`:                      "unreadable",
		`{"etag":"a"}`:                       "unreadable",
	} {
		if got, _ := key(2).Recall(t.Context(), private{"object": []byte(raw)}); got.ETag != want {
			t.Errorf("%s is recalled as %q, not %q", raw, got.ETag, want)
		}
	}
}

func TestKey_ofWhatCannotBeEncodedIsAnError(t *testing.T) {
	t.Parallel()
	state := private{"object": []byte("before")}
	diags := iotstate.Key[func()]{Name: "object"}.Keep(t.Context(), state, func() {})
	if !diags.HasError() || string(state["object"]) != "before" {
		t.Errorf("said %v and kept %q", diags, state["object"])
	}
}
