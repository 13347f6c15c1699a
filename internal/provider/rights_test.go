// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// story is what a test does with a resource: it is made or imported, changed and, at last, destroyed. Together the
// stories of a type need every right that the table has for it.
type story struct {
	typeName string
	// before is what operations have done, imported the object that they have made for the resource.
	before   func(w *acctest.World)
	imported string
	// steps are the configurations, one after the other.
	steps func(w *acctest.World) []map[string]any
}

func symmetric() map[string]any { return map[string]any{"symmetric_key": map[string]any{}} }

func registered(w *acctest.World) {
	w.AddGroup("factory", w.Intermediate)
	w.NewDevice("dev").MustRegister()
}

// entryWithKeys is an individual enrollment that operations have made.
func entryWithKeys(w *acctest.World) { w.AddKeyedEntry("dev", nil) }

func steps(configs ...map[string]any) func(*acctest.World) []map[string]any {
	return func(*acctest.World) []map[string]any { return configs }
}

func stories() map[string]story {
	const disabled = "disabled"
	return map[string]story{
		"block of a group that is lifted": {
			typeName: groupDisallow, before: registered,
			steps: steps(map[string]any{"enrollment_group_id": "factory"},
				map[string]any{"enrollment_group_id": "factory", "desired_access": "restored"}),
		},
		"block of a group with keys": {
			typeName: groupDisallow, steps: steps(map[string]any{"enrollment_group_id": "keys"}),
			before: func(w *acctest.World) { w.AddKeyedGroup("keys", nil) },
		},
		"block of a group that deletes": {
			typeName: groupDisallow, before: registered, steps: steps(map[string]any{
				"enrollment_group_id": "factory", "hub_identity_action": "delete", "delete_registrations": true,
			}),
		},
		"individual enrollment": {
			typeName: "azureiot_dps_individual_enrollment",
			before:   func(w *acctest.World) { w.AddGroup("factory", w.Intermediate) },
			steps: steps(map[string]any{"registration_id": "dev", "attestation": symmetric()},
				map[string]any{"registration_id": "dev", "attestation": symmetric(), "provisioning_status": disabled}),
		},
		"enrollment group": {
			typeName: group,
			steps: steps(map[string]any{"enrollment_group_id": "g", "attestation": symmetric()},
				map[string]any{"enrollment_group_id": "g", "attestation": symmetric(), "provisioning_status": disabled}),
		},
		"enrollment group with its records": {
			typeName: group, before: registered, imported: "factory",
			steps: func(w *acctest.World) []map[string]any {
				return []map[string]any{{
					"enrollment_group_id": "factory", "delete_registrations_on_destroy": true,
					"attestation": map[string]any{"x509": map[string]any{
						"signing_certificates": map[string]any{"primary": w.Intermediate.PEM()},
					}},
				}}
			},
		},
		"device identity": {
			typeName: identity,
			steps:    steps(map[string]any{"device_id": "dev"}, map[string]any{"device_id": "dev", "status": disabled}),
		},
		"block that is lifted": {
			typeName: disallow, before: registered,
			steps: steps(map[string]any{"registration_id": "dev"},
				map[string]any{"registration_id": "dev", "desired_access": "restored"}),
		},
		"block of an entry with keys, of which no record tells": {
			typeName: disallow, before: entryWithKeys, steps: steps(map[string]any{"registration_id": "dev"}),
		},
		"block of a gateway": {
			typeName: disallow, steps: steps(map[string]any{"registration_id": "dev"}),
			before: func(w *acctest.World) {
				registered(w)
				w.SetIdentity("hub1", "dev", func(d *aziothub.Device) { d.Capabilities = &aziothub.Capabilities{IoTEdge: true} })
			},
		},
		"block that deletes": {
			typeName: disallow, before: registered, steps: steps(map[string]any{
				"registration_id": "dev", "hub_identity_action": "delete", "delete_registration": true,
			}),
		},
	}
}

// grant gives a caller the rights of needs and takes all others.
func grant(t *testing.T, w *acctest.World, needs []provider.Need) {
	t.Helper()
	w.Emulator.RevokeRoles(pipeline)
	for _, need := range needs {
		if err := w.Emulator.GrantRole(pipeline, need.DataAction); err != nil {
			t.Fatal(err)
		}
	}
}

// tell plays a story and returns all that was said.
func (s story) tell(t *testing.T, w *acctest.World) string {
	t.Helper()
	o := w.NewObject(s.typeName)
	var said strings.Builder
	failed := func(step acctest.Step) bool {
		said.WriteString(step.Errors() + step.Warnings())
		return step.Failed()
	}
	if s.imported != "" && failed(o.Import(s.imported)) {
		return said.String()
	}
	for _, config := range append(s.steps(w), nil) {
		wanted := o.Nothing()
		if config != nil {
			wanted = o.Config(config)
		}
		o.Reconfigure()
		if failed(o.Refresh()) {
			return said.String()
		}
		planned := o.Plan(wanted)
		if failed(planned) || failed(o.Apply(planned)) {
			return said.String()
		}
	}
	return said.String() + finished
}

