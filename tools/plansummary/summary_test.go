// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recordings are plans of real runs; that they are true is a test of internal/contract.
const recordings = "../../examples/policies/plans"

// update writes the golden files: go test ./tools/plansummary -update.
var update = flag.Bool("update", false, "write the golden files")

// golden compares a text with a checked-in one.
func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("not as in %s:\n%s", file, got)
	}
}

func summarize(t *testing.T, input []byte, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(args, bytes.NewReader(input), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSummary_ofEveryRecordedPlan(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(recordings, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d plans: %v", len(files), err)
	}
	var all strings.Builder
	for _, file := range files {
		fmt.Fprintf(&all, "# %s\n\n%s\n", strings.TrimSuffix(filepath.Base(file), ".json"), summarize(t, nil, file))
	}
	golden(t, "recordings.md", all.String())
}

// many is a recorded plan with its block repeated for other devices, each as change makes it.
func many(t *testing.T, recording string, n int, change func(i int, after map[string]any)) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(recordings, recording+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var plan map[string]any
	var changes []any
	for i := range n {
		id := fmt.Sprintf("sensor-thl-%03d", i)
		if err := json.Unmarshal(bytes.ReplaceAll(raw, []byte("sensor-1"), []byte(id)), &plan); err != nil {
			t.Fatal(err)
		}
		made := plan["resource_changes"].([]any)[0].(map[string]any)
		change(i, made["change"].(map[string]any)["after"].(map[string]any))
		changes = append(changes, made)
	}
	plan["resource_changes"] = changes
	text, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Sixty blocks, the usual two hubs, one that stays half open and one of which nothing is known, fit on a screen.
func TestSummary_ofSixtyBlocksFitsOnAScreen(t *testing.T) {
	t.Parallel()
	plan := many(t, "create", 60, func(i int, after map[string]any) {
		switch {
		case i == 7:
			after["access"] = "partially_blocked"
		case i == 23:
			delete(after, "access")
		case i%3 == 0:
			after["effects"].([]any)[1].(map[string]any)["object"] = fmt.Sprintf("north.azure-devices.net/sensor-thl-%03d", i)
		}
	})
	got := summarize(t, plan)
	golden(t, "sixty.md", got)
	if lines := strings.Count(got, "\n"); lines > 20 {
		t.Errorf("%d lines", lines)
	}
	for i := range 60 {
		if name := fmt.Sprintf("`sensor-thl-%03d`", i); strings.Count(got, name) != 1 {
			t.Errorf("%s is named %d times", name, strings.Count(got, name))
		}
	}
	if !strings.HasPrefix(got, "### Azure IoT: 58 devices blocked, 1 device **partially blocked**, ") {
		t.Errorf("the totals are not first: %.100s", got)
	}
}

func TestSummary_listsNoMoreNamesThanAsked(t *testing.T) {
	t.Parallel()
	got := summarize(t, many(t, "create", 500, func(int, map[string]any) {}), "-names", "3")
	if !strings.Contains(got, "**500**: `sensor-thl-000` `sensor-thl-001` `sensor-thl-002` and 497 more |") {
		t.Errorf("%.600s", got)
	}
}

func TestSummary_printsNothingThatIsSensitive(t *testing.T) {
	t.Parallel()
	for name, recording := range map[string]string{
		"registration_id": "create", "hub_identities": "create", "dps_hostname": "create", "effects": "create",
		"access": "create", "reason": "create", "enrollment_group_id": "group-block-import", "hubs": "group-block-import",
		"individually_admitted": "group-block-import", "reenroll_paths": "group-block-import",
		"group_status": "group-block-import",
	} {
		var plan map[string]any
		raw := many(t, recording, 1, func(_ int, after map[string]any) {
			switch after[name].(type) {
			case string:
				after[name] = "s3cret"
			case map[string]any:
				after[name] = map[string]any{"s3cret/s3cret": "disabled"}
			case []any:
				after[name] = []any{"s3cret", map[string]any{
					"target": "iothub_device_identity", "object": "s3cret/s3cret", "enrollment_group_id": "s3cret"}}
			}
		})
		if err := json.Unmarshal(raw, &plan); err != nil {
			t.Fatal(err)
		}
		change := plan["resource_changes"].([]any)[0].(map[string]any)["change"].(map[string]any)
		change["after_sensitive"] = map[string]any{name: true}
		raw, err := json.Marshal(plan)
		if err != nil {
			t.Fatal(err)
		}
		if got := summarize(t, raw); strings.Contains(got, "s3cret") {
			t.Errorf("%s is shown: %s", name, got)
		}
	}
}

func TestSummary_countsWhoAGroupsBlockDoesNotReach(t *testing.T) {
	t.Parallel()
	got := summarize(t, many(t, "group-block-import", 1, func(_ int, after map[string]any) {
		after["individually_admitted_count"], after["unplaced_count"] = 140, 2
		after["hubs"].(map[string]any)["north.azure-devices.net"].(map[string]any)["registered"] = 7
	}))
	for _, want := range []string{
		"whatever becomes of their group: 140 devices.", "individually admitted: `sensor-2` and 139 more",
		"2 devices in no known hub", "`north.azure-devices.net`: 2 enabled, 5 **unread**",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q: %s", want, got)
		}
	}
}

func TestSummary_ofNamesThatAreMarkdown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a-b.c:1":               "`a-b.c:1`",
		"a|b":                   "<code>a&#124;b</code>",
		"x`y @team":             "<code>x&#96;y &#64;team</code>",
		"</td><img src=x>\nnew": "<code>&#60;&#47;td&#62;&#60;img src&#61;x&#62; new</code>",
		"ü[b](//c.example)":     "<code>ü&#91;b&#93;&#40;&#47;&#47;c&#46;example&#41;</code>",
		"*a*|\\_b_":             "<code>&#42;a&#42;&#124;&#92;&#95;b&#95;</code>",
		"~~a~~":                 "<code>&#126;&#126;a&#126;&#126;</code>",
	} {
		if got := code(name); got != want {
			t.Errorf("%q becomes %s, want %s", name, got, want)
		}
	}
}

