// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"
)

// ActionBlock is an action as a configuration has it. The command that tests run may be older than actions, so that
// configurations with them are read here, and invoked at protocol level.
type ActionBlock struct {
	Type, Name string
	// Config is as for InvokeAction.
	Config map[string]any
}

// Address is what -invoke names it by.
func (b ActionBlock) Address() string { return "action." + b.Type + "." + b.Name }

// ActionBlocks are the actions of a configuration, whose arguments are written out.
func ActionBlocks(t testing.TB, configuration string) []ActionBlock {
	t.Helper()
	file, diags := hclparse.NewParser().ParseHCL([]byte(configuration), "main.tf")
	mustRead(t, diags)
	content, _, diags := file.Body.PartialContent(&hcl.BodySchema{
		Blocks: []hcl.BlockHeaderSchema{{Type: "action", LabelNames: []string{"type", "name"}}},
	})
	mustRead(t, diags)
	var all []ActionBlock
	for _, block := range content.Blocks {
		inside, diags := block.Body.Content(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "config"}}})
		mustRead(t, diags)
		if len(inside.Blocks) != 1 {
			t.Fatalf("the action %q has %d config blocks", block.Labels, len(inside.Blocks))
		}
		arguments, diags := inside.Blocks[0].Body.JustAttributes()
		mustRead(t, diags)
		action := ActionBlock{Type: block.Labels[0], Name: block.Labels[1], Config: map[string]any{}}
		for name, argument := range arguments {
			value, diags := argument.Expr.Value(nil)
			mustRead(t, diags)
			action.Config[name] = literal(t, value)
		}
		all = append(all, action)
	}
	return all
}

func mustRead(t testing.TB, diags hcl.Diagnostics) {
	t.Helper()
	if diags.HasErrors() {
		t.Fatal(diags)
	}
}

func literal(t testing.TB, value cty.Value) any {
	t.Helper()
	switch value.Type() {
	case cty.String:
		return value.AsString()
	case cty.Bool:
		return value.True()
	}
	t.Fatalf("no argument of an action is a %s", value.Type().FriendlyName())
	return nil
}
