// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// One method per RPC and hardly anything else: the compiler keeps the list complete.
func (s scoped) GetMetadata(
	ctx context.Context, req *tfprotov6.GetMetadataRequest,
) (*tfprotov6.GetMetadataResponse, error) {
	return unary(ctx, s.walk, req, s.inner.GetMetadata)
}

func (s scoped) GetProviderSchema(
	ctx context.Context, req *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	return unary(ctx, s.walk, req, s.inner.GetProviderSchema)
}

func (s scoped) GetResourceIdentitySchemas(
	ctx context.Context, req *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return unary(ctx, s.walk, req, s.inner.GetResourceIdentitySchemas)
}

func (s scoped) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ValidateProviderConfig)
}

func (s scoped) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	s.walk.begin()
	return unary(ctx, s.walk, req, s.inner.ConfigureProvider)
}

func (s scoped) StopProvider(
	ctx context.Context, req *tfprotov6.StopProviderRequest,
) (*tfprotov6.StopProviderResponse, error) {
	s.walk.end()
	return s.inner.StopProvider(ctx, req)
}

func (s scoped) CallFunction(
	ctx context.Context, req *tfprotov6.CallFunctionRequest,
) (*tfprotov6.CallFunctionResponse, error) {
	return unary(ctx, s.walk, req, s.inner.CallFunction)
}

func (s scoped) GetFunctions(
	ctx context.Context, req *tfprotov6.GetFunctionsRequest,
) (*tfprotov6.GetFunctionsResponse, error) {
	return unary(ctx, s.walk, req, s.inner.GetFunctions)
}

func (s scoped) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ValidateResourceConfig)
}

func (s scoped) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return unary(ctx, s.walk, req, s.inner.UpgradeResourceState)
}

func (s scoped) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := unary(ctx, s.walk, req, s.inner.ReadResource)
	if resp != nil {
		resp.Diagnostics = s.walk.judge(resp.Diagnostics)
	}
	return resp, err
}

func (s scoped) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := unary(ctx, s.walk, req, s.inner.PlanResourceChange)
	if resp != nil {
		resp.Diagnostics = s.walk.judge(resp.Diagnostics)
	}
	return resp, err
}

func (s scoped) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ApplyResourceChange)
}

func (s scoped) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ImportResourceState)
}

func (s scoped) MoveResourceState(
	ctx context.Context, req *tfprotov6.MoveResourceStateRequest,
) (*tfprotov6.MoveResourceStateResponse, error) {
	return unary(ctx, s.walk, req, s.inner.MoveResourceState)
}

func (s scoped) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return unary(ctx, s.walk, req, s.inner.UpgradeResourceIdentity)
}

func (s scoped) GenerateResourceConfig(
	ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest,
) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return unary(ctx, s.walk, req, s.inner.GenerateResourceConfig)
}

func (s scoped) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ValidateDataResourceConfig)
}

func (s scoped) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ReadDataSource)
}

func (s scoped) ValidateEphemeralResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ValidateEphemeralResourceConfig)
}

func (s scoped) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return unary(ctx, s.walk, req, s.inner.OpenEphemeralResource)
}

func (s scoped) RenewEphemeralResource(
	ctx context.Context, req *tfprotov6.RenewEphemeralResourceRequest,
) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return unary(ctx, s.walk, req, s.inner.RenewEphemeralResource)
}

func (s scoped) CloseEphemeralResource(
	ctx context.Context, req *tfprotov6.CloseEphemeralResourceRequest,
) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return unary(ctx, s.walk, req, s.inner.CloseEphemeralResource)
}

func (s scoped) ValidateListResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ValidateListResourceConfig)
}

func (s scoped) ListResource(
	ctx context.Context, req *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	return streamed(ctx, s.walk, req, s.inner.ListResource,
		func(stream *tfprotov6.ListResourceServerStream) *iter.Seq[tfprotov6.ListResourceResult] {
			return &stream.Results
		})
}

func (s scoped) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ValidateActionConfig)
}

func (s scoped) PlanAction(
	ctx context.Context, req *tfprotov6.PlanActionRequest,
) (*tfprotov6.PlanActionResponse, error) {
	return unary(ctx, s.walk, req, s.inner.PlanAction)
}

func (s scoped) InvokeAction(
	ctx context.Context, req *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	return streamed(ctx, s.walk, req, s.inner.InvokeAction,
		func(stream *tfprotov6.InvokeActionServerStream) *iter.Seq[tfprotov6.InvokeActionEvent] {
			return &stream.Events
		})
}

func (s scoped) ValidateStateStoreConfig(
	ctx context.Context, req *tfprotov6.ValidateStateStoreConfigRequest,
) (*tfprotov6.ValidateStateStoreConfigResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ValidateStateStoreConfig)
}

func (s scoped) ConfigureStateStore(
	ctx context.Context, req *tfprotov6.ConfigureStateStoreRequest,
) (*tfprotov6.ConfigureStateStoreResponse, error) {
	return unary(ctx, s.walk, req, s.inner.ConfigureStateStore)
}

func (s scoped) ReadStateBytes(
	ctx context.Context, req *tfprotov6.ReadStateBytesRequest,
) (*tfprotov6.ReadStateBytesStream, error) {
	return streamed(ctx, s.walk, req, s.inner.ReadStateBytes,
		func(stream *tfprotov6.ReadStateBytesStream) *iter.Seq[tfprotov6.ReadStateByteChunk] {
			return &stream.Chunks
		})
}

func (s scoped) WriteStateBytes(
	ctx context.Context, req *tfprotov6.WriteStateBytesStream,
) (*tfprotov6.WriteStateBytesResponse, error) {
	return unary(ctx, s.walk, req, s.inner.WriteStateBytes)
}

func (s scoped) GetStates(
	ctx context.Context, req *tfprotov6.GetStatesRequest,
) (*tfprotov6.GetStatesResponse, error) {
	return unary(ctx, s.walk, req, s.inner.GetStates)
}

func (s scoped) DeleteState(
	ctx context.Context, req *tfprotov6.DeleteStateRequest,
) (*tfprotov6.DeleteStateResponse, error) {
	return unary(ctx, s.walk, req, s.inner.DeleteState)
}

func (s scoped) LockState(
	ctx context.Context, req *tfprotov6.LockStateRequest,
) (*tfprotov6.LockStateResponse, error) {
	return unary(ctx, s.walk, req, s.inner.LockState)
}

func (s scoped) UnlockState(
	ctx context.Context, req *tfprotov6.UnlockStateRequest,
) (*tfprotov6.UnlockStateResponse, error) {
	return unary(ctx, s.walk, req, s.inner.UnlockState)
}
