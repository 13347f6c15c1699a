// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// fullServer is what the framework's server implements: the base protocol and
// the three groups of RPCs which terraform-plugin-go still discovers by type
// assertion.
type fullServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// Wrap returns a server that answers every RPC through inner and lets go of the
// RPC's context when the answer is complete; for a streamed answer, when the
// last event was taken. When the provider is stopped, each RPC ends, and so does
// at once each that begins later, until the provider is configured again: the CLI
// plans what is left to destroy even then. What is said is reworded: see reword.
//
// A server without one of the optional RPC groups is returned as it is: the
// wrapper must never announce what the provider behind it cannot do.
func Wrap(inner tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	full, ok := inner.(fullServer)
	if !ok {
		return inner
	}
	return scoped{inner: full, walk: newWalk()}
}

// scoped implements fullServer. Its methods, one per RPC, are in rpcs.go.
type scoped struct {
	inner fullServer
	walk  *walk
}

var _ fullServer = scoped{}

// unary runs an RPC whose answer is complete when it returns.
func unary[Req, Resp any](
	ctx context.Context, w *walk, req Req, rpc func(context.Context, Req) (Resp, error),
) (Resp, error) {
	s := newScope(w.within(ctx))
	defer s.end()
	resp, err := rpc(s, req)
	reword(saidIn(resp))
	return resp, err
}

// streamed runs an RPC whose answer carries an iterator that still works on the
// context after the RPC's function has returned. events points to that iterator.
func streamed[Req, Stream, Event any](
	ctx context.Context, w *walk, req Req,
	rpc func(context.Context, Req) (*Stream, error), events func(*Stream) *iter.Seq[Event],
) (*Stream, error) {
	s := newScope(w.within(ctx))
	stream, err := rpc(s, req)
	if err != nil || stream == nil || *events(stream) == nil {
		s.end()
		return stream, err
	}
	inner := *events(stream)
	*events(stream) = func(yield func(Event) bool) {
		defer s.end()
		inner(func(event Event) bool {
			reword(saidIn(event))
			return yield(event)
		})
	}
	return stream, nil
}
