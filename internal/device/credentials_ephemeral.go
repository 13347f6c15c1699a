// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// credentialsEphemeral is azureiot_iothub_device_credentials: what a device connects with, for handing on without
// passing through state. Opening it reads and changes nothing.
type credentialsEphemeral struct {
	configure.Ephemeral[*azure.Services]
}

var _ ephemeral.EphemeralResourceWithConfigure = &credentialsEphemeral{}

// NewCredentialsEphemeral makes azureiot_iothub_device_credentials.
func NewCredentialsEphemeral() ephemeral.EphemeralResource {
	return &credentialsEphemeral{configure.Ephemeral[*azure.Services]{
		Name: "iothub_device_credentials", Describe: credentialsSchema,
	}}
}

// credentialsModel is the ephemeral resource in Terraform's types.
type credentialsModel struct {
	DeviceID                  types.String      `tfsdk:"device_id"`
	IoTHubHostname            iottype.TextValue `tfsdk:"iothub_hostname"`
	GenerationID              types.String      `tfsdk:"generation_id"`
	SASTokenLifetime          types.String      `tfsdk:"sas_token_lifetime"`
	AuthenticationType        types.String      `tfsdk:"authentication_type"`
	PrimaryKey                types.String      `tfsdk:"primary_key"`
	SecondaryKey              types.String      `tfsdk:"secondary_key"`
	PrimaryConnectionString   types.String      `tfsdk:"primary_connection_string"`
	SecondaryConnectionString types.String      `tfsdk:"secondary_connection_string"`
	PrimarySASToken           types.String      `tfsdk:"primary_sas_token"`
	SecondarySASToken         types.String      `tfsdk:"secondary_sas_token"`
	SASTokenExpiresAt         types.String      `tfsdk:"sas_token_expires_at"`
}

func credentialsSchema() schema.Schema {
	secret := func(description string) schema.Attribute {
		return schema.StringAttribute{
			Computed: true, Sensitive: true, MarkdownDescription: description + " It is written to no state or plan.",
		}
	}
	return schema.Schema{
		MarkdownDescription: "What a device connects with: keys, connection strings, and SAS tokens with a lifetime, for " +
			"handing to a secret store or to a write-only argument without passing through state. The identity must exist; it " +
			"is read in plan and apply, and nothing is changed. Who may read identities may read their keys: the role \"IoT " +
			"Hub Data Reader\" is enough.\n\nTo rotate the keys of a device that stays connected, apply twice: first " +
			"`primary_key_wo` as it is (from here) with a new `secondary_key_wo`, then, when the device has been given the " +
			"new secondary key, a new `primary_key_wo` with `secondary_key_wo` as it is, and raise `keys_wo_version` with " +
			"each.",
		Attributes: map[string]schema.Attribute{
			deviceIDName: schema.StringAttribute(deviceIDAttribute()),
			hostnameName: schema.StringAttribute(hostnameAttribute()),
			generationIDName: schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "`generation_id` of the identity, to make sure that it is this one and none of the same " +
					"name that was made later. For an identity that the same apply creates it is needed: it is known only then, so " +
					"that Terraform waits.",
			},
			"sas_token_lifetime": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: fmt.Sprintf("How long the SAS tokens are good for, such as `30m` or "+
					"`720h`. Default: `%s`.", defaultLifetime),
				Validators: []validator.String{iotvalidator.Duration(shortestLifetime, longestLifetime)},
			},
			"authentication_type": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "`sas`, `selfSigned` or `certificateAuthority`. Only `sas` has keys and tokens; the others " +
					"have connection strings that say `x509=true` and are no secret.",
			},
			"primary_key":                 secret("The primary key, base64."),
			"secondary_key":               secret("The secondary key, base64."),
			"primary_connection_string":   secret("Connection string with the primary key."),
			"secondary_connection_string": secret("Connection string with the secondary key."),
			"primary_sas_token":           secret("SAS token signed with the primary key."),
			"secondary_sas_token":         secret("SAS token signed with the secondary key."),
			"sas_token_expires_at": schema.StringAttribute{
				Computed: true, MarkdownDescription: "When the SAS tokens end, in RFC 3339; null when there are none.",
			},
		},
	}
}

// Lifetimes of SAS tokens. A hub sets no bound of its own; a token that outlives a year is a key by another name.
const (
	defaultLifetime  = "1h"
	shortestLifetime = time.Minute
	longestLifetime  = 366 * 24 * time.Hour
)

// Open reads the identity and signs the tokens.
func (e *credentialsEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	m, diags := configure.Decode[credentialsModel](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if m.SASTokenLifetime.IsNull() {
		m.SASTokenLifetime = types.StringValue(defaultLifetime)
	}
	lifetime, err := time.ParseDuration(m.SASTokenLifetime.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(
			path.Root("sas_token_lifetime"), "Invalid duration", "It is not a duration. Give one such as \"1h\".")
		return
	}
	found, diags := readNow(ctx, e.Services, m.IoTHubHostname, m.DeviceID.ValueString())
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if iottype.IsSet(m.GenerationID) && m.GenerationID.ValueString() != found.GenerationID {
		resp.Diagnostics.Append(anotherOne(found.host.ValueString(), found.DeviceID))
		return
	}
	m.IoTHubHostname, m.GenerationID = found.host, types.StringValue(found.GenerationID)
	resp.Diagnostics.Append(m.take(found, e.Services.Now().Add(lifetime))...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, m)...)
}

// take fills in what the device connects with.
func (m *credentialsModel) take(found liveIdentity, expiry time.Time) diag.Diagnostics {
	host, id := found.host.ValueString(), found.DeviceID
	if found.Authentication == nil || !keysShown(found.Device) {
		return diag.Diagnostics{keysUnseen(host, id)}
	}
	m.AuthenticationType = types.StringValue(found.Authentication.Type)
	if found.Authentication.Type != aziothub.AuthenticationSAS {
		m.PrimaryConnectionString = types.StringValue(sas.DeviceConnectionStringX509(host, id))
		m.SecondaryConnectionString = m.PrimaryConnectionString
		return nil
	}
	keys := found.Authentication.SymmetricKey
	m.PrimaryKey, m.SecondaryKey = types.StringPointerValue(keys.PrimaryKey), types.StringPointerValue(keys.SecondaryKey)
	m.PrimaryConnectionString = types.StringValue(sas.DeviceConnectionString(host, id, *keys.PrimaryKey))
	m.SecondaryConnectionString = types.StringValue(sas.DeviceConnectionString(host, id, *keys.SecondaryKey))
	m.SASTokenExpiresAt = types.StringValue(expiry.UTC().Truncate(time.Second).Format(time.RFC3339))
	for _, slot := range []struct {
		key   string
		token *types.String
	}{{*keys.PrimaryKey, &m.PrimarySASToken}, {*keys.SecondaryKey, &m.SecondarySASToken}} {
		signed, err := sas.DeviceToken(host, id, slot.key, expiry)
		if err != nil {
			return diag.Diagnostics{keysUnseen(host, id)}
		}
		*slot.token = types.StringValue(signed)
	}
	return nil
}

func anotherOne(host, id string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(generationIDName), "Device identity was made anew", fmt.Sprintf(
		"The device identity %q in %s is of another generation than is asked for: it was deleted and made again.", id, host))
}

func keysUnseen(host, id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Hub shows no usable keys", fmt.Sprintf(
		"%s does not show how the device %q proves itself, or shows keys that are none.", host, id))
}
