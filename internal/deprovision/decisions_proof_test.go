// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// holders are the kinds of device by what is known of their credentials, which decides what proves that they stay out.
func holders() []kind {
	leaf, alone := issued("device", "factory"), issued("device", "")
	x509, key := deprovision.X509, deprovision.SymmetricKey
	shown := func(c deprovision.Certificate) deprovision.Device {
		return deprovision.Device{Attestation: x509, Chain: deprovision.Chain{c}}
	}
	return []kind{
		{title: "a leaf that its own key signed", device: shown(alone)},
		{title: "the same, but another certificate was shown", device: withOthers(shown(alone))},
		{title: "a leaf whose issuer bears its name", device: shown(unchecked(alone))},
		{title: "a leaf of the CA “factory”", device: shown(leaf)},
		{title: "an X.509 device, no certificate known", device: attested(x509)},
		{title: "a symmetric key in its own entry", device: inOwnEntry(attested(key), key)},
		{title: "a symmetric key, no entry", device: attested(key)},
		{title: "a TPM", device: inOwnEntry(attested(deprovision.TPM), deprovision.TPM)},
		{title: "unknown, in an entry with a symmetric key", device: inOwnEntry(attested(deprovision.Unknown), key)},
	}
}

// proofTable has what proves that a device has no way back, by its credential and the groups.
func proofTable() string {
	worlds := []struct {
		title  string
		groups []deprovision.Group
	}{
		{"no group", nil},
		{"all disabled", []deprovision.Group{
			x509Group("factory", disabled, issued("factory", "")), keyGroup("symmetric key", disabled),
		}},
		{"factory", []deprovision.Group{x509Group("factory", enabled, issued("factory", ""))}},
		{"elsewhere", []deprovision.Group{x509Group("elsewhere", enabled, issued("elsewhere", ""))}},
		{"a reference", []deprovision.Group{referringGroup("reference", enabled)}},
		{"a CA named like the device", []deprovision.Group{x509Group("namesake", enabled, issued("device", "x"))}},
		{"symmetric key", []deprovision.Group{keyGroup("symmetric key", enabled)}},
	}
	var table strings.Builder
	table.WriteString(`
## What proves that a device has no way back once its entry is gone

By what is known of its credential, and by the enabled groups. “–” is no proof, with the number of groups that admit the
device or may.

| the device has |`)
	for _, world := range worlds {
		fmt.Fprintf(&table, " %s |", world.title)
	}
	table.WriteString("\n" + strings.Repeat("|---", len(worlds)+1) + "|\n")
	for _, holder := range holders() {
		fmt.Fprintf(&table, "| %s |", holder.title)
		for _, world := range worlds {
			d := holder.device
			d.RegistrationID, d.Groups = "device", slices.Clone(world.groups)
			none := fmt.Sprintf("– (%d)", len(deprovision.ReenrollPaths(d)))
			fmt.Fprintf(&table, " %s |", cmp.Or(string(deprovision.ProofOf(d)), none))
		}
		table.WriteString("\n")
	}
	return table.String()
}
