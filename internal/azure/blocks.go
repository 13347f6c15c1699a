// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import "sync"

// Blocks tells of two blocks of one object, a device's enrollment or a group, that one provider block has. No plan says
// whose it is, and core plans a resource twice that it replaces: first with its state, then without. That second plan
// is known by its private state, which core takes from the first; a new block has none. Core configures a provider anew
// for each walk, and a walk plans each resource once besides that. The zero value is ready for use.
type Blocks struct {
	mu      sync.Mutex
	planned map[Object]*plannedBlocks
}

// plannedBlocks are the blocks of one object.
type plannedBlocks struct {
	access []string
	// forgetful says that one of them had lost its private state, so that a plan to replace it looks like that of a new
	// block.
	forgetful bool
}

// BlockPlan is one plan of a block that is not its destroy.
type BlockPlan struct {
	// Access is what the block is for; empty when that is not known yet.
	Access string
	// New says that there is no prior state, Remembers that there is private state.
	New, Remembers bool
}

// Meet notes a plan of a block, and returns what another block of the object is for; found is false when there is none,
// or when nobody can tell it from this one. The other one is of another access if there is such a one.
func (b *Blocks) Meet(object Object, p BlockPlan) (access string, found bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.New && p.Remembers {
		return "", false
	}
	known := b.planned[object]
	if known == nil {
		known = &plannedBlocks{}
		if b.planned == nil {
			b.planned = map[Object]*plannedBlocks{}
		}
		b.planned[object] = known
	}
	for _, other := range known.access {
		if differs := other != p.Access && other != "" && p.Access != ""; differs || !found && (!p.New || !known.forgetful) {
			access, found = other, true
			if differs {
				break // One resource has one configuration in a walk: this is certainly another.
			}
		}
	}
	known.access = append(known.access, p.Access)
	known.forgetful = known.forgetful || !p.New && !p.Remembers
	return access, found
}
