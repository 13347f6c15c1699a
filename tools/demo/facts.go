// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// effect is one thing that a change does, as the resource lists it.
type effect struct {
	Target, Object, Action, From, To string
}

// unknownEffects stands for what only the apply can tell.
const unknownEffects = "unknown"

func (e effect) String() string {
	return fmt.Sprintf("%s %s: %s, %s → %s", e.Target, e.Object, e.Action, e.From, e.To)
}

// disallowed is what the demo reads of the resource, from a plan or from a state.
type disallowed struct {
	EnrollmentStatus string            `json:"enrollment_status"`
	Access           string            `json:"access"`
	Effects          []effect          `json:"effects"`
	HubIdentities    map[string]string `json:"hub_identities"` // status by host/device
}

// change is what a plan does to the resource.
type change struct {
	Actions []string
	Before  *disallowed
	After   *disallowed
	Unknown struct { // what only the apply can tell
		Access  bool
		Effects any // true for all of them; otherwise the set, of which nothing is unknown
	} `json:"after_unknown"`
}

// plannedChange reads the kept plan, as a policy check would.
func (w *workspace) plannedChange(ctx context.Context) (change, error) {
	var plan struct {
		ResourceChanges []struct {
			Address string `json:"address"`
			Change  change `json:"change"`
		} `json:"resource_changes"`
	}
	if err := w.show(ctx, &plan, "tfplan"); err != nil {
		return change{}, err
	}
	for _, c := range plan.ResourceChanges {
		if c.Address == w.address {
			return c.Change, nil
		}
	}
	return change{}, fmt.Errorf("the plan does not mention %s", w.address)
}

// inState reads the resource as Terraform remembers it.
func (w *workspace) inState(ctx context.Context) (disallowed, error) {
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address string     `json:"address"`
					Values  disallowed `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	if err := w.show(ctx, &state); err != nil {
		return disallowed{}, err
	}
	for _, r := range state.Values.RootModule.Resources {
		if r.Address == w.address {
			return r.Values, nil
		}
	}
	return disallowed{}, fmt.Errorf("the state does not hold %s", w.address)
}

// isBlocked checks that the state says so in every place.
func (d disallowed) isBlocked() error {
	if d.Access != "blocked" || d.EnrollmentStatus != "disabled" || len(d.HubIdentities) != 1 {
		return fmt.Errorf("the state should say blocked, but says access %q, enrollment %q, %d hub identities",
			d.Access, d.EnrollmentStatus, len(d.HubIdentities))
	}
	for identity, status := range d.HubIdentities {
		if status != "disabled" {
			return fmt.Errorf("the identity %s should be disabled, but is %q", identity, status)
		}
	}
	return nil
}

// want compares a plan's actions and effects ("target action from to", in any order) with what the caption promises.
// Effects that only the apply can tell are "unknown".
func (c change) want(actions []string, effects ...string) error {
	if !slices.Equal(c.Actions, actions) {
		return fmt.Errorf("the plan should %s, but it would %s", strings.Join(actions, " and "),
			strings.Join(c.Actions, " and "))
	}
	var planned []string
	if c.After != nil {
		for _, e := range c.After.Effects {
			planned = append(planned, strings.Join([]string{e.Target, e.Action, e.From, e.To}, " "))
		}
	}
	if c.Unknown.Effects == true {
		planned = append(planned, unknownEffects)
	}
	slices.Sort(planned)
	slices.Sort(effects)
	if !slices.Equal(planned, effects) {
		return fmt.Errorf("the plan should have the effects\n  %s\nbut has\n  %s", strings.Join(effects, "\n  "),
			strings.Join(planned, "\n  "))
	}
	return nil
}

// listed words the effects for people, one line each.
func (s *stage) listed(effects []effect) []string {
	var lines []string
	for _, e := range effects {
		lines = append(lines, s.named(e.String()))
	}
	return lines
}
