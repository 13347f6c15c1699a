// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"fmt"
	"slices"
	"strings"
)

// Block is what is told of the block of a device.
type Block struct {
	// State is where the device stands, or is to stand; Access is the sum of it.
	State  State
	Access Access
	// Created says that the entry was made by the block.
	Created bool
	// Previous is where each object stood before it was first changed, which is what restoring goes back to; Irreversible
	// says that it cannot bring everything back.
	Previous     State
	Irreversible bool
	// Effects are what the last change did, or what the planned one does.
	Effects Effects
	// Paths are the enabled groups that could let the device in without an individual enrollment, as last looked at.
	Paths []ReenrollPath
}

// At is the block with the device as it stands now.
func (b Block) At(e Evidence) Block {
	b.State, b.Access, b.Paths = e.State(), e.Access(), e.Paths
	return b
}

// Same tells whether two blocks are told alike, apart from what the last change did.
func (b Block) Same(other Block) bool {
	return b.Access == other.Access && b.Created == other.Created && b.Irreversible == other.Irreversible &&
		b.State.same(other.State) && b.Previous.same(other.Previous) && slices.Equal(b.Paths, other.Paths)
}

// Lines say where the device stands, an object a line.
func (b Block) Lines(registrationID string) string {
	lines := []string{fmt.Sprintf("  %s %s: %s", TargetEnrollment, registrationID, b.State.Enrollment)}
	for _, id := range SortedIDs(b.State.Identities) {
		lines = append(lines, fmt.Sprintf("  %s %s: %s", TargetIdentity, id, b.State.Identities[id]))
	}
	return strings.Join(append(lines, fmt.Sprintf("  access: %s", b.Access)), "\n")
}
