// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Resource is a resource that knows when nothing has changed. It is configured before it is asked.
type Resource interface {
	resource.Resource

	// Names are what a read sets the resource identity to; false when it is not sure.
	Names(state Attributes) (map[string]string, bool)
	// Refreshed tells what a read would find. It may ask the service as a read does first, and says so.
	Refreshed(ctx context.Context, state Attributes, private Private) Finding
	// Planned tells whether a plan that proposes the prior state plans that, says nothing and leaves private state as it
	// is. Defaults, and attributes that are configuration's alone, are seen to.
	Planned(ctx context.Context, config, prior Attributes, private Private) bool
	// Computes names the attributes without a default which a plan sets, and for which Planned answers. Where the schema
	// has another one, Planned is not asked.
	Computes() []string
}

// Finding is what a read would find.
type Finding int

const (
	// NotAsked says that the service was not asked.
	NotAsked Finding = iota
	// Changed says that the service was asked, and that the object has to be read.
	Changed
	// Same says that state stands as it is, with nothing to be said.
	Same
)

type askedKey struct{}

// WithAsked is the context of a read before which the service was asked whether anything has changed, in vain.
func WithAsked(ctx context.Context) context.Context { return context.WithValue(ctx, askedKey{}, true) }

// Asked tells whether the service was asked already whether anything has changed.
func Asked(ctx context.Context) bool { return ctx.Value(askedKey{}) != nil }
