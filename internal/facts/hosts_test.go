// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// everythingNamed is a device of which everything names another hub.
func everythingNamed() (*Reader, Question, Evidence) {
	block := azure.Config{
		IoTHubHostname: "Default", AllowedHubs: []string{"allowed"},
		HubConnectionStrings: []sas.ConnectionString{{HostName: "connected"}},
	}
	q := Question{
		RegistrationID: "device", Named: []string{"named"},
		Known: map[deprovision.IdentityID]Known{{Host: "remembered", DeviceID: "device"}: {Tied: true}},
	}
	e := Evidence{
		Entry: &azdps.IndividualEnrollment{Enrollment: azdps.Enrollment{
			IoTHubs: []string{"Listed"}, IoTHubHostName: new("single"),
		}},
		Record: &azdps.Registration{AssignedHub: "Recorded"}, groupHubs: []string{"Grouped"},
	}
	return &Reader{services: azure.New(block)}, q, e
}

func TestHosts_areAllThatAnythingNames(t *testing.T) {
	t.Parallel()
	r, q, e := everythingNamed()
	want := []string{
		"allowed", "connected", "default", "grouped", "listed", "named", "recorded", "remembered", "single",
	}
	if got := r.hosts(q, e); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := r.hosts(Question{}, Evidence{}); slices.Contains(got, "") {
		t.Errorf("no hub has no name: %q", got)
	}
}

// A hub that comes to be known is searched, whoever names it; what only the record names is looked at anyway.
func TestSearched_countsEveryHubThatNeedsNoCall(t *testing.T) {
	t.Parallel()
	r, q, e := everythingNamed()
	all := r.hostsWithoutRecord(q, e)
	for _, left := range all {
		q.Searched = slices.DeleteFunc(slices.Clone(all), func(host string) bool { return host == left })
		if r.searched(q, e) {
			t.Errorf("%s was not searched", left)
		}
	}
	if q.Searched = all; !r.searched(q, e) {
		t.Errorf("all were searched: %q", all)
	}
}
