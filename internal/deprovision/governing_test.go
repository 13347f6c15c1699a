// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"reflect"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func TestGoverning_namesTheEntryThatDecides(t *testing.T) {
	t.Parallel()
	device, line, plant, root := hierarchy()
	full := deprovision.Chain{device, line, plant, root}
	with := func(chain deprovision.Chain, groups ...deprovision.Group) deprovision.Device {
		return deprovision.Device{RegistrationID: "device", Attestation: deprovision.X509, Chain: chain, Groups: groups}
	}
	group := func(id string, status deprovision.Status, match deprovision.Match, rivals ...string) deprovision.Governor {
		return deprovision.Governor{
			Kind: deprovision.GovernorGroup, ID: id, Status: status, Match: match, Rivals: rivals,
		}
	}
	possible := func(rivals ...string) deprovision.Governor {
		return deprovision.Governor{
			Kind: deprovision.GovernorPossible, Status: deprovision.Unverified, Match: deprovision.MatchPossible,
			Rivals: rivals,
		}
	}
	none := deprovision.Governor{Kind: deprovision.GovernorNone, Status: deprovision.Absent}
	thumbprint, issuer := deprovision.MatchThumbprint, deprovision.MatchIssuer
	individual := with(full, x509Group("l", enabled, line))
	individual.Individual = x509Entry(disabled, device)
	gone := with(full, x509Group("l", enabled, line))
	gone.Individual = x509Entry(deprovision.Absent)
	tests := map[string]struct {
		device deprovision.Device
		want   deprovision.Governor
	}{
		"nothing": {with(full), none},
		"the individual enrollment before any group": {
			individual, deprovision.Governor{Kind: deprovision.GovernorIndividual, ID: "device", Status: disabled},
		},
		"an absent individual enrollment is none": {gone, group("l", enabled, thumbprint)},
		"the nearest group": {
			with(full, x509Group("r", enabled, root), x509Group("l", enabled, line)), group("l", enabled, thumbprint),
		},
		"the nearest group, though disabled": {
			with(full, x509Group("r", enabled, root), x509Group("p", disabled, plant)), group("p", disabled, thumbprint),
		},
		"the nearest group, though less certain": {
			with(full, x509Group("p", enabled, plant), x509Group("l", disabled, renewed(line))), group("l", disabled, issuer),
		},
		"nearness by either certificate of a group": {
			with(full, x509Group("p", enabled, plant), x509Group("both", disabled, root, renewed(line))),
			group("both", disabled, thumbprint),
		},
		"the leaf itself is nearest": {
			with(full, x509Group("l", enabled, line), x509Group("own", disabled, device), referringGroup("ref", enabled)),
			group("own", disabled, thumbprint),
		},
		"equally near groups are rivals": {
			with(full, x509Group("b", enabled, line), x509Group("a", disabled, renewed(line)), x509Group("c", disabled, line)),
			group("b", enabled, thumbprint, "a", "c"),
		},
		"a reference may be nearer": {
			with(full, x509Group("p", enabled, plant), referringGroup("ref", disabled)),
			group("p", enabled, thumbprint, "ref"),
		},
		"nothing unseen is nearer than the issuer": {
			with(full, x509Group("l", enabled, line), referringGroup("ref", disabled)), group("l", enabled, thumbprint),
		},
		"what is above the end of the chain is farther": {
			with(full[:2], x509Group("l", enabled, line), x509Group("r", disabled, root)), group("l", enabled, thumbprint),
		},
		"the chain is taken at its word where names do not fit": {
			with(deprovision.Chain{device, plant}, x509Group("p", enabled, plant), x509Group("o", disabled, issued("o", ""))),
			group("p", enabled, thumbprint),
		},
		"only possible groups": {
			with(full[:2], x509Group("r", disabled, root), x509Group("o", enabled, issued("o", "")), keyGroup("k", enabled)),
			possible("o", "r"),
		},
		"a symmetric key": {
			deprovision.Device{Attestation: deprovision.SymmetricKey, Groups: []deprovision.Group{keyGroup("k", enabled)}},
			possible("k"),
		},
		"a key group beside a certificate of unknown attestation": {
			deprovision.Device{Chain: full, Groups: []deprovision.Group{keyGroup("k", enabled), x509Group("l", enabled, line)}},
			group("l", enabled, thumbprint, "k"),
		},
		"a TPM": {
			deprovision.Device{Attestation: deprovision.TPM, Groups: []deprovision.Group{referringGroup("ref", enabled)}}, none,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := deprovision.Governing(test.device); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}