func TestRun_refusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                     "not the JSON",
		"{}":                                   "no plan",
		"Plan: 1 to add":                       "not the JSON",
		`{"format_version":"1.0","values":{}}`: "no plan",
	} {
		err := run(nil, strings.NewReader(text), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := run([]string{"a", "b"}, nil, io.Discard, io.Discard); err == nil {
		t.Error("two files were taken")
	}
	if err := run([]string{"missing.json"}, nil, io.Discard, io.Discard); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if err := run([]string{"-h"}, nil, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}

func TestRun_saysWhichVersionItIs(t *testing.T) {
	t.Parallel()
	if got := summarize(t, nil, "-version"); !strings.HasPrefix(got, "plansummary ") {
		t.Error(got)
	}
}

func TestSummary_saysThatAPlanIsNotWhole(t *testing.T) {
	t.Parallel()
	got := summarize(t, []byte(`{"format_version":"1.2","errored":true}`))
	if !strings.Contains(got, "nothing changes") || !strings.Contains(got, "ended in an error") {
		t.Error(got)
	}
}

// A plan of actions has effects that no resource shows: a record that is gone, a key that is renewed.
func TestSummary_saysWhichActionsAreInvoked(t *testing.T) {
	t.Parallel()
	got := summarize(t, []byte(`{"format_version":"1.2","action_invocations":[
		{"address":"action.azureiot_dps_purge_registrations.thale","type":"azureiot_dps_purge_registrations",
		 "config_values":{"enrollment_group_id":"plant","while_enabled":true,"delete_evidence":false}},
		{"address":"action.azureiot_dps_rotate_keys.one","type":"azureiot_dps_rotate_keys",
		 "config_values":{"registration_id":"s3cret","key":"primary"},"config_sensitive":{"registration_id":true},
		 "config_unknown":{"dps_hostname":true}},
		{"address":"action.other_purge.thale","type":"other_purge","config_values":{}}]}`))
	for _, want := range []string{
		"### Azure IoT: **2 actions invoked**\n",
		"| `action.azureiot_dps_purge_registrations.thale` | `azureiot_dps_purge_registrations` | " +
			"enrollment_group_id `plant`<br>**while_enabled** |",
		"| `azureiot_dps_rotate_keys` | registration_id (sensitive)<br>key `primary`<br>at **unknown** |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q: %s", want, got)
		}
	}
	if strings.Contains(got, "s3cret") || strings.Contains(got, "other_purge") {
		t.Error(got)
	}
}

