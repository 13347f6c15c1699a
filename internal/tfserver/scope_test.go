// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type nameKey struct{}

func TestScope_isTheRPCsContextUntilItsEnd(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2300, 1, 2, 3, 4, 5, 0, time.UTC)
	parent, cancel := context.WithDeadline(context.WithValue(t.Context(), nameKey{}, "plan"), deadline)
	defer cancel()
	s := newScope(parent, func() {})

	if got, ok := s.Deadline(); !ok || !got.Equal(deadline) {
		t.Errorf("deadline is %v, %v", got, ok)
	}
	if got := s.Value(nameKey{}); got != "plan" {
		t.Errorf("value is %v", got)
	}
	if s.Err() != nil {
		t.Errorf("error is %v before the end", s.Err())
	}

	s.end()
	s.end()
	if got := s.Value(nameKey{}); got != nil {
		t.Errorf("value is %v after the end", got)
	}
	if !errors.Is(s.Err(), context.Canceled) {
		t.Errorf("error is %v after the end", s.Err())
	}
	if _, ok := s.Deadline(); ok {
		t.Error("there is a deadline after the end")
	}
	select {
	case <-s.Done():
	default:
		t.Error("not done after the end")
	}
}

func TestScope_passesACancellationToItsChildren(t *testing.T) {
	t.Parallel()
	parent, cancel := context.WithCancel(t.Context())
	s := newScope(parent, func() {})
	child, cancelChild := context.WithTimeout(s, time.Hour)
	defer cancelChild()

	cancel()
	<-child.Done()
	if !errors.Is(child.Err(), context.Canceled) {
		t.Errorf("child ended with %v", child.Err())
	}
}

func TestScope_passesACancellationAfterItsEnd(t *testing.T) {
	t.Parallel()
	parent, cancel := context.WithCancel(t.Context())
	s := newScope(parent, func() {})
	child, cancelChild := context.WithCancel(s)
	defer cancelChild()

	s.end()
	cancel()
	<-child.Done()
}

// waitingServer answers ReadResource only when its context ends.
type waitingServer struct {
	fullServer
	waiting chan struct{}
}

func (w *waitingServer) ReadResource(
	ctx context.Context, _ *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	close(w.waiting)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestWrap_interruptsARunningRPC(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := &waitingServer{waiting: make(chan struct{})}
	result := make(chan error)
	go func() {
		_, err := Wrap(server).ReadResource(ctx, &tfprotov6.ReadResourceRequest{})
		result <- err
	}()
	<-server.waiting
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("the RPC ended with %v", err)
	}
}