const (
	resourceKind = "resource"
	listKind     = "list resource"
	actionKind   = "action"
)

// finished ends the words of a story that was told to its end.
const finished = "(told to the end)"

func (s story) world(t *testing.T) *acctest.World {
	t.Helper()
	w := signInWorld(t)
	w.Emulator.AddApplication(pipeline, "right-secret-of-the-pipeline")
	for name, value := range app(map[string]string{"ARM_CLIENT_SECRET": "right-secret-of-the-pipeline"}) {
		w.Setenv(name, value)
	}
	if s.before != nil {
		s.before(w)
	}
	return w
}

func objectOf(t *testing.T, typeName, kind string) provider.Object {
	t.Helper()
	i := slices.IndexFunc(provider.Rights(), func(o provider.Object) bool { return o.Type == typeName && o.Kind == kind })
	if i < 0 {
		t.Fatalf("the table has no %s %s", kind, typeName)
	}
	return provider.Rights()[i]
}

// names tells whether a text says what a missing right is, in both ways to have it.
func names(said string, right iotdiag.Right) bool {
	return strings.Contains(said, right.DataAction) && strings.Contains(said, right.Permission)
}

// With the rights of the table everything works; without any one of them, what is said names it.
func TestRights_areEnoughAndEachIsNeeded(t *testing.T) {
	t.Parallel()
	for _, object := range provider.Rights() {
		if object.Kind != resourceKind {
			continue
		}
		all := slices.Concat(object.Plan, object.Apply)
		for name, s := range stories() {
			if s.typeName != object.Type {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := s.world(t)
				grant(t, w, all)
				if said := s.tell(t, w); !strings.HasSuffix(said, finished) || strings.Contains(said, "needs the data action") {
					t.Errorf("the rights are not enough: %s", said)
				}
			})
		}
		for _, need := range all {
			t.Run(object.Type+" without "+need.DataAction, func(t *testing.T) {
				t.Parallel()
				same := func(other provider.Need) bool { return other.DataAction == need.DataAction }
				stops := func(other provider.Need) bool { return same(other) && !other.Warns }
				named, stopped := missed(t, object.Type, need, slices.DeleteFunc(slices.Clone(all), same))
				if !named || stopped != slices.ContainsFunc(all, stops) {
					t.Errorf("it is named: %t; it stops a story: %t", named, stopped)
				}
			})
		}
	}
}

// missed plays the stories of a type with the rights but one, and tells whether one of them names it, and whether one
// is not told to the end for it. Nothing else may end a story.
func missed(t *testing.T, typeName string, missing provider.Need, others []provider.Need) (named, stopped bool) {
	t.Helper()
	for name, s := range stories() {
		if s.typeName != typeName {
			continue
		}
		w := s.world(t)
		grant(t, w, others)
		said := s.tell(t, w)
		told := strings.HasSuffix(said, finished)
		if !told && !names(said, missing.Right) {
			t.Errorf("%s: something else is said: %s", name, said)
		}
		named, stopped = named || names(said, missing.Right), stopped || !told
	}
	return named, stopped
}

// readings are what data sources and ephemeral resources are asked for; lists are asked for everything.
func readings() map[string]map[string]any {
	entry, group, device := map[string]any{"registration_id": "key"}, map[string]any{"enrollment_group_id": "keys"},
		map[string]any{"device_id": "dev"}
	return map[string]map[string]any{
		"azureiot_dps_individual_enrollment": entry, "azureiot_dps_individual_enrollment_keys": entry,
		"azureiot_dps_individual_enrollments": nil, "azureiot_dps_enrollment_groups": nil,
		"azureiot_dps_enrollment_group": group, "azureiot_dps_enrollment_group_keys": group,
		"azureiot_dps_derived_device_key": {"enrollment_group_id": "keys", "registration_id": "x"},
		"azureiot_dps_registration":       {"registration_id": "dev"},
		"azureiot_dps_device_access":      {"registration_id": "dev"}, "azureiot_iothub_device_identities": nil,
		"azureiot_dps_registrations":      {"enrollment_group_id": "factory"},
		"azureiot_iothub_device_identity": device, "azureiot_iothub_device_credentials": device,
	}
}

func read(w *acctest.World, object provider.Object) (step acctest.Step) {
	switch object.Kind {
	case "data source":
		_, step = w.ReadDataSource(object.Type, readings()[object.Type])
	case listKind:
		_, step = w.List(acctest.Listing{Type: object.Type, IncludeResource: true})
	default:
		_, step = w.OpenEphemeral(object.Type, readings()[object.Type])
	}
	return step
}

// What is only read needs one right each, and names it.
func TestRights_ofWhatIsRead(t *testing.T) {
	t.Parallel()
	prepared := story{before: func(w *acctest.World) {
		registered(w)
		w.AddKeyedEntry("key", nil)
		w.AddKeyedGroup("keys", nil)
	}}
	for _, object := range provider.Rights() {
		if object.Kind == resourceKind || object.Kind == actionKind {
			continue
		}
		t.Run(object.Kind+" "+object.Type, func(t *testing.T) {
			t.Parallel()
			w := prepared.world(t)
			grant(t, w, object.Plan)
			if step := read(w, object); step.Failed() {
				t.Errorf("the right is not enough: %s", step.Errors())
			}
			w.Emulator.RevokeRoles(pipeline)
			if step := read(w, object); !step.Failed() || !names(step.Errors(), object.Plan[0].Right) {
				t.Errorf("the right should be named: %s", step.Errors())
			}
		})
	}
}

