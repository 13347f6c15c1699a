// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// judgeWithoutEntry holds what was said of a device against what becomes of it now that it has no entry.
func (w *judgeWorld) judgeWithoutEntry(t *rapid.T, s *suspect, all []presentation) {
	paths, proof := map[string]deprovision.Match{}, deprovision.ProofOf(s.told)
	for _, path := range deprovision.ReenrollPaths(s.told) {
		paths[path.EnrollmentGroupID] = path.Match
	}
	w.count(true, "proof: "+cmp.Or(string(proof), "none"))
	w.count(proof == deprovision.ProofNone && len(paths) == 0, "no path, but no proof")
	if s.told.Individual != nil {
		gone := *s.told.Individual
		gone.Status = deprovision.Absent
		s.told.Individual = &gone
	}
	governor := deprovision.Governing(s.told)
	w.countGovernor(governor)
	admitted := false
	for _, p := range all {
		o := w.register(t, s, p.credential)
		admitted = admitted || o.Admitted()
		w.judgeOutcome(t, s, p.name, governor, o)
		group := o.EnrollmentGroupID
		if !o.Admitted() {
			w.count(o.Status == devicesim.Refused, "refused")
			w.count(o.Status == devicesim.Disabled, "kept out by a disabled group")
			continue
		}
		if paths[group] == "" {
			t.Fatalf("with %s the device gets in through %q, but the paths are %v\n%+v", p.name, group, paths, s.told)
		}
		if proof != deprovision.ProofNone {
			t.Fatalf("with %s the device gets in, but %q proves that it cannot\n%+v", p.name, proof, s.told)
		}
		w.count(true, "admitted by a group: "+string(paths[group]))
		w.count(s.kind == "self-signed" && len(s.held) == 1 && !s.told.OtherCertificates,
			"self-signed, but a group has its key")
	}
	if len(s.told.Chain) > 0 {
		shown := w.judgeShownChain(t, s, governor)
		w.count(admitted && !shown.Admitted(), "admitted by another chain than the one given")
	}
}

func (w *judgeWorld) countGovernor(g deprovision.Governor) {
	switch {
	case g.Kind != deprovision.GovernorGroup:
		w.count(true, "governed by "+string(g.Kind))
	case len(g.Rivals) > 0:
		w.count(true, "governed by group with rivals")
	case g.Match != deprovision.MatchThumbprint:
		w.count(true, "governed by group by name")
	default:
		w.count(true, "governed by group for certain, "+string(g.Status))
	}
}

// judgeOutcome compares one outcome, by whatever credential, with what was said to govern.
func (w *judgeWorld) judgeOutcome(
	t *rapid.T, s *suspect, how string, g deprovision.Governor, o devicesim.Outcome,
) {
	switch {
	case g.Kind == deprovision.GovernorNone && o.Status != devicesim.Refused:
		t.Fatalf("nothing governs, but with %s: %s\n%+v", how, o, s.told)
	case g.Kind == deprovision.GovernorGroup && g.Status == deprovision.Disabled && len(g.Rivals) == 0 && o.Admitted():
		t.Fatalf("%+v, but with %s: %s\n%+v", g, how, o, s.told)
	case o.Admitted() && o.EnrollmentGroupID != g.ID && !slices.Contains(g.Rivals, o.EnrollmentGroupID):
		t.Fatalf("%+v, but with %s it is %q\n%+v", g, how, o.EnrollmentGroupID, s.told)
	}
}

// judgeShownChain has the device present the chain that was given: a group that was found in it decides.
func (w *judgeWorld) judgeShownChain(t *rapid.T, s *suspect, g deprovision.Governor) devicesim.Outcome {
	o := w.register(t, s, s.shown)
	w.judgeOutcome(t, s, "the given chain", g, o)
	if g.Kind == deprovision.GovernorGroup && g.Match == deprovision.MatchThumbprint && len(g.Rivals) == 0 {
		want := map[deprovision.Status]string{
			deprovision.Enabled: devicesim.Assigned, deprovision.Disabled: devicesim.Disabled,
		}[g.Status]
		if o.Status != want || o.Admitted() && o.EnrollmentGroupID != g.ID {
			t.Fatalf("%+v, but with the given chain: %s by %q\n%+v", g, o, o.EnrollmentGroupID, s.told)
		}
	}
	return o
}
