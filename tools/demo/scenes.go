// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
)

// applyFleet writes and applies the configuration with the enrollment group.
func applyFleet(ctx context.Context, s *stage) error {
	var err error
	s.fleet, err = newWorkspace(s, "fleet", map[string]string{"factory_ca_pem": s.factory.PEM()})
	if err != nil {
		return err
	}
	s.screen.quote("fleet/main.tf", s.fleet.resource)
	if err := s.fleet.initialize(ctx); err != nil {
		return err
	}
	if _, _, err := s.fleet.plan(ctx); err != nil {
		return err
	}
	text, err := s.fleet.apply(ctx)
	if err != nil {
		return err
	}
	s.screen.quote("$ terraform apply", text)
	return nil
}

// writeDisallow writes the configuration that disallows the stolen device.
func (s *stage) writeDisallow(ctx context.Context) error {
	var err error
	s.disallow, err = newWorkspace(s, "disallow", map[string]string{
		"device_pem":       s.stolen.certificate.PEM(),
		"device_chain_pem": s.stolen.certificate.ChainPEM(),
	})
	if err != nil {
		return err
	}
	s.screen.quote("disallow/main.tf", s.disallow.resource)
	return s.disallow.initialize(ctx)
}

// planDisallow plans, shows the plan as Terraform prints it, and keeps it.
func planDisallow(ctx context.Context, s *stage, arguments ...string) error {
	text, _, err := s.disallow.plan(ctx, arguments...)
	if err != nil {
		return err
	}
	s.planText = plain(text)
	call := "$ terraform plan"
	for _, a := range arguments {
		call += " " + a
	}
	s.screen.quote(call, text)
	return nil
}

// applyDisallow carries the plan out that was shown.
func applyDisallow(ctx context.Context, s *stage) error {
	text, err := s.disallow.apply(ctx)
	if err != nil {
		return err
	}
	s.screen.quote("$ terraform apply", text)
	return nil
}

// checkBlocked reads the state after an apply, and makes sure that there is nothing left to do.
func checkBlocked(ctx context.Context, s *stage) ([]string, error) {
	state, err := s.inState(ctx)
	if err != nil {
		return nil, err
	}
	if err := state.isBlocked(); err != nil {
		return nil, err
	}
	_, changes, err := s.disallow.plan(ctx)
	if err == nil && changes {
		err = errors.New("a second plan should change nothing")
	}
	return []string{"the state says: access blocked, enrollment disabled, hub identity disabled",
		"a second plan changes nothing"}, err
}
