// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// memory is what is remembered of an entry besides its state.
type memory struct {
	// ETag is the one with which the entry was what state says; empty when state may say something else.
	ETag azcore.ETag `json:"etag"`
}

// memoryKey is where private state keeps the memory. Its version is raised when state comes to say more of an entry
// than it did, so that every entry is read once. A memory that cannot be read has no ETag: the entry is read anew.
func memoryKey() iotstate.Key[memory] { return iotstate.Key[memory]{Name: "entry", Version: 1} }
