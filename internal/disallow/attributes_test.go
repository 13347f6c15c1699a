// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

// askedWith is a configuration of which only these attributes are set.
func askedWith(t *testing.T, set map[string]any) asked {
	t.Helper()
	s := deviceSchema()
	state := tfsdk.State{Schema: s, Raw: tftypes.NewValue(s.Type().TerraformType(t.Context()), nil)}
	for name, value := range set {
		if diags := state.SetAttribute(t.Context(), path.Root(name), value); diags.HasError() {
			t.Fatal(diags)
		}
	}
	m, diags := configure.Decode[deviceModel](t.Context(), state)
	if diags.HasError() {
		t.Fatal(diags[0].Detail())
	}
	return m.asked
}

// What can be asked of a block is expanded, so that somebody acts on it.
func TestAttributes_thatAreAskedAreExpanded(t *testing.T) {
	t.Parallel()
	authority, err := devicesim.SelfSigned("authority")
	if err != nil {
		t.Fatal(err)
	}
	thumbprint := func(digit string) string { return certificate.ThumbprintPrefix + strings.Repeat(digit, 64) }
	plain := map[string]any{
		"registration_id": "sensor-1", "dps_hostname": "a.example", "certificate_pem": thumbprint("a"),
		"desired_access": iotplan.AccessBlocked, "enrollment_action": actionDisable, "hub_identity_action": actionDisable,
	}
	samples := map[string]any{
		"registration_id": "sensor-2", "dps_hostname": "b.example", "certificate_pem": thumbprint("b"),
		"certificate_chain_pem": authority.PEM(), "device_id": "pump-1", "reason": "stolen",
		"additional_iothub_hostnames": []string{"hub.example"}, "desired_access": iotplan.AccessRestored,
		"enrollment_action": actionDelete, "hub_identity_action": actionKeep, "delete_registration": true,
	}
	before, diags := askedWith(t, plain).expand(t.Context())
	if diags.HasError() {
		t.Fatal(diags)
	}
	for name, attribute := range deviceSchema().Attributes {
		if !attribute.IsOptional() && !attribute.IsRequired() || name == "on_destroy" {
			continue
		}
		sample, ok := samples[name]
		if !ok {
			t.Errorf("%s has no sample here", name)
			continue
		}
		set := maps.Clone(plain)
		set[name] = sample
		after, diags := askedWith(t, set).expand(t.Context())
		if diags.HasError() || reflect.DeepEqual(before, after) {
			t.Errorf("%s is not expanded: %v", name, diags)
		}
	}
}

// What is computed is told when it is known, and left unknown where everything is.
func TestAttributes_thatAreToldAreFlattened(t *testing.T) {
	t.Parallel()
	known, diags := flatten(t.Context(), deprovision.Block{}, unknowns{})
	unknown, more := flatten(t.Context(), deprovision.Block{}, everythingUnknown())
	if diags.Append(more...); diags.HasError() {
		t.Fatal(diags)
	}
	for i := range reflect.TypeFor[told]().NumField() {
		name := reflect.TypeFor[told]().Field(i).Tag.Get("tfsdk")
		is, _ := reflect.ValueOf(known).Field(i).Interface().(attr.Value)
		may, _ := reflect.ValueOf(unknown).Field(i).Interface().(attr.Value)
		if is.IsNull() || is.IsUnknown() {
			t.Errorf("%s is not told: it is %s", name, is)
		}
		if !may.IsUnknown() {
			t.Errorf("%s is not left unknown where everything is: it is %s", name, may)
		}
	}
}
