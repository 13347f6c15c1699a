// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// TestDecisions_areThoseOfTheTable decides every combination of an individual enrollment, a group and an identity for
// every kind of device, and compares the decisions with testdata/decisions.md.
func TestDecisions_areThoseOfTheTable(t *testing.T) {
	t.Parallel()
	isGolden(t, "decisions.md", decisionTable())
}

// isGolden compares a text with a file of testdata, which is meant to be read. DEPROVISION_WRITE_TABLE=1 writes it
// anew.
func isGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("DEPROVISION_WRITE_TABLE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	wanted := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wanted) || line != wanted[i] {
			t.Errorf("line %d is\n%s", i+1, line)
		}
	}
	t.Errorf("%s has %d bytes, want %d", name, len(got), len(want))
}

// kind is a sort of device, and the individual enrollment that it would have.
type kind struct {
	title  string
	device deprovision.Device
	entry  deprovision.IndividualEnrollment
}

func kinds() []kind {
	leaf, alone := issued("device", "factory"), issued("device", "")
	x509, key := deprovision.X509, deprovision.SymmetricKey
	return []kind{
		{
			"An X.509 device whose leaf was issued by the CA “factory”",
			deprovision.Device{Attestation: x509, Chain: deprovision.Chain{leaf, issued("factory", "")}},
			deprovision.IndividualEnrollment{Attestation: x509, Certificates: []deprovision.Certificate{leaf}},
		},
		{
			"The same device, of which only the individual enrollment tells the certificate",
			deprovision.Device{Attestation: x509},
			deprovision.IndividualEnrollment{Attestation: x509, Certificates: []deprovision.Certificate{leaf}},
		},
		{
			"An X.509 device with a self-signed leaf",
			deprovision.Device{Attestation: x509, Chain: deprovision.Chain{alone}},
			deprovision.IndividualEnrollment{Attestation: x509, Certificates: []deprovision.Certificate{alone}},
		},
		{
			"A device with a symmetric key",
			deprovision.Device{Attestation: key}, deprovision.IndividualEnrollment{Attestation: key},
		},
		{
			"A device with a TPM", deprovision.Device{Attestation: deprovision.TPM},
			deprovision.IndividualEnrollment{Attestation: deprovision.TPM},
		},
		{
			"A device of unknown attestation: the entry, if there is one, was made with a symmetric key to block it",
			deprovision.Device{}, deprovision.IndividualEnrollment{Attestation: key},
		},
	}
}

func decisionTable() string {
	var table strings.Builder
	table.WriteString(`# Decisions

For each kind of device: its individual enrollment, one enrollment group, and its identity in one hub. The groups are
an X.509 group of the CA “factory”, an X.509 group of the unrelated CA “elsewhere”, and a symmetric-key group. The last
three columns are the access that results, by the status of the identity in the hub.
`)
	factory, elsewhere := issued("factory", ""), issued("elsewhere", "")
	for _, k := range kinds() {
		fmt.Fprintf(&table, "\n## %s\n\n", k.title)
		table.WriteString("| individual enrollment | group | governs | path | no identity | enabled | disabled |\n")
		table.WriteString("|---|---|---|---|---|---|---|\n")
		for _, entry := range []deprovision.Status{deprovision.Absent, enabled, disabled} {
			table.WriteString(decisionRow(k, entry, "none"))
			for _, g := range []deprovision.Group{
				x509Group("factory", enabled, factory), x509Group("factory", disabled, factory),
				x509Group("elsewhere", enabled, elsewhere), x509Group("elsewhere", disabled, elsewhere),
				keyGroup("symmetric key", enabled), keyGroup("symmetric key", disabled),
			} {
				table.WriteString(decisionRow(k, entry, g.ID+", "+string(g.Status), g))
			}
		}
	}
	table.WriteString(proofTable())
	return table.String()
}

func decisionRow(k kind, entry deprovision.Status, group string, groups ...deprovision.Group) string {
	d := k.device
	d.RegistrationID, d.Groups = "device", groups
	if entry != deprovision.Absent {
		k.entry.Status = entry
		d.Individual = &k.entry
	}
	governor, paths := deprovision.Governing(d), deprovision.ReenrollPaths(d)
	match := deprovision.Match("–")
	for _, path := range paths {
		match = path.Match
	}
	row := []string{string(entry), group, inWords(governor), string(match)}
	for _, status := range []deprovision.Status{"", enabled, disabled} {
		e := seen(entry)
		if status != "" {
			e = seen(entry, sighted(status))
		}
		e.Paths, e.Proof = paths, deprovision.ProofOf(d)
		row = append(row, string(e.Access()))
	}
	return "| " + strings.Join(row, " | ") + " |\n"
}

func inWords(g deprovision.Governor) string {
	switch g.Kind {
	case deprovision.GovernorIndividual:
		return fmt.Sprintf("individual enrollment (%s)", g.Status)
	case deprovision.GovernorGroup:
		return fmt.Sprintf("group %s (%s)", g.ID, g.Status)
	case deprovision.GovernorPossible:
		return fmt.Sprintf("possibly group %s", strings.Join(g.Rivals, ", "))
	default:
		return cmp.Or(string(g.Kind), "?")
	}
}
