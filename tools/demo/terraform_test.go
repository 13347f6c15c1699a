// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTerraformEnvironment_keepsTheUsersSettingsOut(t *testing.T) {
	t.Parallel()
	got := terraformEnvironment([]string{
		"PATH=/bin", "TF_LOG=trace", "TF_VAR_x=1", "ARM_CLIENT_SECRET=s", "AZUREIOT_DPS_HOSTNAME=real",
	}, map[string]string{"AZUREIOT_DPS_HOSTNAME": "localhost:1"})
	want := []string{
		"PATH=/bin", "AZUREIOT_DPS_HOSTNAME=localhost:1", "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPlanText_endsBeforeTheLineAboutTheFile(t *testing.T) {
	t.Parallel()
	rule := strings.Repeat("─", 77)
	for text, want := range map[string]string{
		"\nPlan: 1 to add.\n\x1b[90m\n" + rule + "\x1b[0m\n\nSaved the plan to: tfplan\n": "Plan: 1 to add.\n\x1b[90m",
		"\nNo changes.\n": "No changes.",
	} {
		if got := planText(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNewWorkspace_writesConfigurationAndVariables(t *testing.T) {
	t.Parallel()
	s := &stage{screen: &screen{}, dir: t.TempDir()}
	w, err := newWorkspace(s, "fleet", map[string]any{"factory_ca_pem": "a\nb"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(w.resource, `resource "azureiot_dps_enrollment_group" "factory" {`) ||
		!strings.HasSuffix(w.resource, "}") {
		t.Errorf("the resource block is %s", w.resource)
	}
	if w.address != "azureiot_dps_enrollment_group.factory" {
		t.Errorf("the resource's address is %s", w.address)
	}
	for file, want := range map[string]string{
		"main.tf": `resource "azureiot_dps_enrollment_group" "factory"`, "terraform.tfvars.json": `{"factory_ca_pem":"a\nb"}`,
	} {
		text, err := os.ReadFile(filepath.Join(s.dir, "fleet", file))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, %s", file, err, text)
		}
	}
}

func TestChange_wantsExactlyTheEffectsOfTheCaption(t *testing.T) {
	t.Parallel()
	c := change{Actions: []string{"update"}, After: &disallowed{Effects: []effect{
		{Target: "dps_individual_enrollment", Object: "d", Action: "disable", From: "enabled", To: "disabled"},
	}}}
	if err := c.want([]string{"update"}, "dps_individual_enrollment disable enabled disabled"); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another action":   c.want([]string{"create"}, "dps_individual_enrollment disable enabled disabled"),
		"another effect":   c.want([]string{"update"}, "dps_individual_enrollment delete enabled absent"),
		"a missing effect": c.want([]string{"update"}),
		"no resource left": (change{Actions: []string{"delete"}}).want([]string{"delete"}, "x"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestChange_readsWhatOnlyTheApplyCanTell(t *testing.T) {
	t.Parallel()
	var c change
	err := json.Unmarshal([]byte(`{"actions": ["create"], "before": null, "after": {"enrollment_status": "disabled"},
		"after_unknown": {"access": true, "effects": true}}`), &c)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.want([]string{"create"}, unknownEffects); err != nil || !c.Unknown.Access {
		t.Errorf("error %v, access unknown: %v", err, c.Unknown.Access)
	}
}

func TestDisallowed_isBlockedOnlyWhereEverythingSaysSo(t *testing.T) {
	t.Parallel()
	blocked := func() disallowed {
		return disallowed{
			EnrollmentStatus: "disabled", Access: "blocked", HubIdentities: map[string]string{"h/d": "disabled"},
		}
	}
	if err := blocked().isBlocked(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*disallowed){
		"access":   func(d *disallowed) { d.Access = "partially_blocked" },
		"entry":    func(d *disallowed) { d.EnrollmentStatus = "enabled" },
		"identity": func(d *disallowed) { d.HubIdentities["h/d"] = "enabled" },
		"none":     func(d *disallowed) { d.HubIdentities = nil },
	} {
		d := blocked()
		if spoil(&d); d.isBlocked() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestShows_wantsAllPartsInOneLine(t *testing.T) {
	t.Parallel()
	text := "enrollment_status = 1\n  ~ access = 2\n"
	if !shows(text, "access", "= 2") || shows(text, "enrollment_status", "= 2") {
		t.Error("parts of different lines count as shown, or those of one line do not")
	}
}

func TestStage_wordsEffectsWithTheNamesOfTheHubs(t *testing.T) {
	t.Parallel()
	s := &stage{hubs: map[string]string{"localhost:1": "plant-north"}}
	got := s.listed([]effect{
		{Target: "iothub_device_identity", Object: "localhost:1/d", Action: "disable", From: "enabled", To: "disabled"},
	})
	if want := "iothub_device_identity plant-north/d: disable, enabled → disabled"; strings.Join(got, "") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
