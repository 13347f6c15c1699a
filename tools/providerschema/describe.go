// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// describe translates what the provider announces. What it cannot say in JSON
// is an error: an attribute must not be missing from the documentation.
func describe(
	schemas *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse,
) (*tfjson.ProviderSchema, error) {
	var failed firstError
	described := &tfjson.ProviderSchema{
		ConfigSchema:             failed.schema("provider", schemas.Provider),
		ResourceSchemas:          each(schemas.ResourceSchemas, failed.schema),
		DataSourceSchemas:        each(schemas.DataSourceSchemas, failed.schema),
		EphemeralResourceSchemas: each(schemas.EphemeralResourceSchemas, failed.schema),
		ListResourceSchemas:      each(schemas.ListResourceSchemas, failed.schema),
		StateStoreSchemas:        each(schemas.StateStoreSchemas, failed.schema),
		ActionSchemas:            each(schemas.ActionSchemas, failed.action),
		Functions:                each(schemas.Functions, failed.function),
		ResourceIdentitySchemas:  each(identities.IdentitySchemas, failed.identity),
	}
	return described, failed.err
}

// firstError remembers the first thing that could not be translated, so that
// the translation reads as what it is.
type firstError struct{ err error }

func (f *firstError) remember(where string, err error) {
	if f.err == nil && err != nil {
		f.err = fmt.Errorf("%s: %w", where, err)
	}
}

// each translates the values of a map, with their names for errors.
func each[From, To any](from map[string]From, translate func(where string, value From) To) map[string]To {
	to := make(map[string]To, len(from))
	for where, value := range from {
		to[where] = translate(where, value)
	}
	return to
}

func (f *firstError) schema(where string, s *tfprotov6.Schema) *tfjson.Schema {
	if s == nil {
		return nil
	}
	return &tfjson.Schema{Version: unsigned(s.Version), Block: f.block(where, s.Block)}
}

func (f *firstError) block(where string, b *tfprotov6.SchemaBlock) *tfjson.SchemaBlock {
	if b == nil {
		return nil
	}
	block := &tfjson.SchemaBlock{
		Attributes:      f.attributes(where, b.Attributes),
		NestedBlocks:    make(map[string]*tfjson.SchemaBlockType, len(b.BlockTypes)),
		Description:     b.Description,
		DescriptionKind: kind(b.DescriptionKind),
		Deprecated:      b.Deprecated,
	}
	for _, nested := range b.BlockTypes {
		inside := where + "." + nested.TypeName
		block.NestedBlocks[nested.TypeName] = &tfjson.SchemaBlockType{
			NestingMode: f.nesting(inside, nested.Nesting.String()),
			Block:       f.block(inside, nested.Block),
			MinItems:    unsigned(nested.MinItems),
			MaxItems:    unsigned(nested.MaxItems),
		}
	}
	return block
}

func (f *firstError) attributes(
	where string, attributes []*tfprotov6.SchemaAttribute,
) map[string]*tfjson.SchemaAttribute {
	described := make(map[string]*tfjson.SchemaAttribute, len(attributes))
	for _, a := range attributes {
		inside := where + "." + a.Name
		attribute := &tfjson.SchemaAttribute{
			Description:     a.Description,
			DescriptionKind: kind(a.DescriptionKind),
			Deprecated:      a.Deprecated,
			Required:        a.Required,
			Optional:        a.Optional,
			Computed:        a.Computed,
			Sensitive:       a.Sensitive,
			WriteOnly:       a.WriteOnly,
		}
		if a.NestedType != nil {
			attribute.AttributeNestedType = &tfjson.SchemaNestedAttributeType{
				Attributes:  f.attributes(inside, a.NestedType.Attributes),
				NestingMode: f.nesting(inside, a.NestedType.Nesting.String()),
			}
		} else {
			attribute.AttributeType = f.valueType(inside, a.Type)
		}
		described[a.Name] = attribute
	}
	return described
}

