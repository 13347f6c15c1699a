// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

// planOf plans a new device identity; what is not given is null.
func planOf(t *testing.T, services *azure.Services, given map[string]any) resource.ModifyPlanResponse {
	t.Helper()
	s := identitySchema()
	object, ok := s.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("a schema is an object")
	}
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, given[name])
	}
	raw := tftypes.NewValue(object, values)
	r := &identityResource{}
	r.Services = services
	response := resource.ModifyPlanResponse{Plan: tfsdk.Plan{Schema: s, Raw: raw}}
	r.ModifyPlan(t.Context(), resource.ModifyPlanRequest{
		Config: tfsdk.Config{Schema: s, Raw: raw}, Plan: tfsdk.Plan{Schema: s, Raw: raw},
		State: tfsdk.State{Schema: s, Raw: tftypes.NewValue(object, nil)},
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
