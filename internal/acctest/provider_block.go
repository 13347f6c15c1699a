// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// SetProviderBlock sets the arguments of the provider block for objects driven at protocol level; by default the
// block is empty and takes everything from the world's environment. They are as for Value.
func (w *World) SetProviderBlock(arguments map[string]any) {
	clear(w.block)
	maps.Copy(w.block, arguments)
}

// ConfigureProvider configures a provider of its own with the world's block and environment, and returns what it says.
func (w *World) ConfigureProvider() Step {
	w.T.Helper()
	server, err := w.Server()
	must(w.T, err)
	return w.configureProvider(server)
}

func (w *World) configureProvider(server tfprotov6.ProviderServer) Step {
	w.T.Helper()
	block := w.encodedBlock(mustObject(w.T, w.schemasOf(server).Provider))
	step := w.validateBlock(block, server)
	if !step.Failed() {
		step.Diagnostics = append(step.Diagnostics, w.configureWith(block, server).Diagnostics...)
	}
	return step
}

// encodedBlock is the provider block as Terraform sends it.
func (w *World) encodedBlock(object tftypes.Object) *tfprotov6.DynamicValue {
	w.T.Helper()
	block, err := tfprotov6.NewDynamicValue(object, Value(w.T, object, w.block))
	must(w.T, err)
	return &block
}

func (w *World) validateBlock(block *tfprotov6.DynamicValue, server tfprotov6.ProviderServer) Step {
	w.T.Helper()
	said, err := server.ValidateProviderConfig(w.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: block})
	must(w.T, err)
	return Step{Diagnostics: said.Diagnostics}
}

func (w *World) configureWith(block *tfprotov6.DynamicValue, server tfprotov6.ProviderServer) Step {
	w.T.Helper()
	said, err := server.ConfigureProvider(w.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.4", Config: block,
	})
	must(w.T, err)
	return Step{Diagnostics: said.Diagnostics}
}

// FailsOn tells whether a step has an error on an attribute, by its name; an empty name means an error on none.
func (s Step) FailsOn(attribute string) bool {
	for _, d := range s.Diagnostics {
		if d.Severity != tfprotov6.DiagnosticSeverityError {
			continue
		}
		if d.Attribute == nil && attribute == "" {
			return true
		}
		if d.Attribute != nil && len(d.Attribute.Steps()) > 0 && d.Attribute.Steps()[0] == tftypes.AttributeName(attribute) {
			return true
		}
	}
	return false
}