func (f *firstError) action(where string, a *tfprotov6.ActionSchema) *tfjson.ActionSchema {
	if a == nil || a.Schema == nil {
		return nil
	}
	return &tfjson.ActionSchema{Block: f.block(where, a.Schema.Block)}
}

func (f *firstError) function(where string, function *tfprotov6.Function) *tfjson.FunctionSignature {
	signature := &tfjson.FunctionSignature{
		Description:        function.Description,
		Summary:            function.Summary,
		DeprecationMessage: function.DeprecationMessage,
		ReturnType:         f.valueType(where, function.Return.Type),
	}
	for _, p := range function.Parameters {
		signature.Parameters = append(signature.Parameters, f.parameter(where, p))
	}
	if function.VariadicParameter != nil {
		signature.VariadicParameter = f.parameter(where, function.VariadicParameter)
	}
	return signature
}

func (f *firstError) parameter(where string, p *tfprotov6.FunctionParameter) *tfjson.FunctionParameter {
	return &tfjson.FunctionParameter{
		Name:        p.Name,
		Description: p.Description,
		IsNullable:  p.AllowNullValue,
		Type:        f.valueType(where+"."+p.Name, p.Type),
	}
}

func (f *firstError) identity(where string, s *tfprotov6.ResourceIdentitySchema) *tfjson.IdentitySchema {
	identity := &tfjson.IdentitySchema{
		Version:    unsigned(s.Version),
		Attributes: make(map[string]*tfjson.IdentityAttribute, len(s.IdentityAttributes)),
	}
	for _, a := range s.IdentityAttributes {
		identity.Attributes[a.Name] = &tfjson.IdentityAttribute{
			IdentityType:      f.valueType(where+"."+a.Name, a.Type),
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return identity
}

// nesting takes the protocol's word for a nesting, which is the same for blocks
// and for attributes.
func (f *firstError) nesting(where, word string) tfjson.SchemaNestingMode {
	switch word {
	case "SINGLE":
		return tfjson.SchemaNestingModeSingle
	case "GROUP":
		return tfjson.SchemaNestingModeGroup
	case "LIST":
		return tfjson.SchemaNestingModeList
	case "SET":
		return tfjson.SchemaNestingModeSet
	case "MAP":
		return tfjson.SchemaNestingModeMap
	}
	f.remember(where, fmt.Errorf("nesting %s has no name in JSON", word))
	return ""
}

func (f *firstError) valueType(where string, t tftypes.Type) cty.Type {
	switch typed := t.(type) {
	case tftypes.List:
		return cty.List(f.valueType(where, typed.ElementType))
	case tftypes.Set:
		return cty.Set(f.valueType(where, typed.ElementType))
	case tftypes.Map:
		return cty.Map(f.valueType(where, typed.ElementType))
	case tftypes.Tuple:
		elements := make([]cty.Type, len(typed.ElementTypes))
		for i, element := range typed.ElementTypes {
			elements[i] = f.valueType(where, element)
		}
		return cty.Tuple(elements)
	case tftypes.Object:
		attributes := make(map[string]cty.Type, len(typed.AttributeTypes))
		for name, attribute := range typed.AttributeTypes {
			attributes[name] = f.valueType(where+"."+name, attribute)
		}
		return cty.Object(attributes)
	}
	switch {
	case t == nil:
	case t.Is(tftypes.String):
		return cty.String
	case t.Is(tftypes.Number):
		return cty.Number
	case t.Is(tftypes.Bool):
		return cty.Bool
	case t.Is(tftypes.DynamicPseudoType):
		return cty.DynamicPseudoType
	}
	f.remember(where, fmt.Errorf("type %v has no name in JSON", t))
	return cty.DynamicPseudoType
}

func kind(k tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	if k == tfprotov6.StringKindMarkdown {
		return tfjson.SchemaDescriptionKindMarkdown
	}
	return tfjson.SchemaDescriptionKindPlain
}

// unsigned is for versions and counts, which the protocol has as signed numbers
// and never as negative ones.
func unsigned(n int64) uint64 {
	return uint64(max(n, 0))
}
