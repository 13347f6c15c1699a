// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Origins of an entry.
const (
	originCreated = "created"
	originAdopted = "adopted"
)

// reading are the computed attributes in Go's types.
type reading struct {
	state deprovision.State
	// access is deprovision's sum of everything; created says that the entry was made by this resource.
	access  deprovision.Access
	created bool
	// previous is where each object stood before it was first changed, irreversible that something was deleted.
	previous     deprovision.State
	irreversible bool
	effects      []deprovision.Effect
	paths        []deprovision.ReenrollPath
}

// unknowns say which readings of a plan only the apply can tell.
type unknowns struct {
	enrollment, identities, access, origin, previous, reversible, effects, paths bool
	// moreEffects says that effects on identities may come to those that are certain.
	moreEffects bool
}

func everythingUnknown() unknowns {
	return unknowns{
		enrollment: true, identities: true, access: true, origin: true, previous: true, reversible: true, effects: true,
		paths: true,
	}
}

func originOf(created bool) string {
	if created {
		return originCreated
	}
	return originAdopted
}

// planned is a decision as the plan of an update says it; what a state says of the groups stays until it is looked at
// again.
func planned(d deprovision.Decision, paths []deprovision.ReenrollPath) (reading, unknowns) {
	r := reading{
		state: d.Goal, access: d.Access, created: d.Created, previous: d.Previous, irreversible: d.Irreversible,
		effects: d.Effects, paths: paths,
	}
	return r, unknowns{
		identities: d.Unknown.Identities, moreEffects: d.Unknown.Identities, previous: d.Unknown.Identities,
		access: d.Unknown.Access, paths: d.Unknown.Paths,
	}
}
