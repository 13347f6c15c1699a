// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// What is named in configuration and was never looked at leaves open what an apply finds there.
func TestNamesUnseen_isWhatNobodyHasLookedAt(t *testing.T) {
	t.Parallel()
	at := func(host string) deprovision.IdentityID {
		return deprovision.IdentityID{Host: host, DeviceID: "device"}
	}
	sighting := func(status deprovision.Status, tied bool) deprovision.Sighting {
		return deprovision.Sighting{Ties: deprovision.Ties{Remembered: tied}, Status: status}
	}
	known := map[deprovision.IdentityID]deprovision.Sighting{at("north"): sighting(deprovision.Disabled, true)}
	strange := map[deprovision.IdentityID]deprovision.Sighting{
		at("north"): sighting(deprovision.Disabled, true), at("south"): sighting(deprovision.Enabled, false),
	}
	gone := map[deprovision.IdentityID]deprovision.Sighting{at("north"): sighting(deprovision.Absent, true)}
	given := &leaf{link: deprovision.Certificate{ThumbprintSHA256: "AB"}}
	for name, test := range map[string]struct {
		want, have wanted
		identities map[deprovision.IdentityID]deprovision.Sighting
		unseen     bool
	}{
		"nothing new":                          {wanted{}, wanted{}, known, false},
		"a certificate, and a stranger":        {wanted{leaf: given}, wanted{}, strange, true},
		"a certificate, and no stranger":       {wanted{leaf: given}, wanted{}, known, false},
		"the same certificate, and a stranger": {wanted{leaf: given}, wanted{leaf: given}, strange, false},
		"no certificate any more":              {wanted{}, wanted{leaf: given}, strange, false},
		"another device ID":                    {wanted{deviceID: "other"}, wanted{}, known, true},
		"the device ID that is known":          {wanted{deviceID: "device"}, wanted{}, known, false},
		"a device ID, and no hub is known":     {wanted{deviceID: "device"}, wanted{}, nil, true},
		"a device ID in another hub": {
			wanted{deviceID: "device", hubs: []string{"south"}}, wanted{}, known, true,
		},
		"a hub":                            {wanted{hubs: []string{"south"}}, wanted{}, known, true},
		"a hub in which a stranger is":     {wanted{hubs: []string{"south"}}, wanted{}, strange, true},
		"a hub in which the device is":     {wanted{hubs: []string{"north"}}, wanted{}, known, false},
		"a hub in which it was once":       {wanted{hubs: []string{"north"}}, wanted{}, gone, true},
		"a hub that was named before":      {wanted{hubs: []string{"south"}}, wanted{hubs: []string{"south"}}, known, false},
		"a hub that is not named any more": {wanted{}, wanted{hubs: []string{"south"}}, known, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := deprovision.Evidence{Identities: test.identities}
			if got := test.want.namesUnseen(test.have, e); got != test.unseen {
				t.Errorf("got %t, want %t", got, test.unseen)
			}
		})
	}
}

// privateText is private state that reads as it is.
type privateText string

func (p privateText) GetKey(context.Context, string) ([]byte, diag.Diagnostics) {
	return []byte(p), nil
}

// Of an entry of which the memory is lost, nobody knows whether somebody has changed it: it is not deleted.
func TestRecall_takesAnEntryForChangedWhereTheMemoryCannotBeRead(t *testing.T) {
	t.Parallel()
	for text, changed := range map[privateText]bool{
		"": false, `{"version":1,"value":{}}`: false, `{"version":1,"value":{"entry":{"changed":true}}}`: true,
		`{"version":1,"value":{"identities":[]}}`: true, `{"entry":{}}`: true, `[`: true,
	} {
		m, diags := memoryKey().Recall(t.Context(), text)
		removable := m.prior(deprovision.Block{Created: true}, false).Removable
		if diags.HasError() || m.Entry.Changed != changed || removable == changed {
			t.Errorf("%q: got %+v, removable %t", text, m.Entry, removable)
		}
	}
}
