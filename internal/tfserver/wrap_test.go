// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// emptyProvider has no object at all: that is enough for every RPC to run.
type emptyProvider struct{}

func (emptyProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "empty"
}
func (emptyProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}
func (emptyProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}
func (emptyProvider) Resources(context.Context) []func() resource.Resource       { return nil }
func (emptyProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func stockServer() tfprotov6.ProviderServer {
	return providerserver.NewProtocol6(emptyProvider{})()
}

// luggage stands for what a real RPC's context carries: loggers, a gRPC stream.
type luggage [4096]byte

type luggageKey struct{}

// rpcNames are the names of all RPCs but StopProvider, which empties the
// framework's list of contexts and would hide what it holds.
func rpcNames() []string {
	var names []string
	for method := range reflect.TypeFor[fullServer]().Methods() {
		if method.Name != "StopProvider" {
			names = append(names, method.Name)
		}
	}
	return names
}

// callRPC calls one RPC with an empty request, takes the whole answer, and
// returns a weak pointer to what its context carried.
func callRPC(t *testing.T, server tfprotov6.ProviderServer, name string) weak.Pointer[luggage] {
	t.Helper()
	carried := &luggage{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), luggageKey{}, carried))
	defer cancel()
	method := reflect.ValueOf(server).MethodByName(name)
	if !method.IsValid() {
		t.Fatalf("the server has no %s", name)
	}
	request := reflect.New(method.Type().In(1).Elem())
	if name == "WriteStateBytes" {
		request.Interface().(*tfprotov6.WriteStateBytesStream).Chunks =
			func(func(*tfprotov6.WriteStateBytesChunk, []*tfprotov6.Diagnostic) bool) {}
	}
	answer := method.Call([]reflect.Value{reflect.ValueOf(ctx), request})[0]
	switch stream := answer.Interface().(type) {
	case *tfprotov6.ListResourceServerStream:
		drain(stream.Results)
	case *tfprotov6.InvokeActionServerStream:
		drain(stream.Events)
	case *tfprotov6.ReadStateBytesStream:
		drain(stream.Chunks)
	}
	return weak.Make(carried)
}

func drain[T any](events iter.Seq[T]) {
	for range events {
	}
}

// pinned calls every RPC and returns the names of those whose context is still
// held by the server when all of them are over.
func pinned(t *testing.T, server tfprotov6.ProviderServer) []string {
	t.Helper()
	carried := map[string]weak.Pointer[luggage]{}
	for _, name := range rpcNames() {
		carried[name] = callRPC(t, server, name)
	}
	// Twice: the first cycle may find an object that was marked before it was let go.
	runtime.GC()
	runtime.GC()
	var held []string
	for _, name := range rpcNames() {
		if carried[name].Value() != nil {
			held = append(held, name)
		}
	}
	runtime.KeepAlive(server)
	return held
}

func TestWrap_letsGoOfTheContextOfEveryRPC(t *testing.T) {
	t.Parallel()
	if len(rpcNames()) < 35 {
		t.Fatalf("only %d RPCs found", len(rpcNames()))
	}
	if held := pinned(t, Wrap(stockServer())); len(held) > 0 {
		t.Errorf("contexts still held after the RPC: %v", held)
	}
}

// When this test fails, the framework has been mended: Wrap and this package's
// first purpose can go.
func TestStockServer_holdsTheContextsOfFinishedRPCs(t *testing.T) {
	t.Parallel()
	held := pinned(t, stockServer())
	if !slices.Contains(held, "ReadResource") || !slices.Contains(held, "PlanResourceChange") {
		t.Errorf("the stock server holds only %v; is the wrapper still needed?", held)
	}
}

func TestWrap_offersTheOptionalRPCGroups(t *testing.T) {
	t.Parallel()
	wrapped := Wrap(stockServer())
	if _, ok := wrapped.(scoped); !ok {
		t.Fatalf("the framework's server is not wrapped but a %T", wrapped)
	}
	if _, ok := wrapped.(tfprotov6.ListResourceServer); !ok {
		t.Error("list resources are lost")
	}
	if _, ok := wrapped.(tfprotov6.ActionServer); !ok {
		t.Error("actions are lost")
	}
	if _, ok := wrapped.(tfprotov6.StateStoreServer); !ok {
		t.Error("state stores are lost")
	}
}

