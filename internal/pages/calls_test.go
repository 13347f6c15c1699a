// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
)

// occasion is something that calls the services: what is done, and how.
type occasion struct {
	what string
	do   func()
}

// meter counts what occasions call, in a world with a plant: the group "plant" with three devices in a hub, the group
// "field" and the entry "meter-1" with keys.
type meter struct{ *acctest.World }

func newMeter(t testing.TB) meter {
	t.Helper()
	m := meter{acctest.NewWorld(t)}
	m.Setenv("AZUREIOT_IOTHUB_HOSTNAME", m.Hostname("hub1"))
	m.AddGroup("plant", m.Intermediate)
	for i := range 3 {
		m.NewDevice(fmt.Sprintf("sensor-%d", i+1)).MustRegister()
	}
	m.AddKeyedGroup("field", nil)
	m.AddKeyedEntry("meter-1", nil)
	return m
}

// attributes is a configuration; nested attributes are attributes again.
type attributes = map[string]any

// lifecycle is what a resource goes through; each step is a walk of its own, as Terraform makes one.
func (m meter) lifecycle(typeName, change string, born, changed attributes) []occasion {
	o := m.NewObject(typeName)
	applied := func(config attributes) func() {
		return func() {
			wanted := o.Nothing()
			if config != nil {
				wanted = o.Config(config)
			}
			o.Reconfigure()
			o.Refresh().MustSucceed(m.T)
			planned := o.Plan(wanted)
			planned.MustSucceed(m.T)
			o.Reconfigure()
			o.Apply(planned).MustSucceed(m.T)
		}
	}
	return []occasion{
		{"plan and apply that make it", applied(born)},
		{"plan that finds nothing to do", func() {
			o.Reconfigure()
			o.Refresh().MustSucceed(m.T)
			if planned := o.Plan(o.Config(born)); planned.Failed() || o.Changes(planned) {
				m.T.Errorf("%s: the plan should be empty: %s", typeName, planned.Errors())
			}
		}},
		{"plan and apply " + change, applied(changed)},
		{"plan and apply that destroy it", applied(nil)},
	}
}

func (m meter) read(what, typeName string, config attributes) occasion {
	return occasion{what, func() { m.MustReadDataSource(typeName, config) }}
}

func (m meter) open(typeName string, config attributes) []occasion {
	return []occasion{{"once in each plan, once in each apply", func() { m.MustOpenEphemeral(typeName, config) }}}
}

func (m meter) query(typeName string) []occasion {
	return []occasion{{"query of up to a hundred", func() {
		m.MustList(acctest.Listing{Type: typeName, IncludeResource: true})
	}}}
}

func (m meter) invoke(what, typeName string, config attributes) occasion {
	return occasion{what, func() { m.MustInvoke(typeName, config) }}
}

