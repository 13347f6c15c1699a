// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

const (
	tagsName      = "tags"
	conditionName = "condition"
)

// identitiesFilter says which identities of which hub are asked for.
type identitiesFilter struct {
	IoTHubHostname iottype.TextValue `tfsdk:"iothub_hostname"`
	Status         types.String      `tfsdk:"status"`
	Authentication types.String      `tfsdk:"authentication"`
	DeviceIDPrefix types.String      `tfsdk:"device_id_prefix"`
	Tags           types.Map         `tfsdk:"tags"`
	Condition      types.String      `tfsdk:"condition"`
}

func filterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		hostnameName: schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.Hostname(), MarkdownDescription: hostnameText,
			Validators: []validator.String{iotvalidator.HubHostname()},
		},
		statusName: schema.StringAttribute{
			Optional: true, MarkdownDescription: "Only those with this status: `enabled` or `disabled`.",
			Validators: []validator.String{iotvalidator.OneOf(aziothub.StatusEnabled, aziothub.StatusDisabled)},
		},
		authenticationName: schema.StringAttribute{
			Optional: true, MarkdownDescription: "Only those that prove themselves so: `sas`, `selfSigned`, " +
				"`certificateAuthority` or `none`.",
			Validators: []validator.String{iotvalidator.OneOf(aziothub.AuthenticationSAS,
				aziothub.AuthenticationSelfSigned, aziothub.AuthenticationCertificateAuthority,
				aziothub.AuthenticationNone)},
		},
		"device_id_prefix": schema.StringAttribute{
			Optional: true, MarkdownDescription: "Only those whose ID begins so; letter case counts.",
			Validators: []validator.String{iotvalidator.DeviceID()},
		},
		tagsName: schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Only those with all of these tags, from path to text: " +
				"`{ \"location.plant\" = \"Thale\" }`. Other types and names: `condition`.",
			Validators: []validator.Map{mapvalidator.KeysAre(iotvalidator.TagPath())},
		},
		conditionName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "A condition in the hub's query language, for what no filter here says: " +
				"`tags.floor > 2 AND capabilities.iotEdge = true`.",
			Validators: []validator.String{iotvalidator.NotBlank("condition")},
		},
	}
}

func (f identitiesFilter) selection(ctx context.Context) (selection, diag.Diagnostics) {
	s := selection{
		status: f.Status.ValueString(), authentication: f.Authentication.ValueString(),
		prefix: f.DeviceIDPrefix.ValueString(), condition: f.Condition.ValueString(),
	}
	if f.Tags.IsNull() {
		return s, nil
	}
	return s, f.Tags.ElementsAs(ctx, &s.tags, false)
}
