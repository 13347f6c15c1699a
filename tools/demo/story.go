// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// story is the whole demo, in order.
func story() []step {
	return slices.Concat(opening(), arrival(), theft(), drift(), search(), find(), ending())
}

// opening sets the stage: services, certificates, a group that admits the devices.
func opening() []step {
	return []step{
		{
			title: "A DPS and two IoT hubs",
			caption: "The emulator serves them over TLS. Devices come to the DPS first; it creates their identity in one " +
				"of the hubs and tells them which.",
			act: func(ctx context.Context, s *stage) error { return s.serve(ctx) },
			check: func(ctx context.Context, s *stage) ([]string, error) {
				lines := []string{"DPS at " + s.emulator.env["AZUREIOT_DPS_HOSTNAME"]}
				for _, host := range s.emulator.hubHostnames() {
					lines = append(lines, "hub "+s.hubs[host]+" at "+host)
				}
				return lines, s.reachable(ctx)
			},
		},
		{
			title:   "A certificate for each sensor",
			caption: "The common name of a leaf is the device's registration ID. Only the sensors hold the private keys.",
			act:     makeCertificates,
			check: func(_ context.Context, s *stage) ([]string, error) {
				for _, who := range []*sensor{s.kept, s.stolen, s.missing} {
					if err := who.certificate.X509().CheckSignatureFrom(s.factory.Certificate().X509()); err != nil {
						return nil, err
					}
				}
				return []string{"all three leaves are signed by the intermediate"}, nil
			},
		},
		{
			title: "Terraform opens the door to the factory's devices",
			caption: "The first configuration: an enrollment group, which admits every device that shows a certificate " +
				"below the intermediate.",
			act: applyFleet,
			check: func(ctx context.Context, s *stage) ([]string, error) {
				_, changes, err := s.fleet.plan(ctx)
				if err == nil && changes {
					err = errors.New("a second plan should change nothing")
				}
				return []string{"the group is there, and a second plan changes nothing"}, err
			},
		},
	}
}

// arrival lets the devices in, and has two of them stay.
func arrival() []step {
	return []step{
		{
			title: "The sensors come in",
			caption: "Each proves itself to the DPS by mutual TLS, is assigned to a hub, and sends a message there with " +
				"the same certificate.",
			act: allComeIn,
			check: func(_ context.Context, s *stage) ([]string, error) {
				return []string{"all are assigned, and their messages are accepted"},
					errors.Join(s.stolen.isIn(), s.kept.isIn(), s.missing.isIn())
			},
		},
		{
			title: "Two of them stay connected",
			caption: "As sensors do: over MQTT, with a session at the hub that lasts for days. Nobody asks for their " +
				"certificates again while it does.",
			act: func(ctx context.Context, s *stage) error {
				return errors.Join(s.stay(ctx, s.stolen), s.stay(ctx, s.kept))
			},
			check: func(_ context.Context, s *stage) ([]string, error) {
				return []string{"both are connected"}, errors.Join(s.stolen.stays(), s.kept.stays())
			},
		},
	}
}

// theft disallows the stolen device.
func theft() []step {
	return []step{
		{
			title: stolenDevice + " is stolen: the plan",
			caption: "The second configuration names the one device that must not come in any more. Nothing has happened " +
				"yet: this is what somebody would approve. Look at effects.",
			act: func(ctx context.Context, s *stage) error {
				if err := s.writeDisallow(ctx); err != nil {
					return err
				}
				return s.planDisallow(ctx, s.disallow)
			},
			check: func(ctx context.Context, s *stage) ([]string, error) {
				c, err := s.disallow.plannedChange(ctx)
				if err != nil {
					return nil, err
				}
				return append([]string{"for machines, in the plan's JSON:"}, s.listed(c.After.Effects)...),
					c.want([]string{"create"}, "dps_individual_enrollment create_disabled absent disabled",
						"iothub_device_identity disable enabled disabled")
			},
		},
		{
			title: "The apply",
			caption: "First the DPS, with an enrollment that is born disabled and wins over the group; then the identity " +
				"in the hub. The other way round, the DPS would have let the device in again.",
			act: func(ctx context.Context, s *stage) error { return s.applyDisallow(ctx, s.disallow) },
			check: func(ctx context.Context, s *stage) ([]string, error) {
				return checkBlocked(ctx, s.disallow)
			},
		},
		{
			title: "The session of the stolen sensor is over",
			caption: "It ended at the moment at which the apply disabled its identity. The sensor connects again with the " +
				"certificate that it has.",
			act: func(ctx context.Context, s *stage) error { return s.comeBack(ctx, s.stolen) },
			check: func(_ context.Context, s *stage) ([]string, error) {
				return []string{stolenDevice + " has lost its session, and gets no new one", keptDevice + " is still connected"},
					s.kept.stays()
			},
		},
		{
			title:   "The stolen sensor tries again",
			caption: "Its certificate is still good and the group still enabled. It also tries the hub it remembers.",
			act:     bothComeIn,
			check: func(_ context.Context, s *stage) ([]string, error) {
				return []string{stolenDevice + " is out, at the DPS and at the hub", keptDevice + " is in as before"},
					errors.Join(s.stolen.isOut(), s.kept.isIn())
			},
		},
	}
}

