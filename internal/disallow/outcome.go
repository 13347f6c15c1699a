// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// outcome is how an apply ended: what is true now, and whether anything of it must be kept although it failed.
type outcome struct {
	reading reading
	memory  memory
	ledger  ledger
	keep    bool
}

// outcome is what is true at the end of a run. failed says that it came to no end.
func (r *run) outcome(d deprovision.Decision, failed bool) outcome {
	if !failed {
		// Whoever came back has been shut out again.
		r.m.CameBack = false
		last := facts.SeenOf(r.f.Entry, r.f.Record)
		if r.f.Entry == nil {
			r.m.Seen = &last
		}
	}
	evidence := r.evidence()
	effects := d.Effects
	if failed || r.scope.open {
		effects = r.ledger.done
	}
	if effects == nil {
		effects = []deprovision.Effect{}
	}
	now := reading{
		state: evidence.State(), access: evidence.Access(), created: r.f.Entry == nil && d.Created || r.f.Mark != nil,
		previous: r.previous, irreversible: d.Irreversible, effects: effects, paths: evidence.Paths,
	}
	return outcome{reading: now, memory: r.m.after(r.f, evidence), ledger: r.ledger, keep: r.ledger.touched}
}

// checkOutcome compares where the device stands with what the plan said. A difference is an error of our own, with the
// true state kept: core would call it a defect of the provider.
func (r *run) checkOutcome(plan deviceModel, promised, now reading) diagnostics {
	differs := !plan.EnrollmentStatus.IsUnknown() && promised.state.Enrollment != now.state.Enrollment ||
		!plan.Access.IsUnknown() && promised.access != now.access ||
		!plan.Reversible.IsUnknown() && promised.irreversible != now.irreversible
	if !plan.HubIdentities.IsUnknown() {
		differs = differs || len(promised.state.Identities) != len(now.state.Identities)
		for id, status := range promised.state.Identities {
			differs = differs || now.state.Identities[id] != status
		}
	}
	if !differs {
		return nil
	}
	return diagnostics{r.words().otherOutcome(promised, now)}
}

// store keeps what is true now, with the settings that hold.
func (o outcome) store(ctx context.Context, settings asked, private iotstate.Setter, state stateSetter) diagnostics {
	told, diags := o.reading.flatten(ctx, unknowns{})
	diags.Append(memoryKey().Keep(ctx, private, o.memory)...)
	return append(diags, state.Set(ctx, deviceModel{asked: settings, told: told})...)
}

// stateSetter is the state of a response.
type stateSetter interface {
	Set(ctx context.Context, val any) diag.Diagnostics
}
