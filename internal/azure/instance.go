// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// Instance is a DPS instance: its client, and what was learnt of it in this operation.
type Instance struct {
	*azdps.Client
	silence

	allGroups   groupList
	groups      *scan[azdps.EnrollmentGroup]
	individuals *scan[azdps.IndividualEnrollment]
}

// NewInstance is the instance that a client asks.
func NewInstance(client *azdps.Client) *Instance {
	return &Instance{Client: client, groups: scanGroups(client), individuals: scanIndividuals(client)}
}
