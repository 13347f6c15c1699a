// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// modelWith is an entry with a symmetric key of which only these attributes are set.
func modelWith(t *testing.T, k kind, name string, value any) model {
	t.Helper()
	s := k.schema()
	state := tfsdk.State{Schema: s, Raw: tftypes.NewValue(s.Type().TerraformType(t.Context()), nil)}
	version := path.Root(attestationName).AtName(symmetricKeyName).AtName(keysVersionName)
	diags := state.SetAttribute(t.Context(), version, "1")
	if name != "" {
		diags.Append(state.SetAttribute(t.Context(), path.Root(name), value)...)
	}
	m, more := k.decode(t.Context(), state)
	if diags.Append(more...); diags.HasError() {
		t.Fatal(diags[0].Detail())
	}
	return m
}

// What can be set of an entry is compared, written when the entry is made and when it is changed, and read.
func areComparedWrittenAndRead(t *testing.T, k kind) {
	t.Helper()
	// What names the entry, and what only Terraform knows.
	apart := []string{k.idName, dpsHostnameName, onDestroyName, "delete_registrations_on_destroy"}
	samples := map[string]any{
		attestationName: nil, // Its own tests look at its members.
		deviceIDName:    "pump-1", deviceInformationName: `{"a":1}`, statusName: azdps.StatusDisabled,
		allocationPolicyName: "hashed", iothubHostnamesName: []string{"a.example"},
		reprovisionPolicyName: reprovisionPolicy(false, true), edgeEnabledName: true,
		initialTwinName: types.ObjectValueMust(initialTwinType().AttrTypes, map[string]attr.Value{
			tagsName: iottype.JSON().Value(`{"a":1}`), desiredPropertiesName: iottype.JSON().Null(),
		}),
		customAllocationName: types.ObjectValueMust(customAllocationType().AttrTypes, map[string]attr.Value{
			webhookURLName: types.StringValue("https://a.example"), apiVersionName: types.StringValue("2021-10-01"),
		}),
	}
	for name, attribute := range k.schema().Attributes {
		if slices.Contains(apart, name) || !attribute.IsOptional() && !attribute.IsRequired() {
			continue
		}
		sample, ok := samples[name]
		if !ok {
			t.Errorf("%s has no sample here", name)
		}
		if sample == nil {
			continue
		}
		plain, set := modelWith(t, k, "", nil), modelWith(t, k, name, sample)
		if !slices.Contains(plain.differences(set), name) {
			t.Errorf("%s is not compared", name)
		}
		stored, diags := plain.expand(k.shape, entry{})
		stored.ETag = "1"
		for when, before := range map[string]entry{"made": {}, "changed": stored} {
			body, more := set.expand(k.shape, before)
			got := flatten(k.shape, body, set)
			if diags.Append(more...); diags.HasError() || slices.Contains(got.differences(set), name) {
				t.Errorf("%s is not written or not read when an entry is %s: %v", name, when, diags)
			}
		}
	}
}

func TestAttributes_areComparedWrittenAndRead(t *testing.T) {
	t.Parallel()
	areComparedWrittenAndRead(t, individualKind())
	areComparedWrittenAndRead(t, groupKind())
}
