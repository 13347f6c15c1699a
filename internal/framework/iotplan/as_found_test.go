// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

func TestAsFound_plansWhatIsFoundUnlessConfigured(t *testing.T) {
	t.Parallel()
	null, unknown := types.StringNull(), types.StringUnknown()
	text := types.StringValue
	for name, test := range map[string]struct{ config, state, plan, want types.String }{
		"new, left out":             {null, null, unknown, text("enabled")},
		"new, configured":           {text("disabled"), null, text("disabled"), text("disabled")},
		"new, not known yet":        {unknown, null, unknown, unknown},
		"there, left out":           {null, text("disabled"), unknown, text("disabled")},
		"there, left out unchanged": {null, text("disabled"), text("disabled"), text("disabled")},
		"there, configured":         {text("enabled"), text("disabled"), text("enabled"), text("enabled")},
		"there, not known yet":      {unknown, text("disabled"), unknown, unknown},
	} {
		response := planmodifier.StringResponse{PlanValue: test.plan}
		iotplan.AsFound("enabled").PlanModifyString(t.Context(), planmodifier.StringRequest{
			ConfigValue: test.config, StateValue: test.state, PlanValue: test.plan,
		}, &response)
		if !response.PlanValue.Equal(test.want) {
			t.Errorf("%s: planned %s, not %s", name, response.PlanValue, test.want)
		}
	}
}
