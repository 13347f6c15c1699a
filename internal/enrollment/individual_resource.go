// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// individualResource is azureiot_dps_individual_enrollment: the DPS entry of one device, which decides about it before
// any group is asked. Deleting it leaves the device in its hub, and an enabled group that covers the device applies
// from then on.
type individualResource struct{ entryResource[individualModel] }

var (
	_ resource.ResourceWithConfigure      = &individualResource{}
	_ resource.ResourceWithIdentity       = &individualResource{}
	_ resource.ResourceWithValidateConfig = &individualResource{}
	_ resource.ResourceWithModifyPlan     = &individualResource{}
	_ resource.ResourceWithImportState    = &individualResource{}
)

// NewIndividualResource makes azureiot_dps_individual_enrollment.
func NewIndividualResource() resource.Resource {
	return &individualResource{entryResource[individualModel]{kind: individualKind(), of: individualModelOf}}
}

// Schema describes the resource.
func (r *individualResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = individualSchema()
}
