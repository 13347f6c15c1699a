// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iottype

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Text is a string type with an equality of its own. There is one function per kind of text: RegistrationID, Hostname,
// CertificatePEM, CertificateChainPEM and JSON.
type Text struct {
	basetypes.StringType

	name string
	same func(a, b string) bool
}

var _ basetypes.StringTypable = Text{}

// Same tells whether two texts of this kind mean the same.
func (t Text) Same(a, b string) bool { return a == b || t.same(a, b) }

// String names the type in the framework's messages.
func (t Text) String() string { return "iottype." + t.name }

// Equal tells whether o is the same kind of text.
func (t Text) Equal(o attr.Type) bool {
	other, ok := o.(Text)
	return ok && t.name == other.name
}

// ValueType is the value that belongs to the type.
func (t Text) ValueType(context.Context) attr.Value { return TextValue{kind: t} }

// ValueFromString gives a string value the equality of this type.
func (t Text) ValueFromString(
	_ context.Context, in basetypes.StringValue,
) (basetypes.StringValuable, diag.Diagnostics) {
	return TextValue{StringValue: in, kind: t}, nil
}

// ValueFromTerraform decodes a value of the protocol.
func (t Text) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("a string was expected, not %T", value)
	}
	return TextValue{StringValue: text, kind: t}, nil
}

// Value is a known text of this kind.
func (t Text) Value(text string) TextValue {
	return TextValue{StringValue: basetypes.NewStringValue(text), kind: t}
}

// Null is the absent text of this kind.
func (t Text) Null() TextValue { return TextValue{StringValue: basetypes.NewStringNull(), kind: t} }

// Unknown is a text of this kind that is not known yet.
func (t Text) Unknown() TextValue {
	return TextValue{StringValue: basetypes.NewStringUnknown(), kind: t}
}

// FromPointer is the text behind p, or null.
func (t Text) FromPointer(p *string) TextValue {
	return TextValue{StringValue: basetypes.NewStringPointerValue(p), kind: t}
}

// TextValue is a text that knows its kind.
type TextValue struct {
	basetypes.StringValue

	kind Text
}

var _ basetypes.StringValuableWithSemanticEquals = TextValue{}

// Type is the kind of the text.
func (v TextValue) Type(context.Context) attr.Type { return v.kind }

// Equal compares letter by letter, as the framework requires; meaning is compared by StringSemanticEquals.
func (v TextValue) Equal(o attr.Value) bool {
	other, ok := o.(TextValue)
	return ok && v.StringValue.Equal(other.StringValue)
}

// StringSemanticEquals tells whether the new value means the same as this one.
func (v TextValue) StringSemanticEquals(
	ctx context.Context, newValue basetypes.StringValuable,
) (bool, diag.Diagnostics) {
	text, diags := newValue.ToStringValue(ctx)
	if diags.HasError() {
		return false, diags
	}
	return v.kind.Same(v.ValueString(), text.ValueString()), diags
}
