// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

// doors is a resource whose objects are named by their numbers.
type doors struct{ resource.Resource }

func (doors) Alone(unchanged.Attributes) []string { return []string{"number"} }

// critic counts what it validates, and has something to say of red doors.
type critic struct {
	fullServer
	asked int
}

func (c *critic) ValidateResourceConfig(
	_ context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	c.asked++
	resp := &tfprotov6.ValidateResourceConfigResponse{}
	if config, _ := unchanged.Decode(req.Config); !config.Null("color") {
		resp.Diagnostics = []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Red door"}}
	}
	return resp, nil
}

func TestValidated_asksOnceAboutDoorsOfWhichThereIsNothingToSay(t *testing.T) {
	t.Parallel()
	described := schema.Schema{Attributes: map[string]schema.Attribute{
		"number": schema.StringAttribute{Required: true}, "color": schema.StringAttribute{Optional: true},
	}}
	inner := &critic{}
	kinds := map[string]validatedKind{"door": {doors{}, unchanged.NewPassed(described)}}
	server := validated{inner, func() map[string]validatedKind { return kinds }}
	said := func(typeName, number string, color any) int {
		kind := described.Type().TerraformType(t.Context())
		config, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, map[string]tftypes.Value{
			"number": tftypes.NewValue(tftypes.String, number), "color": tftypes.NewValue(tftypes.String, color),
		}))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: typeName, Config: &config,
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(resp.Diagnostics)
	}
	for _, step := range []struct {
		typeName, number string
		color            any
		said, asked      int
	}{
		{"door", "1", nil, 0, 1},
		{"door", "2", nil, 0, 1},
		{"door", "3", "red", 1, 2},
		{"door", "4", "red", 1, 3},
		{"door", "5", nil, 0, 3},
		{"window", "1", nil, 0, 4},
		{"window", "2", nil, 0, 5},
	} {
		if got := said(step.typeName, step.number, step.color); got != step.said || inner.asked != step.asked {
			t.Errorf("of %s %s (%v) %d is said, and %d were asked about; want %d and %d", step.typeName, step.number,
				step.color, got, inner.asked, step.said, step.asked)
		}
	}
}
