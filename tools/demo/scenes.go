// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
)

// applyFleet writes and applies the configuration with the enrollment group.
func applyFleet(ctx context.Context, s *stage) error {
	var err error
	s.fleet, err = newWorkspace(s, "fleet", map[string]any{"factory_ca_pem": s.factory.PEM()})
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
	s.disallow, err = newWorkspace(s, "disallow", map[string]any{
		"device_pem":       s.stolen.certificate.PEM(),
		"device_chain_pem": s.stolen.certificate.ChainPEM(),
	})
	if err != nil {
		return err
	}
	s.screen.quote("disallow/main.tf", s.disallow.resource)
	return s.disallow.initialize(ctx)
}

// writeSearch writes the configuration that disallows the missing sensor, in a workspace that does not know its hub.
func (s *stage) writeSearch(ctx context.Context) error {
	var err error
	if s.search, err = newWorkspace(s, "search", map[string]any{}); err != nil {
		return err
	}
	s.search.environment = s.terraformKnowing(func(host string) bool { return host != s.missing.hub })
	s.screen.quote("search/main.tf", s.search.resource)
	return s.search.initialize(ctx)
}

// nameTheHub tells the configuration in which hub the missing sensor is, and gives Terraform that hub's credential.
func (s *stage) nameTheHub() error {
	host, name := s.missing.hub, s.hubs[s.missing.hub]
	s.search.environment = s.environment
	if err := s.search.set(map[string]any{"hubs": []string{host}}); err != nil {
		return err
	}
	s.screen.quote("search/terraform.tfvars.json", fmt.Sprintf(`{"hubs":[%q]}`, host))
	s.screen.say("That is "+name+". Its connection string comes with the environment from now on.", "")
	return nil
}

// planDisallow plans in a workspace, shows the plan as Terraform prints it, and keeps it.
func (s *stage) planDisallow(ctx context.Context, w *workspace, arguments ...string) error {
	text, _, err := w.plan(ctx, arguments...)
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
func (s *stage) applyDisallow(ctx context.Context, w *workspace) error {
	text, err := w.apply(ctx)
	if err != nil {
		return err
	}
	s.screen.quote("$ terraform apply", text)
	return nil
}

// checkBlocked reads the state after an apply, and makes sure that there is nothing left to do.
func checkBlocked(ctx context.Context, w *workspace) ([]string, error) {
	state, err := w.inState(ctx)
	if err != nil {
		return nil, err
	}
	if err := state.isBlocked(); err != nil {
		return nil, err
	}
	return []string{"the state says: access blocked, enrollment disabled, hub identity disabled",
		"a second plan changes nothing"}, nothingLeft(ctx, w)
}

// nothingLeft makes sure that a second plan changes nothing.
func nothingLeft(ctx context.Context, w *workspace) error {
	_, changes, err := w.plan(ctx)
	if err == nil && changes {
		err = errors.New("a second plan should change nothing")
	}
	return err
}
