// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// dataSource shows something that a DPS instance has.
type dataSource struct {
	configure.DataSource[*azure.Services]

	// name ends the name of its Terraform type.
	name string
	// schema is without the attribute that names the instance.
	schema func() schema.Schema
	// read finds the values of the attributes that are not asked for.
	read func(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics)
}

var _ datasource.DataSourceWithConfigure = &dataSource{}

// values are those of attributes, by name.
type values = map[string]attr.Value

// Metadata names the data source.
func (d *dataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + d.name
}

// Schema describes the data source.
func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.schema()
	resp.Schema.Attributes[dpsHostnameName] = instanceAttribute()
}

// instanceAttribute is the attribute dps_hostname of whatever is read.
func instanceAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, CustomType: iottype.Hostname(),
		MarkdownDescription: "Host name of the DPS instance. Default: the provider block's.",
		Validators:          []validator.String{iotvalidator.DPSHostname()},
	}
}

// Read shows what is found. What is asked for stays as configuration spells it.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	asked, diags := configure.Decode[types.Object](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(d.Services, textIn(asked, dpsHostnameName, iottype.Hostname()))
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	found, diags := d.read(ctx, r, asked)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	state, diags := r.answer(ctx, req.Config.Schema.Type(), asked, found)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// asked is the attribute that names what is to be read.
func asked(text string, check validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: text + "; letter case has no meaning.", Validators: []validator.String{check},
	}
}

func computedText(text string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: text}
}

func computedObject(text string, members map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{Computed: true, MarkdownDescription: text, Attributes: members}
}

func computedFlag(text string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: text}
}

// nested is the attribute of a list whose elements have these attributes.
func nested(text string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: text, NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// listed are the elements of such a list, sorted by the ID.
func listed(
	ctx context.Context, elements []values, idName string, attributes map[string]schema.Attribute,
) (types.List, diag.Diagnostics) {
	id := func(element values) string {
		text, _ := element[idName].(types.String)
		return strings.ToLower(text.ValueString())
	}
	slices.SortFunc(elements, func(a, b values) int { return cmp.Compare(id(a), id(b)) })
	of := nested("", attributes).NestedObject.Type()
	var diags diag.Diagnostics
	objects := make([]attr.Value, 0, len(elements))
	for _, element := range elements {
		object, more := configure.Object(ctx, of, element)
		diags.Append(more...)
		objects = append(objects, object)
	}
	if diags.HasError() {
		return types.ListNull(of), diags
	}
	return types.ListValue(of, objects)
}

// reader reads from one DPS instance for data sources and ephemeral resources.
type reader struct {
	services *azure.Services
	dps      *azure.Instance
}

// newReader opens the DPS instance that is configured, or the provider block's.
func newReader(services *azure.Services, configured iottype.TextValue) (*reader, diag.Diagnostics) {
	dps, err := services.DPS(configured.ValueString())
	switch {
	case err != nil && !services.Known():
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic("DPS instance is not known yet",
			"It is to be read now, and the provider block gets it or its credential only during the apply. Make the DPS "+
				"instance in an apply of its own first, or give dps_hostname here.")}
	case err != nil:
		return nil, diag.Diagnostics{iotdiag.NotConfigured(path.Root(dpsHostnameName), err)}
	}
	return &reader{services: services, dps: dps}, nil
}

// answer is the object of that type in which what was asked for stands as configuration has it, and the rest as found.
func (r *reader) answer(
	ctx context.Context, of attr.Type, asked types.Object, found values,
) (types.Object, diag.Diagnostics) {
	answer := asked.Attributes()
	if !iottype.IsSet(answer[dpsHostnameName]) {
		answer[dpsHostnameName] = iottype.Hostname().Value(r.dps.Host())
	}
	for name, value := range found {
		if given, ok := answer[name]; !ok || given.IsNull() {
			answer[name] = value
		}
	}
	return configure.Object(ctx, of, answer)
}

// whyAbsent says what to do about something that is not there.
func whyAbsent(noun string) string {
	const check = "Check the ID and the DPS instance."
	switch noun {
	case individualKind().noun:
		return check + " A device that came in through an enrollment group has no entry of its own."
	case registrationNoun:
		return "The device has not tried to register there, or its record was deleted. " + check
	}
	return check
}

// failed is the error of reading one object. That there is none is the attribute's fault.
func (r *reader) failed(verb, noun, attribute, id string, needs iotdiag.Right, err error) diag.Diagnostic {
	if azrest.IsNotFound(err) {
		return diag.NewAttributeErrorDiagnostic(path.Root(attribute), "No such "+noun, fmt.Sprintf(
			"There is no %s %q at %s. %s", noun, id, r.dps.Host(), whyAbsent(noun)))
	}
	return iotdiag.FailedOn(path.Root(attribute), r.attempt(verb, noun, id, needs), err)
}

// listFailed is the error of listing the entries of a kind.
func (r *reader) listFailed(k kind, err error) diag.Diagnostic {
	return iotdiag.Failed(r.attempt("list", k.noun+"s", "*", k.reading), err)
}

func (r *reader) attempt(verb, noun, id string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: noun, ID: id, Host: r.dps.Host(), Mode: r.services.Mode(r.dps.Host()), Needs: needs,
	}
}
