// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// refresh looks up what has drifted.
func (r *deviceResource) refresh(
	ctx context.Context, state deviceModel, remembered memory,
) (outcome, diagnostics) {
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
	m := remembered
	f, err := reader.Refresh(ctx, want.question(m, prior))
	if err != nil {
		return outcome{}, diagnostics{words.lookUpFailed(err)}
	}
	m = m.learn(f)
	m, now := drift(f, m, prior, want)
	evidence := evidenceOf(f, want, m, watchOf(f, m), prior.paths)
	now.state, now.access = evidence.State(), evidence.Access()
	if evidence.Enrollment != deprovision.Disabled { // While the entry is disabled it holds whatever groups come.
		now.paths = evidence.Paths
	}
	decision := deprovision.Decide(evidence, want.change(want, m, evidence), now.prior(m, want.restore))
	m.Unfinished = m.Unfinished && decision.Changes()
	out := outcome{reading: now, memory: remembered.unlessNews(m.after(f, evidence), now.same(prior))}
	return out, append(diags, words.standingWarnings(f, evidence, want)...)
}

// unlessNews is the memory that a refresh keeps. Terraform reports a difference of private state alone as drift that
// nobody can see, so that what only tells how cheaply the next refresh can look is kept as it was.
func (m memory) unlessNews(now memory, same bool) memory {
	last := now
	last.Seen, last.Searched = m.Seen, m.Searched
	if same && m.Seen != nil && reflect.DeepEqual(last, m) {
		return m
	}
	return now
}

// same tells whether two readings are told alike.
func (r reading) same(other reading) bool {
	return r.access == other.access && r.created == other.created && r.irreversible == other.irreversible &&
		r.state.Enrollment == other.state.Enrollment && maps.Equal(r.state.Identities, other.state.Identities) &&
		r.previous.Enrollment == other.previous.Enrollment &&
		maps.Equal(r.previous.Identities, other.previous.Identities) && slices.Equal(r.paths, other.paths)
}