// occasions are what each object is measured by.
var occasions = map[object]func(m meter) []occasion{
	{resources, individual}: func(m meter) []occasion {
		return m.lifecycle(individual, "of a change", attributes{
			"registration_id": "gauge-1", "attestation": attributes{"symmetric_key": attributes{}},
		}, attributes{
			"registration_id": "gauge-1", "attestation": attributes{"symmetric_key": attributes{}}, "device_id": "Gauge-1",
		})
	},
	{resources, group}: func(m meter) []occasion {
		return m.lifecycle(group, "of a change", attributes{
			"enrollment_group_id": "hall-2", "attestation": attributes{"symmetric_key": attributes{}},
		}, attributes{
			"enrollment_group_id": "hall-2", "attestation": attributes{"symmetric_key": attributes{}}, "edge_enabled": true,
		})
	},
	{resources, identity}: func(m meter) []occasion {
		return m.lifecycle(identity, "of a change", attributes{"device_id": "pump-1"},
			attributes{"device_id": "pump-1", "status": "disabled"})
	},
	{resources, deviceDisallow}: func(m meter) []occasion {
		return m.lifecycle(deviceDisallow, "that restore it", attributes{"registration_id": "sensor-1"},
			attributes{"registration_id": "sensor-1", "desired_access": "restored"})
	},
	{resources, groupDisallow}: func(m meter) []occasion {
		return m.lifecycle(groupDisallow, "that restore it", attributes{"enrollment_group_id": "plant"},
			attributes{"enrollment_group_id": "plant", "desired_access": "restored"})
	},
	{dataSource, individual}: func(m meter) []occasion {
		return []occasion{m.read("read", individual, attributes{"registration_id": "meter-1"})}
	},
	{dataSource, individual + "s"}: func(m meter) []occasion {
		return []occasion{m.read("read, for each hundred", individual+"s", nil)}
	},
	{dataSource, group}: func(m meter) []occasion {
		return []occasion{m.read("read", group, attributes{"enrollment_group_id": "plant"})}
	},
	{dataSource, group + "s"}: func(m meter) []occasion {
		return []occasion{m.read("read, for each hundred", group+"s", nil)}
	},
	{dataSource, registration}: func(m meter) []occasion {
		return []occasion{m.read("read", registration, attributes{"registration_id": "sensor-1"})}
	},
	{dataSource, registration + "s"}: func(m meter) []occasion {
		return []occasion{m.read("read, for each hundred", registration+"s", attributes{"enrollment_group_id": "plant"})}
	},
	{dataSource, "azureiot_dps_device_access"}: func(m meter) []occasion {
		const name = "azureiot_dps_device_access"
		return []occasion{
			m.read("read by `registration_id`, where one hub is known", name,
				attributes{"registration_id": "sensor-1"}),
			m.read("the same by `device_id`", name, attributes{"device_id": "sensor-1"}),
		}
	},
	{dataSource, identity}: func(m meter) []occasion {
		return []occasion{m.read("read", identity, attributes{"device_id": "sensor-1"})}
	},
	{dataSource, identities}: func(m meter) []occasion {
		return []occasion{m.read("read, for each hundred that are found", identities, nil)}
	},
	{ephemerals, "azureiot_dps_individual_enrollment_keys"}: func(m meter) []occasion {
		return m.open("azureiot_dps_individual_enrollment_keys", attributes{"registration_id": "meter-1"})
	},
	{ephemerals, "azureiot_dps_enrollment_group_keys"}: func(m meter) []occasion {
		return m.open("azureiot_dps_enrollment_group_keys", attributes{"enrollment_group_id": "field"})
	},
	{ephemerals, "azureiot_dps_derived_device_key"}: func(m meter) []occasion {
		return m.open("azureiot_dps_derived_device_key",
			attributes{"enrollment_group_id": "field", "registration_id": "meter-2"})
	},
	{ephemerals, "azureiot_iothub_device_credentials"}: func(m meter) []occasion {
		m.AddIdentity("hub1", "pump-1", nil)
		return m.open("azureiot_iothub_device_credentials", attributes{"device_id": "pump-1"})
	},
	{lists, individual}: func(m meter) []occasion { return m.query(individual) },
	{lists, group}:      func(m meter) []occasion { return m.query(group) },
	{lists, identity}:   func(m meter) []occasion { return m.query(identity) },
	{actions, "azureiot_dps_delete_registration"}: func(m meter) []occasion {
		return []occasion{m.invoke("invocation", "azureiot_dps_delete_registration",
			attributes{"registration_id": "sensor-1", "delete_evidence": true})}
	},
	{actions, "azureiot_dps_purge_registrations"}: func(m meter) []occasion {
		m.SetGroup("plant", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
		return []occasion{m.invoke("invocation, for three records", "azureiot_dps_purge_registrations",
			attributes{"enrollment_group_id": "plant", "delete_evidence": true})}
	},
	{actions, "azureiot_dps_rotate_keys"}: func(m meter) []occasion {
		return []occasion{
			m.invoke("invocation for an enrollment", "azureiot_dps_rotate_keys",
				attributes{"registration_id": "meter-1", "key": "secondary"}),
			m.invoke("invocation for a group", "azureiot_dps_rotate_keys",
				attributes{"enrollment_group_id": "field", "key": "secondary"}),
		}
	},
	{actions, "azureiot_iothub_rotate_device_keys"}: func(m meter) []occasion {
		m.AddIdentity("hub1", "pump-1", nil)
		return []occasion{m.invoke("invocation", "azureiot_iothub_rotate_device_keys",
			attributes{"device_id": "pump-1", "key": "secondary"})}
	},
}

const (
	individual     = "azureiot_dps_individual_enrollment"
	group          = "azureiot_dps_enrollment_group"
	registration   = "azureiot_dps_registration"
	identity       = "azureiot_iothub_device_identity"
	identities     = "azureiot_iothub_device_identities"
	deviceDisallow = "azureiot_dps_device_disallow"
	groupDisallow  = "azureiot_dps_enrollment_group_disallow"
)

// member is the ID in a path, which is not told apart.
var member = regexp.MustCompile(`^/([A-Za-z]+)/([^/]+)(.*)$`)

// route is a call without the ID in it.
func route(x emulator.Exchange) string {
	path := x.Path
	if found := member.FindStringSubmatch(path); found != nil && (found[2] != "query" || found[3] != "") {
		path = "/" + found[1] + "/{id}" + found[3]
	}
	return x.Method + " " + path
}

// counted says calls in the order of their routes, each with its number where there are several.
func counted(exchanges []emulator.Exchange) string {
	numbers := map[string]int{}
	var routes []string
	for _, x := range exchanges {
		if numbers[route(x)]++; numbers[route(x)] == 1 {
			routes = append(routes, route(x))
		}
	}
	slices.SortFunc(routes, func(a, b string) int {
		return cmp.Or(cmp.Compare(pathOf(a), pathOf(b)), cmp.Compare(a, b))
	})
	for i, one := range routes {
		if routes[i] = "`" + one + "`"; numbers[one] > 1 {
			routes[i] = fmt.Sprintf("%d × %s", numbers[one], routes[i])
		}
	}
	return cmp.Or(strings.Join(routes, ", "), "none")
}

func pathOf(route string) string {
	_, path, _ := strings.Cut(route, " ")
	return path
}

// callsOf is the table of what an object calls, as the emulator's journal has it.
func callsOf(t testing.TB, o object) string {
	t.Helper()
	tell := occasions[o]
	if tell == nil {
		t.Errorf("%s of %s: say in occasions when it calls the services", o.name, o.kind)
		return ""
	}
	m := newMeter(t)
	var b strings.Builder
	b.WriteString("| What | Calls |\n|---|---|\n")
	for _, what := range tell(m) {
		m.Emulator.ClearJournal()
		what.do()
		fmt.Fprintf(&b, "| %s | %s |\n", what.what, counted(m.Emulator.Journal()))
	}
	return b.String()
}

// template is the file from which an object's page is made, and whether it has it for itself.
func (o object) template() (file string, own bool) {
	templates := filepath.Join(root, "templates")
	file = filepath.Join(templates, o.kind, strings.TrimPrefix(o.name, "azureiot_")+".md.tmpl")
	if _, err := os.Stat(file); err == nil {
		return file, true
	}
	return filepath.Join(templates, o.kind+".md.tmpl"), false
}

// The rights and calls on the pages of objects are those of the table of rights, of which tests take each away in turn,
// and those that the emulator counted.
func TestObjectPages_saysWhatIsSo(t *testing.T) {
	t.Parallel()
	rights, calls := map[string]string{}, map[string]string{}
	all := offered(t)
	slices.SortFunc(all, func(a, b object) int { return cmp.Compare(a.name, b.name) })
	for _, o := range all {
		if o.kind == functions {
			continue
		}
		file, own := o.template()
		begin, end := fmt.Sprintf("{{- if eq .Name %q }}\n", o.name), "{{ end -}}\n"
		if own {
			begin, end = "", ""
		}
		rights[file] += begin + rightsOf(o) + end
		calls[file] += begin + callsOf(t, o) + end
	}
	for file := range rights {
		generated.Part(t, file, "rights", rights[file])
		generated.Part(t, file, "calls", calls[file])
	}
}

// What the pages of actions say of plans: the services are asked when an action is invoked, and not before.
func TestActionPages_areRightThatAPlanAsksNothing(t *testing.T) {
	t.Parallel()
	m := newMeter(t)
	for name, config := range map[string]attributes{
		"azureiot_dps_delete_registration":   {"registration_id": "nobody"},
		"azureiot_dps_purge_registrations":   {"enrollment_group_id": "plant"},
		"azureiot_dps_rotate_keys":           {"registration_id": "nobody", "key": "primary"},
		"azureiot_iothub_rotate_device_keys": {"device_id": "nobody", "key": "primary"},
	} {
		m.Emulator.ClearJournal()
		m.PlanAction(name, config).MustSucceed(t)
		if calls := counted(m.Emulator.Journal()); calls != "none" {
			t.Errorf("the plan of %s calls %s", name, calls)
		}
	}
}

func TestCounted_saysRoutesWithTheirNumbers(t *testing.T) {
	t.Parallel()
	got := counted([]emulator.Exchange{
		{Method: "POST", Path: "/devices/query"}, {Method: "GET", Path: "/devices/a"}, {Method: "GET", Path: "/devices/b"},
		{Method: "PUT", Path: "/devices/query"}, {Method: "POST", Path: "/registrations/a/query"},
	})
	want := "`POST /devices/query`, `PUT /devices/query`, 2 × `GET /devices/{id}`, `POST /registrations/{id}/query`"
	if got != want {
		t.Errorf("counted as %s, not %s", got, want)
	}
	if got := counted(nil); got != "none" {
		t.Errorf("no call is %q", got)
	}
}