// drift undoes half of the block behind Terraform's back, and repairs it.
func drift() []step {
	return []step{
		{
			title: "Somebody enables the entry, behind Terraform's back",
			caption: "As one would in the portal, meaning well. The DPS assigns the stolen sensor again; only the " +
				"disabled identity in the hub still holds.",
			act: func(ctx context.Context, s *stage) error {
				if err := s.enableBehindTerraform(ctx); err != nil {
					return err
				}
				return s.comeIn(ctx, s.stolen)
			},
			check: func(ctx context.Context, s *stage) ([]string, error) {
				if !s.stolen.outcome.Admitted() {
					return nil, fmt.Errorf("the DPS should assign the device again, but says: %s", s.stolen.outcome)
				}
				return []string{"the entry is enabled, and the DPS lets the stolen sensor in"}, s.entryEnabled(ctx)
			},
		},
		{
			title:   "The next plan shows it",
			caption: `What happened and how it will be put right are one line: "enabled" -> "disabled".`,
			act:     func(ctx context.Context, s *stage) error { return s.planDisallow(ctx, s.disallow) },
			check: func(ctx context.Context, s *stage) ([]string, error) {
				c, err := s.disallow.plannedChange(ctx)
				if err != nil {
					return nil, err
				}
				if !shows(s.planText, "enrollment_status", `"enabled" -> "disabled"`) {
					return nil, errors.New(`the plan does not show enrollment_status "enabled" -> "disabled"`)
				}
				return append([]string{"the plan shows it; for machines:"}, s.listed(c.After.Effects)...),
					c.want([]string{"update"}, "dps_individual_enrollment disable enabled disabled",
						"iothub_device_identity none disabled disabled")
			},
		},
		{
			title:   "The apply repairs it",
			caption: "In place, and nothing else is touched.",
			act: func(ctx context.Context, s *stage) error {
				if err := s.applyDisallow(ctx, s.disallow); err != nil {
					return err
				}
				return bothComeIn(ctx, s)
			},
			check: func(ctx context.Context, s *stage) ([]string, error) {
				lines, err := checkBlocked(ctx, s.disallow)
				return append(lines, stolenDevice+" is out again, "+keptDevice+" is in"),
					errors.Join(err, s.stolen.isOut(), s.kept.isIn())
			},
		},
	}
}

// search disallows a sensor of which nobody knows in which hub it is.
func search() []step {
	return []step{
		{
			title: missingDevice + " is missing too, and was blocked by hand",
			caption: "Somebody gave it a disabled entry in the portal. The DPS refuses it now, and each refused try " +
				"overwrites its record, which no longer says in which hub it is. That hub still takes its messages.",
			act: func(ctx context.Context, s *stage) error {
				if err := s.blockByHand(ctx, s.missing); err != nil {
					return err
				}
				return s.comeIn(ctx, s.missing)
			},
			check: func(ctx context.Context, s *stage) ([]string, error) {
				return []string{"out at the DPS, in at the hub", "its registration record names no hub"},
					errors.Join(s.missing.isHalfOut(), s.recordNamesNoHub(ctx))
			},
		},
		{
			title: "A plan that promises no more than it knows",
			caption: "The third configuration takes the missing sensor over. This workspace has no credential for its hub, " +
				"and nothing names that hub. So access is not planned as blocked, and a warning says why.",
			act: func(ctx context.Context, s *stage) error {
				if err := s.writeSearch(ctx); err != nil {
					return err
				}
				return s.planDisallow(ctx, s.search)
			},
			check: func(ctx context.Context, s *stage) ([]string, error) {
				c, err := s.search.plannedChange(ctx)
				if err != nil {
					return nil, err
				}
				if !c.Unknown.Access || !strings.Contains(s.planText, whereaboutsWarning) {
					return nil, errors.New("the plan should not know the access, and warn of that")
				}
				return []string{"the plan does not say blocked; for machines access and effects are unknown"},
					c.want([]string{"create"}, unknownEffects)
			},
		},
		{
			title: "The apply claims nothing either",
			caption: "It ends with access = \"partially_blocked\", and every plan warns until that is settled. A check or a " +
				"policy on access would have caught it.",
			act: func(ctx context.Context, s *stage) error {
				if err := s.applyDisallow(ctx, s.search); err != nil {
					return err
				}
				return s.comeIn(ctx, s.missing)
			},
			check: checkPartiallyBlocked,
		},
	}
}