// The table names every object of the provider.
func TestRights_ofEveryObject(t *testing.T) {
	t.Parallel()
	schemas := acctest.NewWorld(t).Schemas()
	has := map[string][]string{
		resourceKind: slices.Sorted(maps.Keys(schemas.ResourceSchemas)), "data source": slices.Sorted(
			maps.Keys(schemas.DataSourceSchemas)), "ephemeral resource": slices.Sorted(
			maps.Keys(schemas.EphemeralResourceSchemas)),
		actionKind: slices.Sorted(maps.Keys(schemas.ActionSchemas)),
		listKind:   slices.Sorted(maps.Keys(schemas.ListResourceSchemas)),
	}
	named := map[string][]string{}
	for _, object := range provider.Rights() {
		named[object.Kind] = append(named[object.Kind], object.Type)
	}
	for kind, types := range has {
		slices.Sort(named[kind])
		if !slices.Equal(types, named[kind]) {
			t.Errorf("%s: the provider has %v, the table %v", kind, types, named[kind])
		}
	}
}

// A reader may plan what others have made, and a contributor may apply it, with the built-in roles and with policies of
// the permissions that the table names.
func TestRights_readerPlansAndContributorApplies(t *testing.T) {
	t.Parallel()
	reader := []string{"Device Provisioning Service Data Reader", "IoT Hub Data Reader"}
	contributor := []string{
		"Device Provisioning Service Data Contributor", "IoT Hub Registry Contributor", "IoT Hub Twin Contributor",
	}
	for name, s := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := s.world(t)
			assign(t, w, contributor)
			if said := s.tell(t, w); !strings.HasSuffix(said, finished) || strings.Contains(said, "needs the data action") {
				t.Errorf("a contributor cannot apply: %s", said)
			}
			w = s.world(t)
			assign(t, w, contributor)
			o := w.NewObject(s.typeName)
			if s.imported == "" {
				o.Apply(o.Plan(o.Config(s.steps(w)[0]))).MustSucceed(t)
			}
			assign(t, w, reader)
			s.plan(t, w, o)
		})
	}
}

// plan has a reader import, refresh and plan, and fails to apply.
func (s story) plan(t *testing.T, w *acctest.World, o *acctest.Object) {
	t.Helper()
	o.Reconfigure()
	if s.imported != "" {
		if imported := o.Import(s.imported); imported.Failed() {
			t.Errorf("a reader cannot import: %s", imported.Errors())
		}
	}
	configs := s.steps(w)
	for _, wanted := range []tftypes.Value{o.Config(configs[len(configs)-1]), o.Nothing()} {
		refreshed, planned := o.Refresh(), o.Plan(wanted)
		said := refreshed.Errors() + refreshed.Warnings() + planned.Errors() + planned.Warnings()
		if refreshed.Failed() || planned.Failed() || strings.Contains(said, "needs the data action") {
			t.Errorf("a reader cannot plan: %s", said)
		}
	}
}

func assign(t *testing.T, w *acctest.World, roles []string) {
	t.Helper()
	w.Emulator.RevokeRoles(pipeline)
	for _, role := range roles {
		if err := w.Emulator.GrantRole(pipeline, role); err != nil {
			t.Fatal(err)
		}
	}
}

// policyWorld authenticates with shared access policies that have the permissions of these needs.
func policyWorld(t *testing.T, needs []provider.Need) *acctest.World {
	t.Helper()
	permissions := map[bool][]string{}
	for _, need := range needs {
		ofHub := strings.Contains(need.DataAction, "IotHubs")
		permissions[ofHub] = append(permissions[ofHub], need.Permission)
	}
	w := acctest.NewWorld(t, acctest.Emulate(func(o *emulator.Options) {
		o.DPSPolicies = map[string][]string{"terraform": permissions[false]}
		o.HubPolicies = map[string][]string{"terraform": permissions[true]}
	}))
	dps, _ := w.Emulator.DPSConnectionStringFor("terraform")
	hub, _ := w.Emulator.Hub("hub1").ConnectionStringFor("terraform")
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", dps)
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", hub)
	return w
}

// Shared access policies with the permissions of the table are enough as well.
func TestRights_areThoseOfPolicies(t *testing.T) {
	t.Parallel()
	for name, s := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object := objectOf(t, s.typeName, resourceKind)
			w := policyWorld(t, slices.Concat(object.Plan, object.Apply))
			if s.before != nil {
				s.before(w)
			}
			if said := s.tell(t, w); !strings.HasSuffix(said, finished) || strings.Contains(said, "needs the data action") {
				t.Errorf("the permissions are not enough: %s", said)
			}
		})
	}
}
