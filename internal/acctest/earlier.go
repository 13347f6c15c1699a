// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Earlier has the command go on with an earlier version of the provider, in which a resource type did not have an
// attribute yet.
func (c *CLI) Earlier(typeName, attribute string) {
	c.world.T.Helper()
	c.reattach(func(server wholeServer) tfprotov6.ProviderServer {
		return earlier{wholeServer: server, typeName: typeName, attribute: attribute}
	})
}

// Present has the command go on with the provider as it is.
func (c *CLI) Present() {
	c.world.T.Helper()
	c.reattach(func(server wholeServer) tfprotov6.ProviderServer { return server })
}

func (c *CLI) reattach(version func(wholeServer) tfprotov6.ProviderServer) {
	c.world.T.Helper()
	w := *c.world
	w.version = version
	c.env = append(c.env, "TF_REATTACH_PROVIDERS="+w.attach())
}

// earlier is a provider without an attribute: Terraform never sees it, and the provider behind sees none.
type earlier struct {
	wholeServer

	typeName, attribute string
}

// GetProviderSchema leaves the attribute out.
func (e earlier) GetProviderSchema(
	ctx context.Context, req *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := e.wholeServer.GetProviderSchema(ctx, req)
	if err != nil {
		return nil, err
	}
	without := *resp
	without.ResourceSchemas = maps.Clone(resp.ResourceSchemas)
	without.ResourceSchemas[e.typeName] = e.schemaWithout(resp.ResourceSchemas[e.typeName])
	return &without, nil
}

func (e earlier) schemaWithout(whole *tfprotov6.Schema) *tfprotov6.Schema {
	schema, block := *whole, *whole.Block
	block.Attributes = slices.DeleteFunc(slices.Clone(block.Attributes), func(a *tfprotov6.SchemaAttribute) bool {
		return a.Name == e.attribute
	})
	schema.Block = &block
	return &schema
}

// ValidateResourceConfig asks about a configuration without it.
func (e earlier) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if err := e.add(ctx, req.TypeName, &req.Config); err != nil {
		return nil, err
	}
	return e.wholeServer.ValidateResourceConfig(ctx, req)
}

// UpgradeResourceState leaves it out of a state.
func (e earlier) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	resp, err := e.wholeServer.UpgradeResourceState(ctx, req)
	if err != nil {
		return nil, err
	}
	return resp, e.drop(ctx, req.TypeName, &resp.UpgradedState)
}

// ReadResource reads a state without it.
func (e earlier) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	if err := e.add(ctx, req.TypeName, &req.CurrentState); err != nil {
		return nil, err
	}
	resp, err := e.wholeServer.ReadResource(ctx, req)
	if err != nil {
		return nil, err
	}
	return resp, e.drop(ctx, req.TypeName, &resp.NewState)
}

// PlanResourceChange plans without it.
func (e earlier) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	if err := e.add(ctx, req.TypeName, &req.PriorState, &req.ProposedNewState, &req.Config); err != nil {
		return nil, err
	}
	resp, err := e.wholeServer.PlanResourceChange(ctx, req)
	if err != nil {
		return nil, err
	}
	return resp, e.drop(ctx, req.TypeName, &resp.PlannedState)
}

// ApplyResourceChange applies without it.
func (e earlier) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if err := e.add(ctx, req.TypeName, &req.PriorState, &req.PlannedState, &req.Config); err != nil {
		return nil, err
	}
	resp, err := e.wholeServer.ApplyResourceChange(ctx, req)
	if err != nil {
		return nil, err
	}
	return resp, e.drop(ctx, req.TypeName, &resp.NewState)
}

// types are those of the resource's values, without the attribute and with it.
func (e earlier) types(ctx context.Context) (without, with tftypes.Type, err error) {
	resp, err := e.wholeServer.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, nil, err
	}
	whole := resp.ResourceSchemas[e.typeName]
	return e.schemaWithout(whole).ValueType(), whole.ValueType(), nil
}

// add adds the attribute to values, as null.
func (e earlier) add(ctx context.Context, typeName string, values ...**tfprotov6.DynamicValue) error {
	without, with, err := e.types(ctx)
	if err != nil || typeName != e.typeName {
		return err
	}
	return eachValue(values, without, with, func(all map[string]tftypes.Value) {
		all[e.attribute] = tftypes.NewValue(tftypes.String, nil)
	})
}

// drop takes the attribute out of a value.
func (e earlier) drop(ctx context.Context, typeName string, value **tfprotov6.DynamicValue) error {
	without, with, err := e.types(ctx)
	if err != nil || typeName != e.typeName {
		return err
	}
	return eachValue([]**tfprotov6.DynamicValue{value}, with, without, func(all map[string]tftypes.Value) {
		delete(all, e.attribute)
	})
}

// eachValue changes the attributes of values of one type so that they are of another.
func eachValue(
	values []**tfprotov6.DynamicValue, from, to tftypes.Type, change func(map[string]tftypes.Value),
) error {
	for _, value := range values {
		if *value == nil {
			continue
		}
		decoded, err := (*value).Unmarshal(from)
		if err != nil {
			return err
		}
		changed := tftypes.NewValue(to, nil)
		if !decoded.IsNull() {
			var all map[string]tftypes.Value
			if err := decoded.As(&all); err != nil {
				return err
			}
			all = maps.Clone(all)
			change(all)
			changed = tftypes.NewValue(to, all)
		}
		encoded, err := tfprotov6.NewDynamicValue(to, changed)
		if err != nil {
			return err
		}
		*value = &encoded
	}
	return nil
}
