// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

// validated says nothing of a configuration that is like one of which inner has said nothing, and asks inner about all
// others. Terraform has each object of a fleet validated, and validated again for its plan, and the framework goes
// through all attributes each time.
type validated struct {
	fullServer

	kinds func() map[string]validatedKind
}

// validatedKind is a resource type of which validation knows names.
type validatedKind struct {
	resource unchanged.Named
	passed   *unchanged.Passed
}

func validatedKindsOf(p provider.Provider) map[string]validatedKind {
	kinds := map[string]validatedKind{}
	forEachResource(p, func(typeName string, newResource func() resource.Resource, described schema.Schema) {
		named, ok := newResource().(unchanged.Named)
		if passed := unchanged.NewPassed(described); ok && passed != nil {
			kinds[typeName] = validatedKind{named, passed}
		}
	})
	return kinds
}

// forEachResource shows the resources of a provider.
func forEachResource(p provider.Provider, show func(string, func() resource.Resource, schema.Schema)) {
	ctx := context.Background()
	var self provider.MetadataResponse
	p.Metadata(ctx, provider.MetadataRequest{}, &self)
	for _, newResource := range p.Resources(ctx) {
		r := newResource()
		var named resource.MetadataResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: self.TypeName}, &named)
		var described resource.SchemaResponse
		r.Schema(ctx, resource.SchemaRequest{}, &described)
		show(named.TypeName, newResource, described.Schema)
	}
}

// ValidateResourceConfig says nothing where nothing was said of a configuration that differs only in its names.
func (v validated) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	kind, likeness, alike := v.likeness(ctx, req)
	if alike && kind.passed.Has(likeness) {
		return &tfprotov6.ValidateResourceConfigResponse{}, nil
	}
	resp, err := v.fullServer.ValidateResourceConfig(ctx, req)
	if alike && err == nil && resp != nil && len(resp.Diagnostics) == 0 {
		kind.passed.Add(likeness)
	}
	return resp, err
}

func (v validated) likeness(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (validatedKind, unchanged.Likeness, bool) {
	kind, known := v.kinds()[req.TypeName]
	config, isObject := unchanged.Decode(req.Config)
	if !known || !isObject {
		return validatedKind{}, unchanged.Likeness{}, false
	}
	writeOnly := req.ClientCapabilities != nil && req.ClientCapabilities.WriteOnlyAttributesAllowed
	likeness, alike := kind.passed.LikenessOf(ctx, config, kind.resource.Alone(config), writeOnly)
	return kind, likeness, alike
}
