// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"reflect"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// A few groups that are merely possible are named; one element stands for more. Those of which more is known stay.
func TestSumUp_namesWhatIsKnownAndAFewThatArePossible(t *testing.T) {
	t.Parallel()
	path := func(id string, match deprovision.Match) deprovision.ReenrollPath {
		return deprovision.ReenrollPath{EnrollmentGroupID: id, Match: match}
	}
	few := []deprovision.ReenrollPath{
		path("a", deprovision.MatchPossible), path("b", deprovision.MatchIssuer), path("c", deprovision.MatchPossible),
		path("d", deprovision.MatchThumbprint), path("e", deprovision.MatchPossible),
	}
	if got := deprovision.SumUp(few); !reflect.DeepEqual(got, few) {
		t.Errorf("three should be named, not %v", got)
	}
	many := append(few, path("f", deprovision.MatchPossible))
	want := []deprovision.ReenrollPath{path("*", deprovision.MatchPossible), few[1], few[3]}
	if got := deprovision.SumUp(many); !reflect.DeepEqual(got, want) {
		t.Errorf("four should be one: %v", got)
	}
	said := "any group that nothing rules out (possible), b (issuer), d (thumbprint)"
	if got := deprovision.NamePaths(want); got != said {
		t.Errorf("got %q, want %q", got, said)
	}
}

// A group that was read once is compared as one that was not, also when its status has changed since.
func TestRead_changesNoComparison(t *testing.T) {
	t.Parallel()
	group := deprovision.Group{
		ID: "plant", Status: deprovision.Enabled, Attestation: deprovision.X509,
		Certificates: []deprovision.Certificate{{Subject: "CN=Plant", Issuer: "CN=Root", ThumbprintSHA256: "AB"}},
	}
	for _, issuer := range []string{"CN=Plant", "cn=plant", "CN=Root", "CN=Other"} {
		for _, status := range []deprovision.Status{deprovision.Enabled, deprovision.Disabled} {
			device := deprovision.Device{
				RegistrationID: "dev", Attestation: deprovision.X509,
				Chain: deprovision.Chain{{Subject: "CN=dev", Issuer: issuer, ThumbprintSHA256: "CD"}},
			}
			plain, read := group, group.Read()
			plain.Status, read.Status = status, status
			device.Groups = []deprovision.Group{plain}
			want, governing := deprovision.ReenrollPaths(device), deprovision.Governing(device)
			device.Groups = []deprovision.Group{read}
			if got := deprovision.ReenrollPaths(device); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s: %v, want %v", issuer, status, got, want)
			}
			if got := deprovision.Governing(device); !reflect.DeepEqual(got, governing) {
				t.Errorf("%s, %s: %v, want %v", issuer, status, got, governing)
			}
		}
	}
}
