// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"reflect"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// governingTest is a device and the entry that is expected to decide.
type governingTest struct {
	device deprovision.Device
	want   deprovision.Governor
}

func runGoverning(t *testing.T, tests map[string]governingTest) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := deprovision.Governing(test.device); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func noGovernor() deprovision.Governor {
	return deprovision.Governor{Kind: deprovision.GovernorNone, Status: deprovision.Absent}
}

func governedBy(
	id string, status deprovision.Status, match deprovision.Match, rivals ...string,
) deprovision.Governor {
	return deprovision.Governor{Kind: deprovision.GovernorGroup, ID: id, Status: status, Match: match, Rivals: rivals}
}

func possiblyGovernedBy(rivals ...string) deprovision.Governor {
	return deprovision.Governor{
		Kind: deprovision.GovernorPossible, Status: deprovision.Unverified, Match: deprovision.MatchPossible, Rivals: rivals,
	}
}

func TestGoverning_namesTheEntryThatDecides(t *testing.T) {
	t.Parallel()
	device, line, plant, root := hierarchy()
	full := deprovision.Chain{device, line, plant, root}
	thumbprint, issuer := deprovision.MatchThumbprint, deprovision.MatchIssuer
	individual := presenting(full, x509Group("l", enabled, line))
	individual.Individual = x509Entry(disabled, device)
	gone := presenting(full, x509Group("l", enabled, line))
	gone.Individual = x509Entry(deprovision.Absent)
	runGoverning(t, map[string]governingTest{
		"nothing": {presenting(full), noGovernor()},
		"the individual enrollment before any group": {
			individual, deprovision.Governor{Kind: deprovision.GovernorIndividual, ID: "device", Status: disabled},
		},
		"an absent individual enrollment is none": {gone, governedBy("l", enabled, thumbprint)},
		"the nearest group": {
			presenting(full, x509Group("r", enabled, root), x509Group("l", enabled, line)),
			governedBy("l", enabled, thumbprint),
		},
		"the nearest group, though disabled": {
			presenting(full, x509Group("r", enabled, root), x509Group("l", disabled, line)),
			governedBy("l", disabled, thumbprint),
		},
		"the nearest group, though less certain": {
			presenting(full, x509Group("p", enabled, plant), x509Group("l", disabled, renewed(line))),
			governedBy("l", disabled, issuer, "p"),
		},
		"nearness by either certificate of a group": {
			presenting(full, x509Group("p", enabled, plant), x509Group("both", disabled, root, renewed(line))),
			governedBy("both", disabled, thumbprint, "p"),
		},
	})
}

func withEntry(d deprovision.Device, entry *deprovision.IndividualEnrollment) deprovision.Device {
	d.Individual = entry
	return d
}

func withOthers(d deprovision.Device) deprovision.Device {
	d.OtherCertificates = true
	return d
}

func TestGoverning_namesTheGroupsThatMayDecideInstead(t *testing.T) {
	t.Parallel()
	device, line, plant, root := hierarchy()
	full := deprovision.Chain{device, line, plant, root}
	thumbprint := deprovision.MatchThumbprint
	runGoverning(t, map[string]governingTest{
		"equally near groups are rivals": {
			presenting(full, x509Group("b", enabled, line), x509Group("a", disabled, renewed(line)),
				x509Group("c", disabled, line)),
			governedBy("b", enabled, thumbprint, "a", "c"),
		},
		"a reference may be nearer": {
			presenting(full, x509Group("p", enabled, plant), referringGroup("ref", disabled)),
			governedBy("p", enabled, thumbprint, "ref"),
		},
		"a reference may be as near as the issuer": {
			presenting(full, x509Group("l", enabled, line), referringGroup("ref", disabled)),
			governedBy("l", enabled, thumbprint, "ref"),
		},
		"the leaf itself may be taken for its issuer": {
			presenting(full, x509Group("l", enabled, line), x509Group("own", disabled, device)),
			governedBy("l", enabled, thumbprint, "own"),
		},
		"above the issuer another chain may lead elsewhere": {
			presenting(full, x509Group("p", disabled, plant), x509Group("r", enabled, root),
				x509Group("o", enabled, issued("o", ""))),
			governedBy("p", disabled, thumbprint, "o", "r"),
		},
		"an issuer by name may be another CA": {
			presenting(full[:1], x509Group("l", disabled, line), x509Group("o", enabled, issued("o", ""))),
			governedBy("l", disabled, deprovision.MatchIssuer, "o"),
		},
		"a second certificate has a chain of its own": {
			withEntry(presenting(full, x509Group("l", enabled, line), x509Group("r", disabled, root)),
				x509Entry(deprovision.Absent, device, issued("device", "x"))),
			governedBy("l", enabled, thumbprint, "r"),
		},
		"a certificate that nobody has seen has one as well": {
			withOthers(presenting(full, x509Group("l", enabled, line), x509Group("r", disabled, root))),
			governedBy("l", enabled, thumbprint, "r"),
		},
		"what is above the end of the chain is farther": {
			presenting(full[:2], x509Group("l", enabled, line), x509Group("r", disabled, root)),
			governedBy("l", enabled, thumbprint),
		},
		"the chain is taken at its word where names do not fit": {
			presenting(deprovision.Chain{device, plant}, x509Group("p", enabled, plant),
				x509Group("o", disabled, issued("o", ""))),
			governedBy("p", enabled, thumbprint),
		},
		"only possible groups": {
			presenting(full[:2], x509Group("r", disabled, root), x509Group("o", enabled, issued("o", "")),
				keyGroup("k", enabled)),
			possiblyGovernedBy("o", "r"),
		},
		"a symmetric key": {
			deprovision.Device{Attestation: deprovision.SymmetricKey, Groups: []deprovision.Group{keyGroup("k", enabled)}},
			possiblyGovernedBy("k"),
		},
		"a key group beside a certificate of unknown attestation": {
			deprovision.Device{Chain: full, Groups: []deprovision.Group{keyGroup("k", enabled), x509Group("l", enabled, line)}},
			governedBy("l", enabled, thumbprint, "k"),
		},
		"a TPM": {
			deprovision.Device{Attestation: deprovision.TPM, Groups: []deprovision.Group{referringGroup("ref", enabled)}},
			noGovernor(),
		},
	})
}
