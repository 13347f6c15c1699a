// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// wholeServer is what the provider's server implements, with the groups of RPCs that are found by type assertion.
type wholeServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// overheard is the provider's server, all of whose answers are kept: what it tells people, and what it has stored.
type overheard struct {
	wholeServer

	secrets *secrets
}

// hear keeps diagnostics and values of an answer.
func (o overheard) hear(said []*tfprotov6.Diagnostic, private []byte, values ...*tfprotov6.DynamicValue) {
	for _, d := range said {
		o.secrets.speak(d.Summary + "\n" + d.Detail)
	}
	o.secrets.store(private)
	for _, value := range values {
		if value != nil {
			o.secrets.store(value.MsgPack)
			o.secrets.store(value.JSON)
		}
	}
}

// kept is what an RPC has returned, of which keep has kept something if there is an answer.
func kept[Resp any](resp *Resp, err error, keep func()) (*Resp, error) {
	if resp != nil {
		keep()
	}
	return resp, err
}

// ConfigureProvider keeps what is said.
func (o overheard) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	resp, err := o.wholeServer.ConfigureProvider(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, nil) })
}

// ValidateProviderConfig keeps what is said.
func (o overheard) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	resp, err := o.wholeServer.ValidateProviderConfig(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, nil) })
}

// ValidateResourceConfig keeps what is said.
func (o overheard) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := o.wholeServer.ValidateResourceConfig(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, nil) })
}

// ReadResource keeps what is said and the state.
func (o overheard) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := o.wholeServer.ReadResource(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, resp.Private, resp.NewState) })
}

// PlanResourceChange keeps what is said and the plan.
func (o overheard) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := o.wholeServer.PlanResourceChange(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, resp.PlannedPrivate, resp.PlannedState) })
}

// ApplyResourceChange keeps what is said and the state.
func (o overheard) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := o.wholeServer.ApplyResourceChange(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, resp.Private, resp.NewState) })
}

// ImportResourceState keeps what is said and the states.
func (o overheard) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := o.wholeServer.ImportResourceState(ctx, req)
	return kept(resp, err, func() {
		o.hear(resp.Diagnostics, nil)
		for _, imported := range resp.ImportedResources {
			o.hear(nil, imported.Private, imported.State)
		}
	})
}

// ReadDataSource keeps what is said and the state.
func (o overheard) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := o.wholeServer.ReadDataSource(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, nil, resp.State) })
}

// OpenEphemeralResource keeps what is said. What is opened is a secret, and stored by nobody.
func (o overheard) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	resp, err := o.wholeServer.OpenEphemeralResource(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, resp.Private) })
}

// ListResource keeps what is said and what is found, which "terraform query -json" prints.
func (o overheard) ListResource(
	ctx context.Context, req *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := o.wholeServer.ListResource(ctx, req)
	if err != nil {
		return stream, err
	}
	return &tfprotov6.ListResourceServerStream{Results: func(push func(tfprotov6.ListResourceResult) bool) {
		for result := range stream.Results {
			o.hear(result.Diagnostics, nil)
			if result.Resource != nil {
				o.secrets.speak(string(result.Resource.MsgPack))
			}
			if !push(result) {
				return
			}
		}
	}}, nil
}

// ValidateActionConfig keeps what is said.
func (o overheard) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	resp, err := o.wholeServer.ValidateActionConfig(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, nil) })
}

// PlanAction keeps what is said.
func (o overheard) PlanAction(
	ctx context.Context, req *tfprotov6.PlanActionRequest,
) (*tfprotov6.PlanActionResponse, error) {
	resp, err := o.wholeServer.PlanAction(ctx, req)
	return kept(resp, err, func() { o.hear(resp.Diagnostics, nil) })
}

// InvokeAction keeps what is said on the way and at the end.
func (o overheard) InvokeAction(
	ctx context.Context, req *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := o.wholeServer.InvokeAction(ctx, req)
	if stream == nil {
		return stream, err
	}
	events := stream.Events
	stream.Events = func(yield func(tfprotov6.InvokeActionEvent) bool) {
		events(func(event tfprotov6.InvokeActionEvent) bool {
			switch e := event.Type.(type) {
			case tfprotov6.ProgressInvokeActionEventType:
				o.secrets.speak(e.Message)
			case tfprotov6.CompletedInvokeActionEventType:
				o.hear(e.Diagnostics, nil)
			}
			return yield(event)
		})
	}
	return stream, err
}
