// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func TestAccessOf_sumsUpEveryPart(t *testing.T) {
	t.Parallel()
	const absent, unverified, unreachable = deprovision.Absent, deprovision.Unverified, deprovision.Unreachable
	const blocked, partially, allowed = deprovision.Blocked, deprovision.PartiallyBlocked, deprovision.Allowed
	path := []deprovision.ReenrollPath{{EnrollmentGroupID: "g", Match: deprovision.MatchPossible}}
	hubs := func(statuses ...deprovision.Status) map[string]deprovision.Status {
		identities := map[string]deprovision.Status{}
		for i, s := range statuses {
			identities[string(rune('a'+i))] = s
		}
		return identities
	}
	tests := map[string]struct {
		enrollment deprovision.Status
		identities map[string]deprovision.Status
		paths      []deprovision.ReenrollPath
		want       deprovision.Access
	}{
		"enabled, no hub":                  {enabled, nil, nil, allowed},
		"enabled, hub disabled":            {enabled, hubs(disabled), nil, allowed},
		"disabled, never assigned":         {disabled, nil, nil, blocked},
		"disabled, whatever the paths":     {disabled, nil, path, blocked},
		"disabled, hub disabled":           {disabled, hubs(disabled), path, blocked},
		"disabled, hub identity deleted":   {disabled, hubs(absent), nil, blocked},
		"disabled, hub enabled":            {disabled, hubs(enabled), nil, partially},
		"disabled, hub unreachable":        {disabled, hubs(unreachable), nil, partially},
		"disabled, identity unverified":    {disabled, hubs(unverified), nil, partially},
		"disabled, one of many enabled":    {disabled, hubs(disabled, absent, enabled), nil, partially},
		"disabled, many shut":              {disabled, hubs(disabled, absent, disabled), nil, blocked},
		"disabled, status that is unknown": {disabled, hubs(""), nil, partially},
		"absent, a path":                   {absent, hubs(disabled), path, allowed},
		"absent, no path, hub disabled":    {absent, hubs(disabled), nil, blocked},
		"absent, no path, hub enabled":     {absent, hubs(enabled), nil, partially},
		"unreachable, hub disabled":        {unreachable, hubs(disabled), nil, partially},
		"unreachable, a path":              {unreachable, nil, path, partially},
		"unverified":                       {unverified, nil, nil, partially},
		"no status":                        {"", nil, nil, partially},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := deprovision.AccessOf(test.enrollment, test.identities, test.paths); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestAccessOf_saysBlockedOnlyWhenEverythingIsShut(t *testing.T) {
	t.Parallel()
	statuses := rapid.SampledFrom([]deprovision.Status{
		enabled, disabled, deprovision.Absent, deprovision.Unverified, deprovision.Unreachable, "",
	})
	rapid.Check(t, func(t *rapid.T) {
		enrollment := statuses.Draw(t, "enrollment")
		identities := rapid.MapOf(rapid.StringMatching("[a-d]"), statuses).Draw(t, "identities")
		paths := make([]deprovision.ReenrollPath, rapid.IntRange(0, 2).Draw(t, "paths"))
		access := deprovision.AccessOf(enrollment, identities, paths)
		if enrollment == enabled && access != deprovision.Allowed {
			t.Fatalf("an enabled entry, but %s", access)
		}
		if access != deprovision.Blocked {
			return
		}
		if enrollment != disabled && (enrollment != deprovision.Absent || len(paths) > 0) {
			t.Fatalf("blocked, but the entry is %q and there are %d paths", enrollment, len(paths))
		}
		for host, status := range identities {
			if status != disabled && status != deprovision.Absent {
				t.Fatalf("blocked, but the identity in %s is %q", host, status)
			}
		}
	})
}
