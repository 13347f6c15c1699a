// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// devicesPerWorld is how many devices are tried, one after another, against the same groups.
const devicesPerWorld = 12

// The emulator decides for real devices, in random worlds, what the decisions say from facts alone:
//
//   - what governs a device lets it in, or keeps it out, or the answer left that open;
//   - through whatever group a device gets in once its entry is gone, that group was a path;
//   - a device that is proven to have no way back gets in by none, whatever chain it presents.
//
// The facts are true, but more or less of them are told. What the decisions and the emulator share is only the
// documentation of the service.
func TestDecisions_agreeWithTheServiceInRandomWorlds(t *testing.T) {
	t.Parallel()
	tally := &tally{counts: map[string]int{}}
	authorities := newJudgeAuthorities(t)
	t.Run("worlds", func(t *testing.T) {
		for lane := range 2 {
			t.Run(fmt.Sprint(lane), func(t *testing.T) {
				t.Parallel()
				judge := newJudge(t, authorities, tally)
				rapid.Check(t, func(t *rapid.T) {
					for range lane { // So that the lanes have different worlds also if -rapid.seed is given.
						_ = rapid.Uint64().Draw(t, "nothing")
					}
					judge.world(t)
				})
			})
		}
	})
	tally.mustHaveSeen(t, "worlds", 1000)
	for _, dimension := range dimensions() {
		tally.mustHaveSeen(t, dimension, 1)
	}
	t.Log(tally)
}

// dimensions are what must have been drawn, and what must have come out, for the comparison to mean anything.
func dimensions() []string {
	return []string{
		"group of symmetric keys", "group by reference", "group of a device's own certificate",
		"group of two certificates", "group without a status",
		"device: issued", "device: self-signed", "device: key", "device: tpm", "device of two certificates",
		"CA of the device's name above it", "cross-signed CA above the device", "chain of five or more",
		"letter case differs", "no entry", "entry of its own", "entry that blocks", "entry by reference",
		"unknown attestation", "other certificates", "whole chain given", "leaf given alone",
		"governed by individual, enabled", "governed by individual, disabled",
		"governed by group for certain, enabled", "governed by group for certain, disabled",
		"governed by group with rivals", "governed by group by name", "governed by possible", "governed by none",
		"admitted by a group: thumbprint", "admitted by a group: issuer", "admitted by a group: possible",
		"admitted by another chain than the one given", "kept out by a disabled group", "refused",
		"proof: none", "proof: tpm", "proof: own_key", "proof: self_signed", "proof: no_group",
		"no path, but no proof", "self-signed, but a group has its key",
	}
}

// tally counts what was drawn and what came out.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (y *tally) count(happened bool, what string) {
	if happened {
		y.mu.Lock()
		y.counts[what]++
		y.mu.Unlock()
	}
}

func (y *tally) mustHaveSeen(t *testing.T, what string, times int) {
	t.Helper()
	if y.counts[what] < times {
		t.Errorf("%q: %d, want %d at least", what, y.counts[what], times)
	}
}

func (y *tally) String() string {
	var s strings.Builder
	for _, what := range slices.Sorted(maps.Keys(y.counts)) {
		fmt.Fprintf(&s, "\n%6d  %s", y.counts[what], what)
	}
	return s.String()
}

// judge is an emulator that is used for one world after another.
type judge struct {
	*judgeAuthorities
	*tally

	t        *testing.T
	emulator *emulator.Emulator
	dps      *azdps.Client
}

func newJudge(t *testing.T, authorities *judgeAuthorities, tally *tally) *judge {
	t.Helper()
	e, err := emulator.Start(emulator.Options{
		Now: today, Choices: emulator.Choices{DPSChoices: emulator.DPSChoices{DetailedResults: true}},
		CACertificates: authorities.uploaded(),
	})
	mustNot(t, err)
	t.Cleanup(func() { must(t, e.Close()) })
	w := &deviceWorld{T: t, emulator: e}
	connection, err := sas.ParseConnectionString(e.DPSConnectionString())
	mustNot(t, err)
	dps, err := azdps.NewClientFromConnectionString(connection, &azdps.ClientOptions{Options: w.options()})
	mustNot(t, err)
	return &judge{judgeAuthorities: authorities, tally: tally, t: t, emulator: e, dps: dps}
}

