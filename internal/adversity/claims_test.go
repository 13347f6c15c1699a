// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/device"
	"github.com/azureiot/terraform-provider-azureiot/internal/enrollment"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// claimed is a resource that a block may contradict: one object of it, at one instance, of which nobody is asked.
type claimed struct {
	make           func() resource.Resource
	typeName, noun string
	// idName, hostName and statusName are its attributes; also are others that a plan needs.
	idName, hostName, statusName string
	also                         map[string]any
	object                       func(host, id string) azure.Object
	// casesMatter says that IDs which differ in letter case are two.
	casesMatter bool
}

const (
	claimedHost = "instance.example"
	claimedID   = "sensor-1"
	blocksIt    = `azureiot_dps_device_disallow "sensor-1"`
)

func claimedResources() map[string]claimed {
	attestation := map[string]any{"attestation": tftypes.UnknownValue}
	return map[string]claimed{
		"individual enrollment": {
			make: enrollment.NewIndividualResource, typeName: "azureiot_dps_individual_enrollment",
			noun: "individual enrollment", idName: "registration_id", hostName: "dps_hostname",
			statusName: "provisioning_status", also: attestation, object: azure.EnrollmentObject,
		},
		"enrollment group": {
			make: enrollment.NewGroupResource, typeName: "azureiot_dps_enrollment_group", noun: "enrollment group",
			idName: "enrollment_group_id", hostName: "dps_hostname", statusName: "provisioning_status", also: attestation,
			object: azure.GroupObject,
		},
		"device identity": {
			make: device.NewIdentityResource, typeName: "azureiot_iothub_device_identity", noun: "device identity",
			idName: "device_id", hostName: "iothub_hostname", statusName: "status",
			also: map[string]any{"edge_enabled": false}, object: azure.IdentityObject, casesMatter: true,
		},
	}
}

func instanceServices() *azure.Services {
	return azure.New(azure.Config{DPSHostname: claimedHost, DefaultHub: claimedHost, Now: time.Now})
}

// configured is the resource with what the provider block gives it.
func (c claimed) configured(t *testing.T, services *azure.Services) resource.Resource {
	t.Helper()
	r := c.make()
	configurable, ok := r.(resource.ResourceWithConfigure)
	if !ok {
		t.Fatal("a resource is configured")
	}
	configurable.Configure(t.Context(), resource.ConfigureRequest{ProviderData: services}, &resource.ConfigureResponse{})
	return r
}

// values are attributes of the object as given, beside those that a plan needs; the others are null.
func (c claimed) values(t *testing.T, given map[string]any) (schema.Schema, tftypes.Value) {
	t.Helper()
	var described resource.SchemaResponse
	c.make().Schema(t.Context(), resource.SchemaRequest{}, &described)
	object, ok := described.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("a schema is an object")
	}
	all := maps.Clone(c.also)
	maps.Copy(all, given)
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, all[name])
	}
	return described.Schema, tftypes.NewValue(object, values)
}

// plan plans a new object.
func (c claimed) plan(t *testing.T, services *azure.Services, given map[string]any) resource.ModifyPlanResponse {
	t.Helper()
	planner, ok := c.configured(t, services).(resource.ResourceWithModifyPlan)
	if !ok {
		t.Fatal("a resource plans")
	}
	s, raw := c.values(t, given)
	response := resource.ModifyPlanResponse{Plan: tfsdk.Plan{Schema: s, Raw: raw}}
	planner.ModifyPlan(t.Context(), resource.ModifyPlanRequest{
		Config: tfsdk.Config{Schema: s, Raw: raw}, Plan: tfsdk.Plan{Schema: s, Raw: raw},
		State: tfsdk.State{Schema: s, Raw: tftypes.NewValue(raw.Type(), nil)},
	}, &response)
	return response
}

// blocked are services in whose provider block a composite keeps the object disabled.
func (c claimed) blocked() *azure.Services {
	services := instanceServices()
	services.Claims.Make(azure.ClaimBlocked, c.object(strings.ToUpper(claimedHost), claimedID), blocksIt)
	return services
}

