// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

func TestOnDestroy_takesItsPoliciesOnlyAndTheFirstByDefault(t *testing.T) {
	t.Parallel()
	keeps := iotplan.Policy{Value: iotplan.DestroyKeep, Does: "keeps it"}
	attribute := iotplan.OnDestroy("More.", keeps, iotplan.Prevents())
	var born defaults.StringResponse
	attribute.Default.DefaultString(t.Context(), defaults.StringRequest{}, &born)
	if born.PlanValue.ValueString() != iotplan.DestroyKeep {
		t.Errorf("left out it is %s", born.PlanValue)
	}
	for value, allowed := range map[string]bool{"keep": true, "prevent": true, "delete": false, "Keep": false, "": false} {
		var response validator.StringResponse
		attribute.Validators[0].ValidateString(
			t.Context(), validator.StringRequest{ConfigValue: types.StringValue(value)}, &response)
		if response.Diagnostics.HasError() == allowed {
			t.Errorf("%q is allowed: %t", value, !allowed)
		}
	}
	const want = "What destroying does in Azure: `keep` (default) keeps it; `prevent` makes a plan that would destroy " +
		"or rename it an error, and an apply that would replace it for another reason (`-replace`, a taint). The value " +
		"that counts is the one last applied. More."
	if attribute.MarkdownDescription != want {
		t.Errorf("it is described as %q", attribute.MarkdownDescription)
	}
}
