// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// By these keys of private state a plan speaks to the Delete that carries it out, and by the last one to the plan of
// the Create that follows. A note that cannot be read says nothing.

func birthKey() iotstate.Key[*Birth]   { return iotstate.Key[*Birth]{Name: "birth"} }
func seenKey() iotstate.Key[*Seen]     { return iotstate.Key[*Seen]{Name: "destroy"} }
func movedKey() iotstate.Key[Standing] { return iotstate.Key[Standing]{Name: "moved"} }

// Values of a status, which DPS and hub have in common.
const (
	enabled  = "enabled"
	disabled = "disabled"
)

// Standing is the status of an object, with the reason that it has, where objects have one. The zero value is that of
// no object.
type Standing struct {
	Status string `json:"status,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Disabled tells whether the object is there and disabled.
func (s Standing) Disabled() bool { return s.Status == disabled }

// Seen is what the plan of a destroy found in the service.
type Seen struct {
	// Status is empty when there was no object, or it could not be read.
	Status string `json:"status,omitempty"`
	ETag   string `json:"etag,omitempty"`
	// Generation tells an object from another one of the same name, where objects have one.
	Generation string `json:"generation,omitempty"`
}

// Fate is what a Delete knows of the plan that it carries out.
type Fate struct {
	// Birth is nil unless the Delete is one half of a replacement.
	Birth *Birth
	// Seen is nil for a Delete that nobody planned as a destroy.
	Seen *Seen
}

// Keep leaves what was seen for the Delete that destroys.
func (s Seen) Keep(ctx context.Context, private iotstate.Setter) diag.Diagnostics {
	diags := seenKey().Keep(ctx, private, &s)
	return append(diags, birthKey().Forget(ctx, private)...)
}

// KeepMoved leaves the standing of an object that moves to another instance, or to a place that is not known yet, for
// the plan of the one that is made there; the zero value removes it.
func (s Standing) KeepMoved(ctx context.Context, private iotstate.Setter) diag.Diagnostics {
	if s == (Standing{}) {
		return movedKey().Forget(ctx, private)
	}
	return movedKey().Keep(ctx, private, s)
}

// RecallMoved reads what KeepMoved left; the zero value when that is nothing.
func RecallMoved(ctx context.Context, private iotstate.Getter) (Standing, diag.Diagnostics) {
	return movedKey().Recall(ctx, private)
}

// RecallFate reads what a plan left.
func RecallFate(ctx context.Context, private iotstate.Getter) (Fate, diag.Diagnostics) {
	birth, diags := birthKey().Recall(ctx, private)
	seen, more := seenKey().Recall(ctx, private)
	return Fate{Birth: birth, Seen: seen}, append(diags, more...)
}

// Reborn tells whether the Create behind this Delete makes an object of the same ID, be it in another instance; same
// compares IDs. An ID that was not known yet may be any.
func (f Fate) Reborn(id string, same func(a, b string) bool) bool {
	return f.Birth != nil && f.Birth.ID != "" && same(f.Birth.ID, id)
}

// HandsOver is where and how the object of a Delete at host is made again: as planned, or as it was. The host is empty
// for an object that is made at one that was not known yet.
func (f Fate) HandsOver(reborn bool, host string, was Standing) (string, Standing) {
	switch {
	case !reborn:
		return host, was
	case f.Birth.Status == "":
		return f.Birth.Host, was
	}
	return f.Birth.Host, f.Birth.Standing
}

// Foresaw tells whether the plan knew of an object that is found disabled, or does not care: what becomes of it was
// then shown. reborn says that an object of the same ID is made again, inState is the status in the state that was
// planned from, which may be older than the plan.
func (f Fate) Foresaw(reborn bool, inState string) bool {
	switch {
	case reborn:
		return f.Birth.Configured || f.Birth.Status == disabled || f.Birth.Status == ""
	case f.Seen != nil && f.Seen.Status != "":
		return f.Seen.Status == disabled
	}
	return inState == disabled
}