func TestClaims_ofAnObjectThatACompositeBlocksAreErrorsOnTheStatus(t *testing.T) {
	t.Parallel()
	for name, c := range claimedResources() {
		response := c.plan(t, c.blocked(), map[string]any{c.idName: claimedID, c.statusName: "enabled"})
		want := iotplan.EnabledAndBlocked(c.statusName, c.noun, claimedID, claimedHost, blocksIt)
		if !response.Diagnostics.Contains(want) {
			t.Errorf("%s: the composite should be named: %v", name, response.Diagnostics)
		}
	}
}

func TestClaims_areMadeOfAnExplicitEnabledOfThatObjectOnly(t *testing.T) {
	t.Parallel()
	for name, c := range claimedResources() {
		for what, test := range map[string]struct {
			given       map[string]any
			contradicts bool
		}{
			"disabled":         {map[string]any{c.idName: claimedID, c.statusName: "disabled"}, false},
			"another object":   {map[string]any{c.idName: "sensor-2", c.statusName: "enabled"}, false},
			"other letters":    {map[string]any{c.idName: "Sensor-1", c.statusName: "enabled"}, !c.casesMatter},
			"another instance": {map[string]any{c.idName: claimedID, c.statusName: "enabled", c.hostName: "b.example"}, false},
			"not known yet":    {map[string]any{c.idName: tftypes.UnknownValue, c.statusName: "enabled"}, false},
		} {
			said := ""
			for _, d := range c.plan(t, c.blocked(), test.given).Diagnostics.Errors() {
				said += d.Summary() + "\n"
			}
			if strings.Contains(said, "Enabled and blocked at once") != test.contradicts {
				t.Errorf("%s, %s: %q", name, what, said)
			}
		}
	}
}

// A composite that is planned later has to find the claim.
func TestClaims_areFoundByWhoeverBlocksTheObjectLater(t *testing.T) {
	t.Parallel()
	for name, c := range claimedResources() {
		services := instanceServices()
		c.plan(t, services, map[string]any{c.idName: claimedID, c.statusName: "enabled"})
		other, contradicted := services.Claims.Make(azure.ClaimBlocked, c.object(claimedHost, claimedID), "a block")
		if want := c.typeName + ` "sensor-1"`; !contradicted || other != want {
			t.Errorf("%s: %s should be named, not %q", name, want, other)
		}
	}
}

// A plan that changes nothing is not left to the framework, and has to claim all the same.
func TestClaims_areMadeOfAnObjectThatIsUnchangedToo(t *testing.T) {
	t.Parallel()
	access, err := sas.ParseConnectionString(
		"HostName=" + claimedHost + ";SharedAccessKeyName=a;SharedAccessKey=QUJDRA==")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range claimedResources() {
		services := azure.New(azure.Config{
			DPSConnectionString: &access, DefaultHub: claimedHost, HubConnectionStrings: []sas.ConnectionString{access},
			Now: time.Now,
		})
		r, ok := c.configured(t, services).(unchanged.Resource)
		if !ok {
			t.Fatalf("%s: it should know when nothing has changed", name)
		}
		c.also = map[string]any{"edge_enabled": false}
		_, raw := c.values(t, map[string]any{c.idName: claimedID, c.hostName: claimedHost, c.statusName: "enabled"})
		encoded, err := tfprotov6.NewDynamicValue(raw.Type(), raw)
		if err != nil {
			t.Fatal(err)
		}
		object, _ := unchanged.Decode(&encoded)
		if !r.Planned(t.Context(), object, object, nil) {
			t.Errorf("%s: nothing is planned", name)
		}
		if _, contradicted := services.Claims.Make(
			azure.ClaimBlocked, c.object(claimedHost, claimedID), "a block"); !contradicted {
			t.Errorf("%s: whoever blocks it later has to be told", name)
		}
		if r.Planned(t.Context(), object, object, nil) {
			t.Errorf("%s: the contradiction has to be said", name)
		}
	}
}