// find names the hub of the missing sensor, and has it blocked there.
func find() []step {
	return []step{
		{
			title: "Its hub is found: the plan",
			caption: "A colleague remembers where the sensor was set up. Its hub is named, and Terraform gets a credential " +
				"for it: now the plan can promise. (The first warning is still about the state before.)",
			act: func(ctx context.Context, s *stage) error {
				if err := s.nameTheHub(); err != nil {
					return err
				}
				return s.planDisallow(ctx, s.search)
			},
			check: func(ctx context.Context, s *stage) ([]string, error) {
				c, err := s.search.plannedChange(ctx)
				if err == nil && !shows(s.planText, "access", `"partially_blocked" -> "blocked"`) {
					err = errors.New("the plan does not promise that the sensor will be blocked")
				}
				if err != nil {
					return nil, err
				}
				return append([]string{"the plan promises blocked; for machines:"}, s.listed(c.After.Effects)...),
					c.want([]string{"update"}, "dps_individual_enrollment none disabled disabled",
						"iothub_device_identity disable enabled disabled")
			},
		},
		{
			title:   "The apply finishes the block",
			caption: "Now all that can let the sensor in is known, was read, and is shut: access is blocked.",
			act: func(ctx context.Context, s *stage) error {
				if err := s.applyDisallow(ctx, s.search); err != nil {
					return err
				}
				return s.comeIn(ctx, s.missing)
			},
			check: func(ctx context.Context, s *stage) ([]string, error) {
				lines, err := checkBlocked(ctx, s.search)
				return append(lines, missingDevice+" is out, at the DPS and at the hub"),
					errors.Join(err, s.missing.isOut())
			},
		},
	}
}

// whereaboutsWarning is the summary of the warning that a device cannot be found.
const whereaboutsWarning = "Whereabouts of the device are not known"

// checkPartiallyBlocked reads in the state that the missing sensor is not said to be blocked, and that plans warn.
func checkPartiallyBlocked(ctx context.Context, s *stage) ([]string, error) {
	state, err := s.search.inState(ctx)
	if err != nil {
		return nil, err
	}
	if state.Access != "partially_blocked" || len(state.HubIdentities) != 0 {
		return nil, fmt.Errorf("the state should say partially_blocked, but says %q", state.Access)
	}
	text, changes, err := s.search.plan(ctx)
	if err == nil && (changes || !strings.Contains(plain(text), whereaboutsWarning)) {
		err = errors.New("a second plan should change nothing, and warn")
	}
	return []string{"the state says: access partially_blocked", missingDevice + " is indeed still in, at the hub",
		"a second plan changes nothing, and warns"}, errors.Join(err, s.missing.isHalfOut())
}

// ending shows that letting go of the block is not letting the device in.
func ending() []step {
	return []step{
		{
			title: "The plan to destroy",
			caption: "Removing the block from Terraform must never let a thief in by accident. The plan says what " +
				"becomes of the device. (The demo does not apply it.)",
			act: func(ctx context.Context, s *stage) error { return s.planDisallow(ctx, s.disallow, "-destroy") },
			check: func(ctx context.Context, s *stage) ([]string, error) {
				c, err := s.disallow.plannedChange(ctx)
				if err == nil {
					err = c.want([]string{"delete"})
				}
				if err == nil && !strings.Contains(s.planText, "stays blocked") {
					err = errors.New("the plan does not say that the device stays blocked")
				}
				return []string{"the plan says that the device stays blocked"}, err
			},
		},
	}
}

// shows says whether one line of a text holds all the given parts.
func shows(text string, parts ...string) bool {
lines:
	for line := range strings.SplitSeq(text, "\n") {
		for _, p := range parts {
			if !strings.Contains(line, p) {
				continue lines
			}
		}
		return true
	}
	return false
}
