// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// refresh looks up what has drifted.
func (r *deviceResource) refresh(ctx context.Context, state deviceModel, m memory) (outcome, diagnostics) {
	want, diags := state.asked.expand(ctx)
	prior, more := state.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	reader, diags := r.reader(want)
	if diags.HasError() {
		return outcome{}, diags
	}
	words := subject{services: r.Services, id: want.registrationID, host: reader.DPS().Host(), standing: nothingWritten}
	f, err := reader.Refresh(ctx, want.question(m, prior.state))
	if err != nil {
		return outcome{}, diagnostics{words.lookUpFailed(err)}
	}
	m = m.learn(f)
	m, now := drift(f, m, prior, want.restore)
	evidence := evidenceOf(f, want, m, watchOf(f, m), prior.paths)
	now.state, now.access = evidence.State(), evidence.Access()
	if evidence.Enrollment != deprovision.Disabled { // While the entry is disabled it holds whatever groups come.
		now.paths = evidence.Paths
	}
	decision := deprovision.Decide(evidence, want.intent(&want, m), now.prior(m, want.restore))
	m.Unfinished = m.Unfinished && decision.Changes()
	return outcome{reading: now, memory: m.after(f, evidence)}, append(diags,
		words.standingWarnings(f, evidence, want)...)
}
