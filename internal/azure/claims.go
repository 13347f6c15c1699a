// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import "sync"

// ClaimKind is what a resource says of the status of an object.
type ClaimKind string

const (
	// ClaimEnabled is a configuration that writes out that the object is enabled.
	ClaimEnabled ClaimKind = "enabled"
	// ClaimBorn is a configuration that makes the object, enabled because it says nothing else.
	ClaimBorn ClaimKind = "born"
	// ClaimBlocked is a composite that keeps the object disabled, or deletes it.
	ClaimBlocked ClaimKind = "blocked"
)

// Claims are what the resources of one provider block say of the status of objects. Two that contradict each other
// would undo one another in every apply; Terraform knows nothing of that, because they are different resources. The
// zero value is ready for use.
type Claims struct {
	mu   sync.Mutex
	made map[claim]string
}

type claim struct {
	kind   ClaimKind
	object Object
}

// Make notes that by claims the object, and tells whether one of the other kind was made of it, and by whom: whichever
// comes second is told. The claim is kept either way. by names the claimant in words, such as
// azureiot_dps_individual_enrollment "sensor-1".
func (c *Claims) Make(kind ClaimKind, object Object, by string) (other string, contradicted bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		c.made = map[claim]string{}
	}
	c.made[claim{kind, object}] = by
	other, contradicted = c.made[claim{kind.opposite(), object}]
	return other, contradicted
}

// Made tells whether a claim was made of the object, and by whom.
func (c *Claims) Made(kind ClaimKind, object Object) (by string, made bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	by, made = c.made[claim{kind, object}]
	return by, made
}

func (k ClaimKind) opposite() ClaimKind {
	if k == ClaimBlocked {
		return ClaimEnabled
	}
	return ClaimBlocked
}
