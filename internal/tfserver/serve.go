// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// Factory returns a function that makes a new provider and the server in front
// of it. Acceptance tests use it too, so that they run what main serves.
func Factory(newProvider func() provider.Provider) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		return Wrap(discreetly(newProvider()))
	}
}

// Serve answers the CLI until the CLI ends the process. address is the
// provider's full source address, such as "registry.terraform.io/acme/acme".
// With debug the process waits for a CLI to attach instead of being started by
// one, and prints the TF_REATTACH_PROVIDERS value for it.
func Serve(address string, newProvider func() provider.Provider, debug bool) error {
	var options []tf6server.ServeOpt
	if debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	return tf6server.Serve(address, Factory(newProvider), options...)
}
