// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import "github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"

// memory is what is remembered of an identity besides its state.
type memory struct {
	// ETag is the identity's when the state was last brought up to date; while it stands, so does the state.
	ETag string `json:"etag,omitempty"`
	// ReasonConfigured says that the reason comes from configuration: when it goes from there, it is cleared.
	ReasonConfigured bool `json:"reason_configured,omitempty"`
}

// memoryKey is where private state keeps the memory. Its version is raised when state comes to say more of an identity
// than it did. A memory that cannot be read has no ETag: the identity is read anew.
func memoryKey() iotstate.Key[memory] { return iotstate.Key[memory]{Name: "identity", Version: 1} }
