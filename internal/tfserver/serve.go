// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"os"
	"os/signal"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// Factory returns a function that makes a new provider and the server in front
// of it. Acceptance tests use it too, so that they run what main serves.
func Factory(newProvider func() provider.Provider) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		p := newProvider()
		inner := generating(p, providerserver.NewProtocol6(p)())
		if full, ok := inner.(fullServer); ok {
			inner = shortly(p, full)
		}
		return Wrap(inner)
	}
}

// Serve answers the CLI until the CLI ends the process. address is the
// provider's full source address, such as "registry.terraform.io/acme/acme".
// With debug the process waits for a CLI to attach instead of being started by
// one, and prints the TF_REATTACH_PROVIDERS value for it.
//
// Ctrl-C on a terminal reaches this process too. The CLI (1.11) stops no provider
// while the plan of an apply is made, so that the signal has to be taken as that.
//
// A CLI that was killed can end nothing. What it had asked for ends with its
// connection, and this process when it has become an orphan: go-plugin (v1.8.0)
// would wait for a client for ever.
func Serve(address string, newProvider func() provider.Provider, debug bool) error {
	var options []tf6server.ServeOpt
	if debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	defer signal.Stop(interrupted)
	factory := Factory(newProvider)
	served := make(chan error, 1)
	go func() {
		served <- tf6server.Serve(address, func() tfprotov6.ProviderServer {
			server := factory()
			go stopOn(interrupted, server)
			return server
		}, options...)
	}()
	if debug { // Whoever starts it by hand may leave it alone.
		return <-served
	}
	look := time.NewTicker(lookForParent)
	defer look.Stop()
	select {
	case err := <-served:
		return err
	case <-orphaned(os.Getppid, look.C):
		return nil
	}
}

// stopOn stops a provider at each signal, as the CLI does at one of its own.
func stopOn(interrupted <-chan os.Signal, server tfprotov6.ProviderServer) {
	for range interrupted {
		_, _ = server.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{})
	}
}