// An object whose place another one takes goes: what is left of it is no part of the one that comes.
func TestSummary_ofAnObjectWhosePlaceAnotherTakes(t *testing.T) {
	t.Parallel()
	const identity = `{"format_version":"1.2","resource_changes":[{"address":"azureiot_iothub_device_identity.pump",
		"mode":"managed","type":"azureiot_iothub_device_identity","change":{"actions":["delete","create"],
		"before":{"device_id":"Pump","iothub_hostname":"north.azure-devices.net","status":"disabled","on_destroy":"delete"},
		"after":{"device_id":"pump","iothub_hostname":"north.azure-devices.net","status":"disabled"}}}]}`
	for name, test := range map[string]struct {
		change string
		wanted []string
	}{
		"another letter case": {identity, []string{
			"### Azure IoT: 2 identities\n", "**Enabled, or deleted while disabled**: 1 object.",
			"| `Pump` | identity: delete | disabled → absent |", "| `pump` | identity: create | disabled |",
		}},
		"another hub": {
			strings.Replace(strings.Replace(identity, `"Pump"`, `"pump"`, 1), "north.", "south.", 1), []string{
				"### Azure IoT: 2 identities\n",
				"| `pump` | identity: delete | disabled → absent | `south.azure-devices.net` | **was disabled** |",
				"| `pump` | identity: create | disabled | `north.azure-devices.net` |",
			},
		},
		"one that stays": {strings.Replace(identity, `"on_destroy":"delete"`, `"on_destroy":"keep"`, 1), []string{
			"### Azure IoT: 2 identities\n", "| `Pump` | identity: delete | disabled | ",
			"| `pump` | identity: create | disabled |",
		}},
		"the same again": {strings.ReplaceAll(identity, `"Pump"`, `"pump"`), []string{
			"### Azure IoT: 1 identity\n", "| `pump` | identity: delete and create | disabled |",
		}},
	} {
		got := strings.ReplaceAll(summarize(t, []byte(test.change)), "\u00a0", " ")
		for _, want := range test.wanted {
			if !strings.Contains(got, want) {
				t.Errorf("%s: it lacks %q: %s", name, want, got)
			}
		}
	}
}

// Who is found in another hub, and is not known to be the device, has not been moved there.
func TestSummary_saysMovedOfAnIdentityOnlyThatStands(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		"enabled": "**moved** to", "disabled": "**moved** to", "unverified": "appeared in", "unreachable": "appeared in",
		"absent": "appeared in",
	} {
		got := summarize(t, fmt.Appendf(nil, `{"format_version":"1.2","resource_drift":[{"address":"a","mode":"managed",
			"type":"azureiot_dps_device_disallow","change":{"actions":["update"],
			"before":{"registration_id":"pump","hub_identities":{"north.azure-devices.net/pump":"disabled"}},
			"after":{"registration_id":"pump","hub_identities":{"north.azure-devices.net/pump":"disabled",
			"south.azure-devices.net/pump":%q}}}}]}`, status))
		if !strings.Contains(got, want+" `south.azure-devices.net`: "+status) {
			t.Errorf("%s: it lacks %q: %s", status, want, got)
		}
	}
}
