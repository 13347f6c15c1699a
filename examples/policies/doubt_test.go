// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package policies_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Without any one of the rules that refuse, or of the ways in which what they ask is true, some plan is judged
// otherwise: none is there for nothing, and the table would show it broken.
func TestPolicies_everyRuleDecidesSomething(t *testing.T) {
	t.Parallel()
	plans := recordings(t)
	for file, module := range policies(t) {
		if file == "main.rego" || file == "known.rego" { // The latter's other rules have a test of their own, below.
			continue
		}
		for i, rule := range module.Rules {
			broken := policies(t)
			broken[file].Rules = slices.Delete(slices.Clone(module.Rules), i, i+1)
			if _, onlyOne := names(broken[file])[string(rule.Head.Name)]; !onlyOne && rule.Head.Name != "deny" {
				continue // Others would not compile without it.
			}
			if b := newBench(t, broken); !judgesOtherwise(t, b, plans) {
				t.Errorf("without %s of %s nothing changes", rule.Head, file)
			}
		}
	}
}

func names(module *ast.Module) map[string]bool {
	found := map[string]bool{}
	for _, rule := range module.Rules {
		found[string(rule.Head.Name)] = true
	}
	return found
}

func judgesOtherwise(t *testing.T, b bench, plans map[string]map[string]any) bool {
	t.Helper()
	for name, plan := range plans {
		want := expected[name]
		if b.refusals(t, plan, review()) != want.alone || b.refusals(t, plan, review("alice")) != want.approved {
			return true
		}
		nowhere := b.without("dps_hostnames", "iothub_hostnames").refusals(t, plan, review())
		if touches(plan) != strings.Contains(nowhere, "places") || !b.counts(t, name, plan) {
			return true
		}
	}
	return false
}

// touches tells whether a plan does something.
func touches(plan map[string]any) bool {
	change := changeOf(plan)
	return change != nil && !slices.Equal(change["actions"].([]any), []any{"no-op"}) ||
		change["importing"] != nil
}

// without is the bench with empty lists in its settings.
func (b bench) without(lists ...string) bench {
	for _, list := range lists {
		b = b.with(list, []any{})
	}
	return b
}

// with is the bench with another value of a setting.
func (b bench) with(setting string, value any) bench {
	settings := maps.Clone(b.settings["settings"].(map[string]any))
	settings[setting] = value
	return bench{b.compiler, map[string]any{"settings": settings}}
}

// reached is how many devices the plans of a group's block are known to reach: the identities that change, those that
// the apply looks at first, and all devices of the group when it is shut or opened.
var reached = map[string]int{
	"group-block-admitted":          3,
	"group-block-delete-identities": 3,
	"group-block-disable":           3,
	"group-block-disable-unread":    3,
	"group-block-drift-repair":      3, // One identity is disabled, and the group.
	"group-block-group-deleted":     3,
	"group-block-import":            0,
	"group-block-restore":           3,
}

// counts tells whether a plan takes two approvals from just the number on that it reaches.
func (b bench) counts(t *testing.T, name string, plan map[string]any) bool {
	t.Helper()
	n, known := reached[name]
	return !known || !b.with("group_devices", n).takesTwo(t, plan) && b.with("group_devices", n-1).takesTwo(t, plan)
}

func (b bench) takesTwo(t *testing.T, plan map[string]any) bool {
	t.Helper()
	one, two := b.refusals(t, plan, review("alice")), b.refusals(t, plan, review("alice", "bob"))
	return strings.Contains(one, "groups") && !strings.Contains(two, "groups")
}

func TestPolicies_takeTwoApprovalsForLargeGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t, policies(t))
	plans := recordings(t)
	for name, n := range reached {
		if !b.counts(t, name, plans[name]) {
			t.Errorf("%s does not take two approvals from just %d devices on", name, n)
		}
	}
	for name, plan := range plans {
		for _, number := range []any{"100", nil} {
			block := planned(plan)["group_status"] != nil && touches(plan)
			if takes := b.with("group_devices", number).takesTwo(t, plan); takes != block {
				t.Errorf("%s: with %v for a number it is %t that it takes two approvals", name, number, takes)
			}
		}
	}
}