// judgeWorld is an instance with its groups.
type judgeWorld struct {
	*judge

	listed []azdps.EnrollmentGroup
	// groupKeys, grouped and groupedIDs are what groups there are: their keys, the authorities that they show, and
	// the devices whose own certificates they show.
	groupKeys  []string
	grouped    []int
	groupedIDs []string
}

// world makes groups, has one device after another try to get in, and removes them again.
func (j *judge) world(t *rapid.T) {
	w := &judgeWorld{judge: j}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range rapid.SampledFrom([]int{0, 1, 2, 3, 3, 4, 5}).Draw(t, "groups") {
		g, err := j.dps.PutEnrollmentGroup(j.t.Context(), w.drawGroup(t, fmt.Sprintf("Group-%d", i)), nil)
		must(err)
		defer func() { must(j.dps.DeleteEnrollmentGroup(j.t.Context(), g.EnrollmentGroupID, nil)) }()
		if keys := g.Attestation.SymmetricKey; keys != nil {
			w.groupKeys = append(w.groupKeys, keys.PrimaryKey)
		}
	}
	var err error
	w.listed, err = azure.ListEnrollmentGroups(j.t.Context(), j.dps)
	must(err)
	for range devicesPerWorld {
		w.try(t)
		w.count(true, "worlds")
	}
}

// try judges one device.
func (w *judgeWorld) try(t *rapid.T) {
	s := w.drawSuspect(t)
	w.drawEntry(t, s)
	var stored *azdps.IndividualEnrollment
	if s.entry != nil {
		made, err := w.dps.PutIndividualEnrollment(w.t.Context(), *s.entry, nil)
		if err != nil {
			t.Fatal(err)
		}
		stored = &made
	}
	w.tell(t, s, stored)
	all := w.presentations(t, s)
	if s.entry != nil {
		w.judgeEntry(t, s, all)
		if err := w.dps.DeleteIndividualEnrollment(w.t.Context(), s.entry.RegistrationID, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.judgeWithoutEntry(t, s, all)
}

// register has a device try to get in.
func (w *judgeWorld) register(t *rapid.T, s *suspect, c devicesim.Credential) devicesim.Outcome {
	d := devicesim.New(devicesim.Service{
		DPSHostname: w.emulator.DPSHostname(), IDScope: w.emulator.IDScope(),
		CACertificatePEM: w.emulator.CACertificatePEM(),
	}, s.id, c)
	defer d.Close()
	d.Wait, d.Now = devicesim.Yield, today
	o, err := d.Register(w.t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o.Status != devicesim.Assigned && o.Status != devicesim.Disabled && o.Status != devicesim.Refused {
		t.Fatalf("%s is no decision: %s", s.id, o)
	}
	return o
}

// judgeEntry holds what is said of a device with an entry against what becomes of it.
func (w *judgeWorld) judgeEntry(t *rapid.T, s *suspect, all []presentation) {
	governor := deprovision.Governing(s.told)
	w.count(true, fmt.Sprintf("governed by %s, %s", governor.Kind, governor.Status))
	if governor.Kind != deprovision.GovernorIndividual {
		t.Fatalf("%s has an entry, but is governed by %+v", s.id, governor)
	}
	if governor.Status == deprovision.Enabled {
		for _, c := range s.accepts {
			if o := w.register(t, s, c); !o.Admitted() || o.EnrollmentGroupID != "" {
				t.Fatalf("%+v, but with what the entry holds: %s", governor, o)
			}
		}
		return
	}
	for _, p := range all {
		if o := w.register(t, s, p.credential); o.Admitted() {
			t.Fatalf("%+v, but with %s: %s", governor, p.name, o)
		}
	}
}
