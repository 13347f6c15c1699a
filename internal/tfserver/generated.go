// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// GeneratesWithout is a provider some of whose settings do not belong into a
// configuration that nobody has written: Terraform 1.14 and later asks the
// provider what a configuration generated for an import reads, and the
// framework (v1.19.0) answers with everything that the state has.
type GeneratesWithout interface {
	// GeneratedWithout names the attributes that are left out, by resource type.
	GeneratedWithout() map[string][]string
}

// generating is inner, which leaves out of generated configuration what p says.
func generating(p provider.Provider, inner tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	full, ok := inner.(fullServer)
	asks, asked := p.(GeneratesWithout)
	if !ok || !asked {
		return inner
	}
	return generator{full, asks.GeneratedWithout()}
}

type generator struct {
	fullServer

	without map[string][]string
}

// GetProviderSchema says that the provider can be asked: the framework (v1.19.0) answers, and does not announce it.
func (g generator) GetProviderSchema(
	ctx context.Context, req *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := g.fullServer.GetProviderSchema(ctx, req)
	if err == nil && resp != nil {
		resp.ServerCapabilities = announced(resp.ServerCapabilities)
	}
	return resp, err
}

// GetMetadata says it as well.
func (g generator) GetMetadata(
	ctx context.Context, req *tfprotov6.GetMetadataRequest,
) (*tfprotov6.GetMetadataResponse, error) {
	resp, err := g.fullServer.GetMetadata(ctx, req)
	if err == nil && resp != nil {
		resp.ServerCapabilities = announced(resp.ServerCapabilities)
	}
	return resp, err
}

func announced(capabilities *tfprotov6.ServerCapabilities) *tfprotov6.ServerCapabilities {
	all := tfprotov6.ServerCapabilities{}
	if capabilities != nil {
		all = *capabilities
	}
	all.GenerateResourceConfig = true
	return &all
}

// GenerateResourceConfig is the framework's answer without the attributes that are left out.
func (g generator) GenerateResourceConfig(
	ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest,
) (*tfprotov6.GenerateResourceConfigResponse, error) {
	resp, err := g.fullServer.GenerateResourceConfig(ctx, req)
	if err != nil || resp == nil || resp.Config == nil || len(g.without[req.TypeName]) == 0 {
		return resp, err
	}
	all, err := g.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	kind := all.ResourceSchemas[req.TypeName].ValueType()
	resp.Config, err = nulled(resp.Config, kind, g.without[req.TypeName])
	return resp, err
}

// nulled is an object without some of its attributes.
func nulled(config *tfprotov6.DynamicValue, kind tftypes.Type, names []string) (*tfprotov6.DynamicValue, error) {
	value, err := config.Unmarshal(kind)
	if err != nil {
		return nil, fmt.Errorf("reading a generated configuration: %w", err)
	}
	attributes := map[string]tftypes.Value{}
	if err := value.As(&attributes); err != nil {
		return nil, fmt.Errorf("reading a generated configuration: %w", err)
	}
	for _, name := range names {
		attributes[name] = tftypes.NewValue(attributes[name].Type(), nil)
	}
	made, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, attributes))
	return &made, err
}
