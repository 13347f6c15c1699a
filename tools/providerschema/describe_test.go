// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// announcer answers the two questions that write asks.
type announcer struct {
	tfprotov6.ProviderServer
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities *tfprotov6.GetResourceIdentitySchemasResponse
	err        error
}

func (a announcer) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	return a.schemas, a.err
}

func (a announcer) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return a.identities, nil
}

func block(attributes ...*tfprotov6.SchemaAttribute) *tfprotov6.Schema {
	return &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: attributes}}
}

// everything announces one of each kind of thing.
func everything() announcer {
	name := &tfprotov6.SchemaAttribute{
		Name: "name", Type: tftypes.String, Required: true, Sensitive: true,
		Description: "The **name**.", DescriptionKind: tfprotov6.StringKindMarkdown,
	}
	token := &tfprotov6.SchemaAttribute{Name: "token_wo", Type: tftypes.String, Optional: true, WriteOnly: true}
	sizes := &tfprotov6.SchemaAttribute{Name: "sizes", Type: tftypes.Set{ElementType: tftypes.Number}, Computed: true}
	dynamic := &tfprotov6.SchemaAttribute{Name: "any", Type: tftypes.DynamicPseudoType, Optional: true, Deprecated: true}
	pairs := &tfprotov6.SchemaAttribute{Name: "pairs", Optional: true, Type: tftypes.Map{
		ElementType: tftypes.Tuple{ElementTypes: []tftypes.Type{tftypes.Bool, tftypes.List{ElementType: tftypes.String}}},
	}}
	nested := &tfprotov6.SchemaAttribute{Name: "nested", Optional: true, NestedType: &tfprotov6.SchemaObject{
		Attributes: []*tfprotov6.SchemaAttribute{name},
		Nesting:    tfprotov6.SchemaObjectNestingModeMap,
	}}
	thing := block(name, token, sizes, dynamic, pairs, nested)
	thing.Version = 2
	thing.Block.Description, thing.Block.DescriptionKind = "A thing.", tfprotov6.StringKindMarkdown
	thing.Block.BlockTypes = []*tfprotov6.SchemaNestedBlock{{
		TypeName: "timeouts", Block: block(token).Block, Nesting: tfprotov6.SchemaNestedBlockNestingModeList, MaxItems: 1,
	}}
	return announcer{
		schemas: &tfprotov6.GetProviderSchemaResponse{
			Provider:                 block(token),
			ResourceSchemas:          map[string]*tfprotov6.Schema{"x_thing": thing},
			DataSourceSchemas:        map[string]*tfprotov6.Schema{"x_thing": block(sizes)},
			EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"x_key": block(name)},
			ListResourceSchemas:      map[string]*tfprotov6.Schema{"x_thing": block(dynamic)},
			ActionSchemas:            map[string]*tfprotov6.ActionSchema{"x_rotate": {Schema: block(name)}},
			Functions: map[string]*tfprotov6.Function{"info": {
				Summary: "Tells.", Description: "Tells it all.",
				Parameters:        []*tfprotov6.FunctionParameter{{Name: "pem", Type: tftypes.String, Description: "What."}},
				VariadicParameter: &tfprotov6.FunctionParameter{Name: "more", Type: tftypes.Number, AllowNullValue: true},
				Return: &tfprotov6.FunctionReturn{
					Type: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"ok": tftypes.Bool}},
				},
			}},
		},
		identities: &tfprotov6.GetResourceIdentitySchemasResponse{
			IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"x_thing": {
				Version: 1,
				IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
					{Name: "name", Type: tftypes.String, RequiredForImport: true, Description: "Which."},
					{Name: "host", Type: tftypes.String, OptionalForImport: true},
				},
			}},
		},
	}
}

func TestWrite_saysEverythingThatIsAnnounced(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if err := write(t.Context(), &got, everything()); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "everything.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("printed:\n%s", got.String())
	}
	var read tfjson.ProviderSchemas
	if err := json.Unmarshal(got.Bytes(), &read); err != nil {
		t.Errorf("readers of this format refuse it: %v", err)
	}
}

func TestWrite_failsRatherThanLeaveSomethingOut(t *testing.T) {
	t.Parallel()
	refused := everything()
	refused.err = errors.New("refused")
	broken := everything()
	broken.schemas.Diagnostics = []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Careful"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Broken", Detail: "attribute without type"},
	}
	untyped := everything()
	untyped.schemas.DataSourceSchemas["x_thing"] = block(&tfprotov6.SchemaAttribute{Name: "a"})
	unnested := everything()
	unnested.schemas.ResourceSchemas["x_thing"] = block(
		&tfprotov6.SchemaAttribute{Name: "b", NestedType: &tfprotov6.SchemaObject{}})

	tests := map[string]struct {
		server announcer
		want   string
	}{
		"a failed question":    {refused, "refused"},
		"an error diagnostic":  {broken, "Broken: attribute without type"},
		"an unknown type":      {untyped, "x_thing.a: type"},
		"an unknown nesting":   {unnested, "x_thing.b: nesting INVALID"},
		"nothing to complain?": {everything(), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var printed bytes.Buffer
			err := write(t.Context(), &printed, test.server)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want it to say %q", err, test.want)
			}
			if printed.Len() > 0 {
				t.Errorf("printed something all the same: %s", printed.String())
			}
		})
	}
}
