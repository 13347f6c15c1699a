// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// groupResource is azureiot_dps_enrollment_group: the DPS entry of all devices that share a certificate authority or a
// key. Deleting it leaves its devices in their hubs, and their registration records in DPS.
type groupResource struct{ entryResource[groupModel] }

var (
	_ resource.ResourceWithConfigure      = &groupResource{}
	_ resource.ResourceWithIdentity       = &groupResource{}
	_ resource.ResourceWithValidateConfig = &groupResource{}
	_ resource.ResourceWithModifyPlan     = &groupResource{}
	_ resource.ResourceWithImportState    = &groupResource{}
)

// NewGroupResource makes azureiot_dps_enrollment_group.
func NewGroupResource() resource.Resource {
	return &groupResource{entryResource[groupModel]{kind: groupKind(), of: groupModelOf}}
}

// Schema describes the resource.
func (r *groupResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = groupSchema()
}
