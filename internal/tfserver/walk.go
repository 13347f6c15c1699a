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
	over bool
	// calls are the ends of what is done in it. They are called one by one, so that nothing is left that goes on when
	// the CLI has its answer to StopProvider; a context's own children would do, but these have parents already.
	calls map[*context.CancelFunc]bool
}

func newWalk() *walk { return &walk{calls: map[*context.CancelFunc]bool{}} }

// begin begins a walk, unless one goes on.
func (w *walk) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = false
}

// end ends the walk, and all that is done in it.
func (w *walk) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	for cancel := range w.calls {
		(*cancel)()
	}
}

// within is a context that ends with the walk as well; leave lets go of it.
func (w *walk) within(ctx context.Context) (within context.Context, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	within, cancel := context.WithCancel(ctx)
	if w.over { // What is over is over at once.
		cancel()
	}
	w.calls[&cancel] = true
	return within, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.calls, &cancel)
		cancel()
	}
}

// judge is what is said of something read or planned: of a walk that has ended it is an error, since a provider may
// take what it could not ask any more for something that cannot be known.
func (w *walk) judge(said []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		return said
	}
	return append(said, &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "Interrupted",
		Detail: "Terraform was stopped before everything was read that this takes.",
	})
}
