// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

// modelWith is a device identity of which only these attributes are set.
func modelWith(t *testing.T, set map[string]any) identityModel {
	t.Helper()
	s := identitySchema()
	state := tfsdk.State{Schema: s, Raw: tftypes.NewValue(s.Type().TerraformType(t.Context()), nil)}
	for name, value := range set {
		if diags := state.SetAttribute(t.Context(), path.Root(name), value); diags.HasError() {
			t.Fatal(diags)
		}
	}
	m, diags := configure.Decode[identityModel](t.Context(), state)
	if diags.HasError() {
		t.Fatal(diags[0].Detail())
	}
	return m
}

// written is what a hub has after one write of everything, as state shows it.
func written(now *aziothub.Device, m identityModel) identityModel {
	w := &writer{subject: subject{deviceID: "pump-1"}}
	body := w.newDevice(m.managed())
	if now != nil {
		body = step(*now, m.managed(), nil)
	}
	return flatten(body, m)
}

// What can be set of an identity is compared, written when the identity is made and when it is changed, and read.
func TestAttributes_areComparedWrittenAndRead(t *testing.T) {
	t.Parallel()
	thumbprint := strings.Repeat("AB", 20)
	samples := map[string]any{
		statusName: aziothub.StatusDisabled, statusReasonName: "stolen", parentScopeName: "ms-azure-iot-edge://gw-1",
		edgeEnabledName: true,
		authenticationName: flattenAuthentication(&authentication{
			kind: aziothub.AuthenticationSelfSigned, thumbprints: [2]string{thumbprint, thumbprint},
		}, types.ObjectNull(authenticationType().AttrTypes)),
	}
	for name, attribute := range identitySchema().Attributes {
		if !attribute.IsOptional() || name == hostnameName || name == onDestroyName {
			continue
		}
		sample, ok := samples[name]
		if !ok {
			t.Errorf("%s has no sample here", name)
			continue
		}
		plain, set := modelWith(t, map[string]any{deviceIDName: "pump-1"}), modelWith(t, map[string]any{
			deviceIDName: "pump-1", name: sample,
		})
		before := (&writer{subject: subject{deviceID: "pump-1"}}).newDevice(plain.managed())
		compared := differences(managedOf(before), set.managed())
		if !slices.ContainsFunc(compared, func(d difference) bool { return strings.HasPrefix(d.attribute, name) }) {
			t.Errorf("%s is not compared: differences in %v", name, compared)
		}
		for when, got := range map[string]identityModel{"made": written(nil, set), "changed": written(&before, set)} {
			if slices.Contains(configure.Differences(got, set), name) {
				t.Errorf("%s is not written or not read when an identity is %s", name, when)
			}
		}
	}
}

// What is only read stays as it is while nothing is changed, so that a plan shows no more than it has to.
func TestAttributes_thatAreOnlyReadStayKnown(t *testing.T) {
	t.Parallel()
	prior := modelWith(t, map[string]any{
		deviceIDName: "pump-1", statusName: aziothub.StatusEnabled, edgeEnabledName: false, generationIDName: "1",
	})
	for name, attribute := range identitySchema().Attributes {
		if attribute.IsOptional() || attribute.IsRequired() {
			continue
		}
		set := map[string]any{
			deviceIDName: "pump-1", statusName: aziothub.StatusEnabled, edgeEnabledName: false, name: types.StringUnknown(),
		}
		planned := planUpdate(modelWith(t, map[string]any{deviceIDName: "pump-1"}), modelWith(t, set), prior, memory{})
		if slices.Contains(configure.Differences(planned, prior), name) {
			t.Errorf("%s is not planned by planUpdate", name)
		}
	}
}
