// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

// keepStandIn keeps the stand-in of a certificate that an import found in the entry, where configuration gives none. A
// certificate that configuration gave before, and gives no more, is dropped.
type keepStandIn struct{}

func (keepStandIn) Description(context.Context) string {
	return "An imported certificate stays where configuration gives none."
}

func (m keepStandIn) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (keepStandIn) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if !req.ConfigValue.IsNull() {
		return
	}
	resp.PlanValue = types.StringNull()
	if _, found := certificate.IsThumbprint(req.StateValue.ValueString()); found {
		resp.PlanValue = req.StateValue
	}
}
