// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// What a plan was told is told once, to the apply of the same settings, and not for long.
func TestSaidToPlan_isForTheApplyOfTheSameSettings(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	connection, err := sas.ParseConnectionString(
		"HostName=plant.azure-devices-provisioning.net;SharedAccessKeyName=owner;SharedAccessKey=a2V5")
	if err != nil {
		t.Fatal(err)
	}
	services := azure.New(azure.Config{
		Now:                 func() time.Time { return now },
		DPSConnectionString: &connection,
	})
	r := &deviceResource{}
	r.Services = services
	ask, diags := r.ask(wanted{})
	if diags.HasError() {
		t.Fatal(diags)
	}
	want := func(reason string) wanted {
		w := wanted{leaf: &leaf{commonName: "sensor-1"}, hubs: []string{"hub"}, reason: reason}
		w.RegistrationID = "sensor-1"
		return w
	}
	for name, test := range map[string]struct {
		asked wanted
		later time.Duration
		told  bool
	}{
		"at once":        {want("stolen"), 0, true},
		"within limits":  {want("stolen"), time.Minute, true},
		"too late":       {want("stolen"), time.Minute + 1, false},
		"before":         {want("stolen"), -time.Second, false},
		"other settings": {want("sold"), 0, false},
	} {
		r.tellApply(want("stolen"), ask.reader.Answers(facts.Evidence{}))
		now = now.Add(test.later)
		if told := r.saidToPlan(test.asked) != nil; told != test.told {
			t.Errorf("%s: told %t, want %t", name, told, test.told)
		}
		if r.saidToPlan(test.asked) != nil {
			t.Errorf("%s: told twice", name)
		}
	}
}
