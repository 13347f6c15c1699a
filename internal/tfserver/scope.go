// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"sync/atomic"
	"time"
)

// scope is the context of one RPC. It behaves as the RPC's own context until
// end is called, and as a cancelled, empty one from then on. Whoever still
// holds it afterwards holds a few words of memory and nothing of the RPC.
type scope struct {
	inner atomic.Pointer[held]
}

// held is what a scope holds until it ends: leave lets go of the walk.
type held struct {
	context.Context //nolint:containedctx // The scope is a context.

	leave func()
}

func newScope(ctx context.Context, leave func()) *scope {
	s := &scope{}
	s.inner.Store(&held{ctx, leave})
	return s
}

// end lets go of the RPC's context. It may be called more than once.
func (s *scope) end() {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	s.inner.Swap(&held{ended, func() {}}).leave()
}

func (s *scope) context() context.Context {
	return s.inner.Load().Context
}

// Deadline implements [context.Context].
func (s *scope) Deadline() (time.Time, bool) { return s.context().Deadline() }

// Done implements [context.Context]. The channel handed out before the end of
// the RPC is the RPC's own: gRPC closes it when the handler has returned.
func (s *scope) Done() <-chan struct{} { return s.context().Done() }

// Err implements [context.Context].
func (s *scope) Err() error { return s.context().Err() }

// Value implements [context.Context]. Delegating it also for the private keys
// of package context lets children register directly with the RPC's context,
// without a goroutine of their own.
func (s *scope) Value(key any) any { return s.context().Value(key) }
