// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// proofTest is a device and what is expected to prove that it has no way back.
type proofTest struct {
	device deprovision.Device
	want   deprovision.Proof
}

func runProofs(t *testing.T, tests map[string]proofTest) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := deprovision.ProofOf(test.device); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func attested(attestation deprovision.Attestation, groups ...deprovision.Group) deprovision.Device {
	return deprovision.Device{RegistrationID: "device", Attestation: attestation, Groups: groups}
}

// inOwnEntry gives the device an entry of the given attestation.
func inOwnEntry(d deprovision.Device, attestation deprovision.Attestation) deprovision.Device {
	return withEntry(d, &deprovision.IndividualEnrollment{Status: disabled, Attestation: attestation})
}

func TestProofOf_aCertificate(t *testing.T) {
	t.Parallel()
	device, line, plant, root := hierarchy()
	alone := issued("device", "")
	stranger := x509Group("o", enabled, issued("o", ""))
	shown := func(leaf deprovision.Certificate, groups ...deprovision.Group) deprovision.Device {
		return presenting(deprovision.Chain{leaf}, groups...)
	}
	runProofs(t, map[string]proofTest{
		"its own key signed it": {
			shown(alone, stranger, referringGroup("ref", enabled)),
			deprovision.ProofSelfSigned,
		},
		"of unknown attestation": {
			deprovision.Device{Chain: deprovision.Chain{alone}},
			deprovision.ProofSelfSigned,
		},
		"beside a key group": {shown(alone, keyGroup("k", enabled)), deprovision.ProofSelfSigned},
		"of unknown attestation, key group": {
			deprovision.Device{Chain: deprovision.Chain{alone}, Groups: []deprovision.Group{keyGroup("k", enabled)}},
			deprovision.ProofNone,
		},
		"in an entry": {
			withEntry(attested(deprovision.X509, stranger), x509Entry(disabled, alone, renewed(alone))),
			deprovision.ProofSelfSigned,
		},
		"its names are alike": {shown(unchecked(alone), stranger), deprovision.ProofNone},
		"one of two": {
			withEntry(shown(alone, stranger), x509Entry(disabled, device)),
			deprovision.ProofNone,
		},
		"another was shown": {withOthers(shown(alone, stranger)), deprovision.ProofNone},
		"a group bears its name": {
			shown(alone, x509Group("own", enabled, renewed(alone))),
			deprovision.ProofNone,
		},
		"a disabled group bears its name": {
			shown(alone, stranger, x509Group("own", disabled, alone)),
			deprovision.ProofSelfSigned,
		},
		"a CA issued it": {
			presenting(deprovision.Chain{device, line, plant, root}, stranger),
			deprovision.ProofNone,
		},
		"a CA issued it, no group": {
			presenting(deprovision.Chain{device, line, plant, root}),
			deprovision.ProofNoGroup,
		},
		"one of two, no group": {
			withEntry(shown(alone), x509Entry(disabled, device)), deprovision.ProofNoGroup,
		},
		"a CA above it, no group":     {presenting(deprovision.Chain{alone, line}), deprovision.ProofNoGroup},
		"another was shown, no group": {withOthers(shown(alone)), deprovision.ProofNoGroup},
		"a CA issued it, disabled groups": {
			shown(device, x509Group("l", disabled, line), referringGroup("r", disabled)),
			deprovision.ProofNoGroup,
		},
		"a CA issued it, absent group": {
			shown(device, x509Group("l", deprovision.Absent, line)),
			deprovision.ProofNoGroup,
		},
		"a CA issued it, unreadable group": {
			shown(device, x509Group("l", deprovision.Unreachable, line)),
			deprovision.ProofNone,
		},
		"a CA issued it, key groups only": {shown(device, keyGroup("k", enabled)), deprovision.ProofNoGroup},
		"a CA issued it, unknown group": {
			shown(device, deprovision.Group{ID: "u", Status: enabled}),
			deprovision.ProofNone,
		},
		"none is known": {
			attested(deprovision.X509, referringGroup("ref", enabled)),
			deprovision.ProofNone,
		},
		"one that names itself in any entry": {
			withEntry(shown(alone, stranger), x509Entry(disabled)),
			deprovision.ProofNone,
		},
	})
}

func TestProofOf_otherAttestations(t *testing.T) {
	t.Parallel()
	_, line, _, _ := hierarchy()
	key, tpm, unknown := deprovision.SymmetricKey, deprovision.TPM, deprovision.Unknown
	keys, certificates := keyGroup("k", enabled), x509Group("l", enabled, line)
	certified := attested(tpm, certificates)
	certified.Chain = deprovision.Chain{issued("device", "line")}
	runProofs(t, map[string]proofTest{
		"a TPM":                       {attested(tpm, keys, certificates), deprovision.ProofTPM},
		"a TPM beside a certificate":  {certified, deprovision.ProofNone},
		"a TPM beside an unseen one":  {withOthers(attested(tpm, certificates)), deprovision.ProofNone},
		"a key of its own":            {inOwnEntry(attested(key, certificates), key), deprovision.ProofOwnKey},
		"a key of its own, key group": {inOwnEntry(attested(key, keys), key), deprovision.ProofNone},
		"a key of its own, disabled group": {
			inOwnEntry(attested(key, keyGroup("k", disabled)), key),
			deprovision.ProofOwnKey,
		},
		"a key of its own, unknown group": {
			inOwnEntry(attested(key, deprovision.Group{ID: "u"}), key),
			deprovision.ProofNone,
		},
		"a key in an entry that is gone": {
			withEntry(attested(key), &deprovision.IndividualEnrollment{Status: deprovision.Absent, Attestation: key}),
			deprovision.ProofOwnKey,
		},
		"a key of its own and an unseen certificate": {
			withOthers(inOwnEntry(attested(key, certificates), key)), deprovision.ProofNone,
		},
		// The caller's word alone: what else the device holds is not told by an entry that keeps it out.
		"a key without an entry":           {attested(key, certificates), deprovision.ProofNone},
		"a key without an entry, no group": {attested(key, keyGroup("k", disabled)), deprovision.ProofNoGroup},
		// An entry with a key may have been made to block a device of any kind.
		"unknown with a key entry":      {inOwnEntry(attested(unknown, certificates), key), deprovision.ProofNone},
		"unknown with a TPM entry":      {inOwnEntry(attested(unknown, certificates), tpm), deprovision.ProofNone},
		"unknown, key group":            {attested(unknown, keys), deprovision.ProofNone},
		"unknown, no group is enabled":  {attested(unknown, keyGroup("k", disabled)), deprovision.ProofNoGroup},
		"of a kind nobody knows":        {attested("quantum", certificates), deprovision.ProofNone},
		"of a kind nobody knows, alone": {attested("quantum"), deprovision.ProofNoGroup},
	})
}
