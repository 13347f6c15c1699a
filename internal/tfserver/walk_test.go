// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"os"
	"syscall"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// stoppedServer plans and reads until it is told to end, and does not end by itself when it is stopped.
type stoppedServer struct {
	fullServer
	begun chan struct{}
}

func newStoppedServer() *stoppedServer {
	return &stoppedServer{fullServer: stockServer().(fullServer), begun: make(chan struct{}, 1)}
}

func (w *stoppedServer) PlanResourceChange(
	ctx context.Context, _ *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	w.begun <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}

func (w *stoppedServer) ReadDataSource(
	ctx context.Context, _ *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return nil, ctx.Err()
}

func (w *stoppedServer) ReadResource(
	context.Context, *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{}, nil
}

func mustStop(t *testing.T, server tfprotov6.ProviderServer) {
	t.Helper()
	if _, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
		t.Fatal(err)
	}
}

func TestWrap_endsWhatIsUnderWayWhenItIsStopped(t *testing.T) {
	t.Parallel()
	inner := newStoppedServer()
	server := Wrap(inner)
	ended := make(chan error)
	go func() {
		_, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{})
		ended <- err
	}()
	<-inner.begun
	mustStop(t, server)
	if err := <-ended; err == nil {
		t.Error("it should say that it was cancelled")
	}
}

func TestWrap_endsWhatBeginsAfterItWasStopped(t *testing.T) {
	t.Parallel()
	server := Wrap(newStoppedServer())
	mustStop(t, server)
	if _, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{}); err == nil {
		t.Error("it should say that it was cancelled")
	}
}

func TestWrap_worksAgainWhenItIsConfiguredAnew(t *testing.T) {
	t.Parallel()
	server := Wrap(newStoppedServer())
	read := func() error {
		_, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{})
		return err
	}
	mustStop(t, server)
	if read() == nil {
		t.Error("it should be cancelled: the provider was stopped")
	}
	for range 2 {
		if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{}); err != nil {
			t.Fatal(err)
		}
		if err := read(); err != nil {
			t.Errorf("it should work: the provider was configured anew: %v", err)
		}
	}
	mustStop(t, server)
	if read() == nil {
		t.Error("it should be cancelled: the provider was stopped again")
	}
}

func TestWrap_takesNothingForReadWhenItWasStopped(t *testing.T) {
	t.Parallel()
	server := Wrap(newStoppedServer())
	for _, stopped := range []bool{false, true} {
		if stopped {
			mustStop(t, server)
		}
		resp, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if refused := len(resp.Diagnostics) > 0; refused != stopped {
			t.Errorf("stopped: %t, an error: %t", stopped, refused)
		}
	}
}

func TestStopOn_stopsAtASignal(t *testing.T) {
	t.Parallel()
	server := Wrap(newStoppedServer())
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGINT
	close(signals)
	stopOn(signals, server)
	if _, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{}); err == nil {
		t.Error("it should say that it was cancelled")
	}
}
