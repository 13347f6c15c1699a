// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// attributesOf is a configuration of an identity; what is not given is null.
func attributesOf(t *testing.T, given map[string]any) tftypes.Value {
	t.Helper()
	object, ok := identitySchema().Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("a schema is an object")
	}
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, given[name])
	}
	return tftypes.NewValue(object, values)
}

// planOf plans a new device identity; what is not given is null.
func planOf(t *testing.T, services *azure.Services, given map[string]any) resource.ModifyPlanResponse {
	t.Helper()
	s := identitySchema()
	raw := attributesOf(t, given)
	r := &identityResource{}
	r.Services = services
	response := resource.ModifyPlanResponse{Plan: tfsdk.Plan{Schema: s, Raw: raw}}
	r.ModifyPlan(t.Context(), resource.ModifyPlanRequest{
		Config: tfsdk.Config{Schema: s, Raw: raw}, Plan: tfsdk.Plan{Schema: s, Raw: raw},
		State: tfsdk.State{Schema: s, Raw: tftypes.NewValue(raw.Type(), nil)},
	}, &response)
	return response
}

func hubServices() *azure.Services {
	return azure.New(azure.Config{DefaultHub: "hub.example", Now: time.Now})
}

func TestClaim_ofAnIdentityThatACompositeBlocksIsAnErrorOnTheStatus(t *testing.T) {
	t.Parallel()
	services := hubServices()
	services.Claims.Make(azure.ClaimBlocked, azure.IdentityObject("HUB.example", "pump-1"),
		`azureiot_dps_device_disallow "sensor-1"`)
	response := planOf(t, services, map[string]any{"device_id": "pump-1", "status": "enabled"})
	want := iotplan.EnabledAndBlocked(
		statusName, noun, "pump-1", "hub.example", `azureiot_dps_device_disallow "sensor-1"`)
	if !response.Diagnostics.Contains(want) {
		t.Errorf("the composite should be named: %v", response.Diagnostics)
	}
}

func TestClaim_isMadeOfAnExplicitEnabledOnly(t *testing.T) {
	t.Parallel()
	for name, given := range map[string]map[string]any{
		"disabled":       {"device_id": "pump-1", "status": "disabled"},
		"other letters":  {"device_id": "PUMP-1", "status": "enabled"},
		"another hub":    {"device_id": "pump-1", "status": "enabled", "iothub_hostname": "b.example"},
		"not known yet":  {"device_id": tftypes.UnknownValue, "status": "enabled"},
		"hub left alone": {"device_id": "pump-2", "status": "enabled"},
	} {
		services := hubServices()
		services.Claims.Make(azure.ClaimBlocked, azure.IdentityObject("hub.example", "pump-1"), "a block")
		for _, d := range planOf(t, services, given).Diagnostics.Errors() {
			if strings.Contains(d.Summary(), "at once") {
				t.Errorf("%s: %s", name, d.Detail())
			}
		}
	}
}

// A composite that is planned later has to find the claim.
func TestClaim_isFoundByWhoeverBlocksTheIdentityLater(t *testing.T) {
	t.Parallel()
	services := hubServices()
	planOf(t, services, map[string]any{"device_id": "pump-1", "status": "enabled"})
	other, contradicted := services.Claims.Make(
		azure.ClaimBlocked, azure.IdentityObject("hub.example", "pump-1"), "a block")
	if !contradicted || other != `azureiot_iothub_device_identity "pump-1"` {
		t.Errorf("the identity should be named, not %q", other)
	}
}

// A plan that changes nothing is not left to the framework, and has to claim all the same.
func TestClaim_isMadeOfAnIdentityThatIsUnchangedToo(t *testing.T) {
	t.Parallel()
	access, err := sas.ParseConnectionString("HostName=hub.example;SharedAccessKeyName=a;SharedAccessKey=QUJDRA==")
	if err != nil {
		t.Fatal(err)
	}
	r := &identityResource{}
	r.Services = azure.New(azure.Config{
		DefaultHub: "hub.example", HubConnectionStrings: []sas.ConnectionString{access}, Now: time.Now,
	})
	raw := attributesOf(t, map[string]any{
		"device_id": "sensor-1", "iothub_hostname": "hub.example", "status": "enabled", "edge_enabled": false,
	})
	encoded, err := tfprotov6.NewDynamicValue(raw.Type(), raw)
	if err != nil {
		t.Fatal(err)
	}
	identity, _ := unchanged.Decode(&encoded)
	if !r.Planned(t.Context(), identity, identity, nil) {
		t.Fatal("nothing is planned of the identity")
	}
	_, contradicted := r.Services.Claims.Make(
		azure.ClaimBlocked, azure.IdentityObject("hub.example", "sensor-1"), "a block")
	if !contradicted {
		t.Error("whoever blocks the identity later has to be told")
	}
	if r.Planned(t.Context(), identity, identity, nil) {
		t.Error("the contradiction has to be said")
	}
}
