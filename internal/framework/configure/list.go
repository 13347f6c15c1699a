// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"iter"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
)

// ListArguments are what a list block asks for in the words of a data source: the attributes that configuration may
// set, with their texts and checks. What the data source tells is left out.
func ListArguments(attributes map[string]datasource.Attribute) map[string]schema.Attribute {
	arguments := map[string]schema.Attribute{}
	for name, attribute := range attributes {
		if !attribute.IsOptional() && !attribute.IsRequired() {
			continue
		}
		switch a := attribute.(type) {
		case datasource.StringAttribute:
			arguments[name] = schema.StringAttribute{
				CustomType: a.CustomType, Required: a.Required, Optional: a.Optional,
				MarkdownDescription: a.MarkdownDescription, Validators: a.Validators,
			}
		case datasource.Int64Attribute:
			arguments[name] = schema.Int64Attribute{
				CustomType: a.CustomType, Required: a.Required, Optional: a.Optional,
				MarkdownDescription: a.MarkdownDescription, Validators: a.Validators,
			}
		case datasource.MapAttribute:
			arguments[name] = schema.MapAttribute{
				CustomType: a.CustomType, ElementType: a.ElementType, Required: a.Required, Optional: a.Optional,
				MarkdownDescription: a.MarkdownDescription, Validators: a.Validators,
			}
		}
	}
	return arguments
}

// Results hands what is found to Terraform, one by one while it is read and at most as many as limit, if that is set.
// Nothing is read ahead. When reading breaks off, what was found before stands, and the error ends the list.
func Results[T any](
	limit int64, found iter.Seq2[T, error], show func(T) list.ListResult, failed func(error) diag.Diagnostic,
) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		shown := int64(0)
		for one, err := range found {
			if err != nil {
				push(list.ListResult{Diagnostics: diag.Diagnostics{failed(err)}})
				return
			}
			if !push(show(one)) {
				return
			}
			if shown++; shown == limit {
				return
			}
		}
	}
}
