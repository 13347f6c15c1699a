// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

func TestBirth_goesByWhatKnowsMostOfTheObjectBefore(t *testing.T) {
	t.Parallel()
	handed, noted, told := standing("enabled"), standing("disabled"), iotplan.Standing{Status: "disabled", Reason: "told"}
	placed, nothing := iotplan.Birth{Host: "h", ID: "a"}, iotplan.Standing{}
	for name, test := range map[string]struct {
		born          iotplan.Birth
		handed, noted iotplan.Standing
		want          iotplan.Standing
	}{
		"what its Delete says now":        {placed, handed, noted, handed},
		"what the plan of its move noted": {placed, nothing, noted, noted},
		"a note that it was enabled":      {placed, nothing, standing("enabled"), told},
		"what the service says":           {placed, nothing, nothing, told},
		"a place that is not known":       {iotplan.Birth{ID: "a"}, nothing, noted, noted},
		"a name that is not known":        {iotplan.Birth{Host: "h"}, nothing, nothing, nothing},
	} {
		state := private{}
		test.noted.KeepMoved(t.Context(), state)
		was, diags := test.born.Before(t.Context(), state, func() (iotplan.Standing, bool) {
			return test.handed, test.handed != nothing
		}, func() (iotplan.Standing, diag.Diagnostics) {
			return told, diag.Diagnostics{diag.NewWarningDiagnostic("asked", "")}
		})
		if was != test.want || (len(diags) > 0) != (test.want == told) {
			t.Errorf("%s: %+v %v", name, was, diags)
		}
	}
}

func TestStatus_thatIsNotAsConfiguredIsSaidOnItsAttribute(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		said          diag.Diagnostic
		summary, text string
	}{
		{
			iotplan.EnabledAndBlocked("status", "device identity", "a", "h", `block "b"`), "Enabled and blocked at once",
			`status = "enabled" is configured for the device identity "a" at h, and block "b" blocks it: each apply ` +
				`would undo the other's. Leave status out`,
		},
		{
			iotplan.StaysDisabled("status", "device identity", "a", "h"), "Device identity stays disabled",
			`The device identity "a" at h was found disabled, and status is left out`,
		},
	} {
		at, ok := test.said.(diag.DiagnosticWithPath)
		if !ok || !at.Path().Equal(path.Root("status")) || at.Summary() != test.summary ||
			!strings.HasPrefix(at.Detail(), test.text) {
			t.Errorf("said %v, want %s: %s", test.said, test.summary, test.text)
		}
	}
}

func standing(status string) iotplan.Standing { return iotplan.Standing{Status: status} }
