// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// walk is what the CLI does with one configuration of the provider.
type walk struct {
	mu   sync.Mutex
	ctx  context.Context //nolint:containedctx // It is none of a call: it says that the walk goes on.
	stop context.CancelFunc
}

func newWalk() *walk {
	w := &walk{}
	w.begin()
	return w
}

// begin begins a walk, unless one goes on.
func (w *walk) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx == nil || w.ctx.Err() != nil {
		w.ctx, w.stop = context.WithCancel(context.Background())
	}
}

// end ends the walk, and all that is done in it.
func (w *walk) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stop()
}

// within is a context that ends with the walk as well; leave lets go of it.
func (w *walk) within(ctx context.Context) (within context.Context, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	within, cancel := context.WithCancel(ctx)
	forget := context.AfterFunc(w.ctx, cancel)
	if w.ctx.Err() != nil { // What is over is over at once.
		cancel()
	}
	return within, func() {
		forget()
		cancel()
	}
}

// judge is what is said of something read or planned: of a walk that has ended it is an error, since a provider may
// take what it could not ask any more for something that cannot be known.
func (w *walk) judge(said []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx.Err() == nil {
		return said
	}
	return append(said, &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "Interrupted",
		Detail: "Terraform was stopped before everything was read that this takes.",
	})
}
