// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"bytes"
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

// Configured is a provider that tells what it has configured its resources with.
type Configured interface {
	provider.Provider

	// ResourceData is what the last Configure gave to resources; nil before that, and after one that failed.
	ResourceData() any
}

// standing answers reads and plans of which a resource is certain that they change nothing and say nothing, and asks
// inner for all others.
type standing struct {
	fullServer

	provider Configured
	// kinds are the resources that can tell, by type.
	kinds func() map[string]standingKind
}

// standingKind is a resource type that can tell when nothing has changed.
type standingKind struct {
	make  func() resource.Resource
	rules unchanged.Rules
	// object is the type of its states, of which version is the version.
	object  tftypes.Type
	version int64
}

// shortly is inner, which is not asked about what stands as it is, nor about each object of a fleet.
func shortly(p provider.Provider, inner fullServer) fullServer {
	configured, tells := p.(Configured)
	if !tells {
		return inner
	}
	once := validated{inner, sync.OnceValue(func() map[string]validatedKind { return validatedKindsOf(configured) })}
	return standing{once, configured, sync.OnceValue(func() map[string]standingKind { return kindsOf(configured) })}
}

func kindsOf(p provider.Provider) map[string]standingKind {
	ctx := context.Background()
	kinds := map[string]standingKind{}
	forEachResource(p, func(typeName string, newResource func() resource.Resource, described schema.Schema) {
		if r, ok := newResource().(unchanged.Resource); ok {
			kinds[typeName] = standingKind{
				newResource, unchanged.RulesOf(ctx, described, r.Computes()), described.Type().TerraformType(ctx),
				described.Version,
			}
		}
	})
	return kinds
}

// open is the configured resource of a type; false when it cannot tell.
func (s standing) open(ctx context.Context, typeName string) (unchanged.Resource, unchanged.Rules, bool) {
	kind, known := s.kinds()[typeName]
	data := s.provider.ResourceData()
	if !known || data == nil {
		return nil, unchanged.Rules{}, false
	}
	r, ok := kind.make().(unchanged.Resource)
	if !ok {
		return nil, unchanged.Rules{}, false
	}
	if configurable, ok := r.(resource.ResourceWithConfigure); ok {
		var resp resource.ConfigureResponse
		configurable.Configure(ctx, resource.ConfigureRequest{ProviderData: data}, &resp)
		if len(resp.Diagnostics) > 0 {
			return nil, unchanged.Rules{}, false
		}
	}
	return r, kind.rules, true
}

// ReadResource answers with the state as it is when the resource is certain of that.
func (s standing) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	finding, resp := s.refreshed(ctx, req)
	switch finding {
	case unchanged.Same:
		return resp, nil
	case unchanged.Changed:
		ctx = unchanged.WithAsked(ctx)
	case unchanged.NotAsked:
	}
	return s.fullServer.ReadResource(ctx, req)
}

func (s standing) refreshed(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (unchanged.Finding, *tfprotov6.ReadResourceResponse) {
	state, isObject := unchanged.Decode(req.CurrentState)
	private, understood := unchanged.DecodePrivate(req.Private)
	r, _, tells := s.open(ctx, req.TypeName)
	if !isObject || !understood || !tells || req.ProviderMeta != nil {
		return unchanged.NotAsked, nil
	}
	names, certain := r.Names(state)
	if !certain || !identifies(req.CurrentIdentity, names) {
		return unchanged.NotAsked, nil
	}
	finding := r.Refreshed(ctx, state, private)
	if finding != unchanged.Same {
		return finding, nil
	}
	identity, err := identityOf(names)
	if err != nil {
		return unchanged.Changed, nil
	}
	return finding, &tfprotov6.ReadResourceResponse{
		NewState: req.CurrentState, Private: req.Private, NewIdentity: identity,
	}
}

// UpgradeResourceState reads a state of the current version as the framework does, which makes the type of the state
// anew for each. Whatever cannot be read so is the framework's.
func (s standing) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	kind, known := s.kinds()[req.TypeName]
	if known && req.Version == kind.version && req.RawState != nil && len(kind.rules.Undeclared()) == 0 {
		options := tfprotov6.UnmarshalOpts{
			ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true},
		}
		state, err := req.RawState.UnmarshalWithOpts(kind.object, options)
		if err == nil {
			if upgraded, err := tfprotov6.NewDynamicValue(kind.object, state); err == nil {
				return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &upgraded}, nil
			}
		}
	}
	return s.fullServer.UpgradeResourceState(ctx, req)
}

// PlanResourceChange answers with the prior state when that is proposed, and the resource is certain that it is what
// would be planned.
func (s standing) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	if !s.planned(ctx, req) {
		return s.fullServer.PlanResourceChange(ctx, req)
	}
	identity := req.PriorIdentity
	if identity == nil {
		identity = &tfprotov6.ResourceIdentityData{IdentityData: &tfprotov6.DynamicValue{MsgPack: null()}}
	}
	return &tfprotov6.PlanResourceChangeResponse{
		PlannedState: req.PriorState, PlannedPrivate: req.PriorPrivate, PlannedIdentity: identity,
	}, nil
}

func (s standing) planned(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) bool {
	if req.PriorState == nil || req.ProposedNewState == nil || req.ProviderMeta != nil ||
		!bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack) {
		return false
	}
	prior, isObject := unchanged.Decode(req.PriorState)
	config, alsoObject := unchanged.Decode(req.Config)
	private, understood := unchanged.DecodePrivate(req.PriorPrivate)
	if !isObject || !alsoObject || !understood {
		return false
	}
	r, rules, tells := s.open(ctx, req.TypeName)
	return tells && rules.Keep(config, prior) && r.Planned(ctx, config, prior, private)
}

// null is MessagePack's.
func null() []byte { return []byte{0xc0} }

// identifies tells whether an identity has these names; a Terraform that knows no identities sends none.
func identifies(identity *tfprotov6.ResourceIdentityData, names map[string]string) bool {
	if identity == nil || identity.IdentityData == nil || bytes.Equal(identity.IdentityData.MsgPack, null()) {
		return true
	}
	has, isObject := unchanged.Decode(identity.IdentityData)
	if !isObject || len(has) != len(names) {
		return false
	}
	for name, want := range names {
		if text, ok := has.Text(name); !ok || text != want {
			return false
		}
	}
	return true
}

// identityOf is the identity of these names.
func identityOf(names map[string]string) (*tfprotov6.ResourceIdentityData, error) {
	kinds, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
	for name, text := range names {
		kinds[name], values[name] = tftypes.String, tftypes.NewValue(tftypes.String, text)
	}
	kind := tftypes.Object{AttributeTypes: kinds}
	encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
	if err != nil {
		return nil, err
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &encoded}, nil
}