// The hub that is not listed stands among the group's hubs alone: its last change touched no identity.
func TestPolicies_refuseABlockOfAGroupWithDevicesInAnUnlistedHub(t *testing.T) {
	t.Parallel()
	b := newBench(t, policies(t)).with("iothub_hostnames", []any{"north.azure-devices.net"})
	if got := b.refusals(t, recordings(t)["group-block-destroy-with-ticket"], review()); got != "places" {
		t.Errorf("refused by %q", got)
	}
}

// The hub is known from before the change alone, while what there is will only be known after the apply.
func TestPolicies_refuseAnUnlistedHubWhateverElseIsUnknown(t *testing.T) {
	t.Parallel()
	b := newBench(t, policies(t)).without("iothub_hostnames")
	b.settings["settings"].(map[string]any)["iothub_hostnames"] = []any{"north.azure-devices.net"}
	plan := recordings(t)["hub-named-with-ticket"]
	if got := b.refusals(t, plan, review()); got != "places" {
		t.Errorf("refused by %q", got)
	}
	both := []any{"NORTH.azure-devices.net", "south.azure-devices.net"}
	b.settings["settings"].(map[string]any)["iothub_hostnames"] = both
	if got := b.refusals(t, plan, review()); got != "" {
		t.Errorf("refused by %q", got)
	}
}

func TestPolicies_allowNothingWhereNothingIsListed(t *testing.T) {
	t.Parallel()
	b := newBench(t, policies(t)).without("dps_hostnames", "iothub_hostnames")
	for name, plan := range recordings(t) {
		if got := b.refusals(t, plan, review("alice")); strings.Contains(got, "places") != touches(plan) {
			t.Errorf("%s is refused by %q", name, got)
		}
	}
}

// What is known to be refused is refused when something of it becomes unknown, and a block that passes does not pass
// when what decides is unknown.
func TestPolicies_takeTheUnknownForANo(t *testing.T) {
	t.Parallel()
	deciding := []string{
		"registration_id", "enrollment_group_id", "dps_hostname", "desired_access", "access", "enrollment_status",
		"hub_identity_action", "enrollment_action", "hub_identities", "effects", "provisioning_status", "status",
		"iothub_hostname", "certificates", "on_destroy", "group_status",
	}
	b := newBench(t, policies(t))
	for name, plan := range recordings(t) {
		for attribute := range planned(plan) {
			got := b.refusals(t, doubted(t, plan, attribute), review())
			for _, policy := range strings.Fields(expected[name].alone) {
				if !slices.Contains(strings.Fields(got), policy) && got == "" {
					t.Errorf("%s: with an unknown %s %s lets it pass", name, attribute, policy)
				}
			}
			ticket := strings.HasSuffix(name, "-with-ticket")
			if got == "" && !ticket && slices.Contains(deciding, attribute) && !exempt(plan, attribute) {
				t.Errorf("%s passes with an unknown %s", name, attribute)
			}
		}
	}
}

// exempt tells of a plan that does nothing, and of an entry that is disabled and whose certificate does not matter.
func exempt(plan map[string]any, attribute string) bool {
	if !touches(plan) {
		return true
	}
	return attribute == "certificates" && planned(plan)["provisioning_status"] == "disabled"
}

// changeOf is the change that a recording is about: the first that does something, or the first.
func changeOf(plan map[string]any) map[string]any {
	var found map[string]any
	changes, _ := plan["resource_changes"].([]any) // A plan that only refreshes has none.
	for _, r := range changes {
		change := r.(map[string]any)["change"].(map[string]any)
		if !strings.HasPrefix(r.(map[string]any)["type"].(string), "azureiot_") {
			continue
		}
		if found == nil || !slices.Equal(change["actions"].([]any), []any{"no-op"}) {
			found = change
		}
	}
	return found
}

// planned are the values that are known after a change.
func planned(plan map[string]any) map[string]any {
	after, _ := changeOf(plan)["after"].(map[string]any)
	return after
}

// doubted is the plan with one value unknown, as terraform show -json says it.
func doubted(t *testing.T, plan map[string]any, attribute string) map[string]any {
	t.Helper()
	raw, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	var doubtful map[string]any
	if err := json.Unmarshal(raw, &doubtful); err != nil {
		t.Fatal(err)
	}
	change := changeOf(doubtful)
	delete(change["after"].(map[string]any), attribute)
	unknown, _ := change["after_unknown"].(map[string]any)
	if unknown = maps.Clone(unknown); unknown == nil {
		unknown = map[string]any{}
	}
	unknown[attribute] = true
	change["after_unknown"] = unknown
	return doubtful
}