func TestWrap_announcesNothingThatTheServerCannotDo(t *testing.T) {
	t.Parallel()
	base := struct{ tfprotov6.ProviderServer }{stockServer()}
	if got := Wrap(base); got != tfprotov6.ProviderServer(base) {
		t.Errorf("a server without list resources became a %T", got)
	}
}

// listServer answers ListResource with its own stream and nothing else.
type listServer struct {
	fullServer
	stream *tfprotov6.ListResourceServerStream
	err    error
	seen   context.Context // to ask what became of it
}

func (l *listServer) ListResource(
	ctx context.Context, _ *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	l.seen = ctx
	return l.stream, l.err
}

func (l *listServer) list(t *testing.T) (*tfprotov6.ListResourceServerStream, error) {
	t.Helper()
	return Wrap(l).(tfprotov6.ListResourceServer).ListResource(t.Context(), &tfprotov6.ListResourceRequest{})
}

func TestWrap_keepsTheContextOfAStreamUntilItsEnd(t *testing.T) {
	t.Parallel()
	server := &listServer{}
	server.stream = &tfprotov6.ListResourceServerStream{Results: func(yield func(tfprotov6.ListResourceResult) bool) {
		for _, name := range []string{"one", "two", "three"} {
			if server.seen.Err() != nil || !yield(tfprotov6.ListResourceResult{DisplayName: name}) {
				return
			}
		}
	}}
	stream, err := server.list(t)
	if err != nil {
		t.Fatal(err)
	}
	if server.seen.Err() != nil {
		t.Fatal("the context ended before the stream was read")
	}
	var names []string
	for result := range stream.Results {
		names = append(names, result.DisplayName)
	}
	if want := []string{"one", "two", "three"}; !slices.Equal(names, want) {
		t.Errorf("results are %v, want %v", names, want)
	}
	if server.seen.Err() == nil {
		t.Error("the context outlives the stream")
	}
}

// What a stream says is reworded as well, before anybody hears it.
func TestWrap_rewordsWhatAStreamSays(t *testing.T) {
	t.Parallel()
	server := &listServer{}
	server.stream = &tfprotov6.ListResourceServerStream{Results: func(yield func(tfprotov6.ListResourceResult) bool) {
		yield(tfprotov6.ListResourceResult{Diagnostics: []*tfprotov6.Diagnostic{
			{Detail: "It is -----BEGIN PRIVATE KEY----- hush", Attribute: tftypes.NewAttributePath().WithAttributeName("door")},
		}})
	}}
	stream, err := server.list(t)
	if err != nil {
		t.Fatal(err)
	}
	for result := range stream.Results {
		want := "It is (a private key, which is not shown)\n\nAttribute: door"
		if got := result.Diagnostics[0].Detail; got != want {
			t.Errorf("it says %q, not %q", got, want)
		}
	}
}

func TestWrap_endsAStreamThatIsAbandoned(t *testing.T) {
	t.Parallel()
	server := &listServer{}
	server.stream = &tfprotov6.ListResourceServerStream{Results: func(yield func(tfprotov6.ListResourceResult) bool) {
		for yield(tfprotov6.ListResourceResult{}) {
		}
	}}
	stream, err := server.list(t)
	if err != nil {
		t.Fatal(err)
	}
	for range stream.Results {
		break
	}
	if server.seen.Err() == nil {
		t.Error("the context outlives the abandoned stream")
	}
}

func TestWrap_endsAStreamThatNeverBegan(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	tests := map[string]*listServer{
		"error":       {err: refused},
		"no stream":   {},
		"no iterator": {stream: &tfprotov6.ListResourceServerStream{}},
	}
	for name, server := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream, err := server.list(t)
			if !errors.Is(err, server.err) || stream != server.stream {
				t.Errorf("answer is %v, %v; want it passed on unchanged", stream, err)
			}
			if server.seen.Err() == nil {
				t.Error("the context outlives the RPC")
			}
		})
	}
}
