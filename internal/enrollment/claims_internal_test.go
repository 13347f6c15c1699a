// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// attributesOf is a configuration of a resource in which everything else is null.
func attributesOf(t *testing.T, s schema.Schema, given map[string]any) tftypes.Value {
	t.Helper()
	object, ok := s.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("a schema is an object")
	}
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, given[name])
	}
	return tftypes.NewValue(object, values)
}

func blockedServices(object azure.Object) *azure.Services {
	services := azure.New(azure.Config{DPSHostname: "dps.example", Now: time.Now})
	services.Claims.Make(azure.ClaimBlocked, object, `azureiot_dps_device_disallow "sensor-1"`)
	return services
}

// planOf plans a new individual enrollment.
func planOf(t *testing.T, services *azure.Services, given map[string]any) resource.ModifyPlanResponse {
	t.Helper()
	individual := &entryResource{kind: individualKind()}
	individual.Services = services
	s := individualSchema()
	given["attestation"] = tftypes.UnknownValue
	raw := attributesOf(t, s, given)
	response := resource.ModifyPlanResponse{Plan: tfsdk.Plan{Schema: s, Raw: raw}}
	individual.ModifyPlan(t.Context(), resource.ModifyPlanRequest{
		Config: tfsdk.Config{Schema: s, Raw: raw}, Plan: tfsdk.Plan{Schema: s, Raw: raw},
		State: tfsdk.State{Schema: s, Raw: tftypes.NewValue(raw.Type(), nil)},
	}, &response)
	return response
}

func TestClaim_ofAnEntryThatACompositeBlocksIsAnErrorOnTheStatus(t *testing.T) {
	t.Parallel()
	services := blockedServices(azure.EnrollmentObject("dps.example", "sensor-1"))
	response := planOf(t, services, map[string]any{"registration_id": "Sensor-1", "provisioning_status": "enabled"})
	want := iotplan.EnabledAndBlocked(
		statusName, individualKind().noun, "Sensor-1", "dps.example", `azureiot_dps_device_disallow "sensor-1"`)
	if !response.Diagnostics.Contains(want) {
		t.Errorf("the composite should be named: %v", response.Diagnostics)
	}
}

func TestClaim_isMadeOfAnExplicitEnabledOnly(t *testing.T) {
	t.Parallel()
	for name, given := range map[string]map[string]any{
		"disabled":         {"registration_id": "sensor-1", "provisioning_status": "disabled"},
		"another entry":    {"registration_id": "sensor-2", "provisioning_status": "enabled"},
		"another instance": {"registration_id": "sensor-1", "provisioning_status": "enabled", "dps_hostname": "b.example"},
		"not known yet":    {"registration_id": tftypes.UnknownValue, "provisioning_status": "enabled"},
	} {
		services := blockedServices(azure.EnrollmentObject("dps.example", "sensor-1"))
		for _, d := range planOf(t, services, given).Diagnostics.Errors() {
			if strings.Contains(d.Summary(), "at once") {
				t.Errorf("%s: %s", name, d.Detail())
			}
		}
	}
}

// A composite that is planned later has to find the claim.
func TestClaim_isFoundByWhoeverBlocksTheEntryLater(t *testing.T) {
	t.Parallel()
	services := azure.New(azure.Config{DPSHostname: "dps.example", Now: time.Now})
	planOf(t, services, map[string]any{"registration_id": "sensor-1", "provisioning_status": "enabled"})
	other, contradicted := services.Claims.Make(
		azure.ClaimBlocked, azure.EnrollmentObject("dps.example", "SENSOR-1"), "a block")
	if !contradicted || other != `azureiot_dps_individual_enrollment "sensor-1"` {
		t.Errorf("the entry should be named, not %q", other)
	}
}

// A plan that changes nothing is not left to the framework, and has to claim all the same.
func TestClaim_isMadeOfAnEntryThatIsUnchangedToo(t *testing.T) {
	t.Parallel()
	access, err := sas.ParseConnectionString("HostName=dps.example;SharedAccessKeyName=a;SharedAccessKey=QUJDRA==")
	if err != nil {
		t.Fatal(err)
	}
	r := &entryResource{kind: individualKind()}
	r.Services = azure.New(azure.Config{DPSConnectionString: &access, Now: time.Now})
	raw := attributesOf(t, individualSchema(), map[string]any{
		"registration_id": "sensor-1", "dps_hostname": "dps.example", "provisioning_status": "enabled",
	})
	encoded, err := tfprotov6.NewDynamicValue(raw.Type(), raw)
	if err != nil {
		t.Fatal(err)
	}
	entry, _ := unchanged.Decode(&encoded)
	if !r.Planned(t.Context(), entry, entry, nil) {
		t.Fatal("nothing is planned of the entry")
	}
	_, contradicted := r.Services.Claims.Make(
		azure.ClaimBlocked, azure.EnrollmentObject("dps.example", "sensor-1"), "a block")
	if !contradicted {
		t.Error("whoever blocks the entry later has to be told")
	}
	if r.Planned(t.Context(), entry, entry, nil) {
		t.Error("the contradiction has to be said")
	}
}