func TestPolicies_passNoResourceThatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	plan := doubted(t, recordings(t)["create"], "nothing") // a copy
	plan["resource_changes"].([]any)[0].(map[string]any)["type"] = "azureiot_iothub_module_identity"
	if got := newBench(t, policies(t)).refusals(t, plan, review("alice")); got != "known" {
		t.Errorf("refused by %q", got)
	}
}

// As Terraform 1.14 says of an action that is invoked by the command, or by a change.
func TestPolicies_passNoActionWithoutATicket(t *testing.T) {
	t.Parallel()
	b := newBench(t, policies(t))
	for name, want := range map[string]string{"create": "known", "delete-with-ticket": ""} {
		plan := doubted(t, recordings(t)["create"], "nothing") // a copy
		plan["variables"] = recordings(t)[name]["variables"]
		for typeName, want := range map[string]string{"azureiot_dps_purge_registrations": want, "other_purge": ""} {
			plan["action_invocations"] = []any{map[string]any{
				"address": "action." + typeName + ".thale", "type": typeName, "name": "thale",
				"config_values": map[string]any{"enrollment_group_id": "plant-thale"}, "invoke_action_trigger": map[string]any{},
			}}
			if got := b.refusals(t, plan, review("alice")); got != want {
				t.Errorf("%s, with the variables of %s: refused by %q, want %q", typeName, name, got, want)
			}
		}
	}
}

func TestPolicies_passNothingThatIsNoPlanOrHasNoSettings(t *testing.T) {
	t.Parallel()
	b := newBench(t, policies(t))
	plan := recordings(t)["create"]
	settings := b.settings["settings"].(map[string]any)
	whole := map[string]any{"settings": settings, "review": review()}
	if reasons := b.judge(t, plan, whole); len(reasons) != 0 {
		t.Fatalf("the whole is refused: %v", reasons)
	}
	for name := range settings {
		some := maps.Clone(settings)
		delete(some, name)
		if len(b.judge(t, plan, map[string]any{"settings": some, "review": review()})) == 0 {
			t.Errorf("passes without the setting %s", name)
		}
	}
	for _, name := range []string{"author", "approvals"} {
		some := review()
		delete(some, name)
		if len(b.judge(t, plan, map[string]any{"settings": settings, "review": some})) == 0 {
			t.Errorf("passes without %s of the review", name)
		}
	}
	errored := maps.Clone(plan)
	errored["errored"] = true
	for name, input := range map[string]map[string]any{
		"nothing": {}, "a state": {"format_version": "1.0", "values": map[string]any{}}, "an errored plan": errored,
	} {
		if len(b.judge(t, input, whole)) == 0 {
			t.Errorf("%s passes", name)
		}
	}
}

// moved is a recorded plan in which an identity that is disabled makes room for another one, also disabled.
func moved(t *testing.T, before, after map[string]any) map[string]any {
	t.Helper()
	plan := doubted(t, recordings(t)["identity-hub-unlisted"], "nothing") // a copy
	maps.Copy(changeOf(plan)["before"].(map[string]any), before)
	maps.Copy(planned(plan), after)
	return plan
}

// What goes counts as much as what comes: an identity of another letter case is another one, and so is one elsewhere.
func TestPolicies_judgeAnObjectThatMakesRoomForAnother(t *testing.T) {
	t.Parallel()
	b := newBench(t, policies(t))
	north := map[string]any{"iothub_hostname": "north.azure-devices.net", "device_id": "pump-1"}
	for name, test := range map[string]struct {
		before map[string]any
		want   string
	}{
		"the same":                       {north, ""},
		"the hub in another letter case": {map[string]any{"iothub_hostname": "NORTH.azure-devices.net"}, ""},
		"another letter case":            {map[string]any{"device_id": "Pump-1"}, "enabling"},
		"a hub that is not listed":       {map[string]any{"iothub_hostname": "rogue.azure-devices.net"}, "enabling places"},
	} {
		if got := b.refusals(t, moved(t, test.before, north), review()); got != test.want {
			t.Errorf("%s: refused by %q, want %q", name, got, test.want)
		}
	}
}
