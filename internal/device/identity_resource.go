// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

// identityResource is azureiot_iothub_device_identity: the entry of one device in the registry of one hub. What names
// it is the hub and the device ID. What deleting it does is the attribute on_destroy.
type identityResource struct {
	configure.Resource[*azure.Services]
}

var (
	_ configure.Managed                   = &identityResource{}
	_ resource.ResourceWithValidateConfig = &identityResource{}
)

// NewIdentityResource makes azureiot_iothub_device_identity.
func NewIdentityResource() resource.Resource { return newIdentityResource() }

func newIdentityResource() *identityResource {
	return &identityResource{configure.Resource[*azure.Services]{
		Name: "iothub_device_identity", Describe: identitySchema,
		Identity: configure.IdentitySchema(
			hostnameName, "Host name of the IoT hub. Default: the provider block's.",
			deviceIDName, "The device's ID in the hub; letter case counts."),
	}}
}

// ValidateConfig checks what no attribute can check by itself.
func (r *identityResource) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config, diags := configure.Decode[identityModel](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(validateAuthentication(config.Authentication)...)
}

// Create makes the identity with one write. After that was accepted it returns no error, so that nothing is ever
// tainted.
func (r *identityResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	config, diags := configure.Decode[identityModel](ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	plan, diags := configure.Decode[identityModel](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(validateAuthentication(config.Authentication)...) // What was unknown at plan is known now.
	if resp.Diagnostics.HasError() {
		return
	}
	w, diags := r.newWriter(plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w.keys = configuredKeys(config.Authentication)
	made, diags := w.create(ctx, plan.managed())
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() && !w.wrote {
		return
	}
	state := flatten(made, plan)
	remembered := memory{ETag: string(made.ETag), ReasonConfigured: iottype.IsSet(config.StatusReason)}
	differing := differences(managedOf(made), plan.managed())
	if len(differing) > 0 && !resp.Diagnostics.HasError() {
		// A state that differs from the plan would be called the provider's defect, and an error would taint the identity.
		// Without an ETag the next plan reads what is there.
		resp.Diagnostics.Append(w.storedOtherwise(differing))
		state, remembered.ETag = configure.Completed(ctx, plan, state), ""
	}
	resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, remembered)...)
	resp.Diagnostics.Append(configure.Store(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, state)...)
}

// Read asks for the identity's ETag, which is cheap, and for the identity when that has moved. An identity that is gone
// leaves the state, with a warning.
func (r *identityResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	prior, diags := configure.Decode[identityModel](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	host, id := r.Services.HubHost(prior.IoTHubHostname.ValueString()), prior.DeviceID.ValueString()
	resp.Diagnostics.Append(identify(ctx, resp.Identity, prior)...)
	if !r.Services.Known() && !prior.imported() {
		resp.Diagnostics.Append(iotdiag.NotRefreshed(noun, id))
		resp.Diagnostics.Append(identify(ctx, resp.Identity, prior)...)
		return
	}
	hub, diags := openHub(r.Services, host)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if remembered.ETag != "" && !unchanged.Asked(ctx) && r.unmoved(ctx, hub, id, remembered.ETag) {
		return
	}
	found, err := hub.GetDevice(ctx, id)
	switch {
	case azrest.IsNotFound(err) && prior.imported():
		resp.Diagnostics.Append(nothingToImport(host, id))
		return
	case azrest.IsNotFound(err):
		resp.Diagnostics.Append(gone(host, id))
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(subject{services: r.Services, host: hub.Host(), deviceID: id}.readFailed(err))
		return
	}
	state := flatten(found, prior)
	if !prior.imported() && !prior.GenerationID.Equal(state.GenerationID) {
		resp.Diagnostics.Append(anotherGeneration(host, id))
		state.Authentication = withoutKeysVersion(state.Authentication)
	}
	remembered.ETag = string(found.ETag)
	resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, remembered)...)
	resp.Diagnostics.Append(configure.Store(ctx, &resp.State, state)...)
}

// unmoved tells whether the identity still has the ETag. A twin shows it and may be read 60 times as often as an
// identity; a hub that refuses a twin is asked for identities only from then on, and so is one that cannot answer now.
func (r *identityResource) unmoved(ctx context.Context, hub *azure.Hub, id, etag string) bool {
	if !hub.TwinsReadable() {
		return false
	}
	twin, err := hub.GetTwin(ctx, id)
	if azrest.IsUnauthorized(err) || azrest.IsForbidden(err) {
		if hub.TwinsRefused() {
			tflog.Info(ctx, "Twins of this hub may not be read; its device identities are refreshed one by one, which the hub "+
				"allows less often", map[string]any{"host": hub.Host()})
		}
	}
	return err == nil && string(twin.DeviceETag) == etag
}

// Update writes nothing when nothing of the identity changes (as with on_destroy), and overwrites nothing that the plan
// did not show. When it fails after a write, the state says what is true.
func (r *identityResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	config, diags := configure.Decode[identityModel](ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	plan, diags := configure.Decode[identityModel](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	prior, diags := configure.Decode[identityModel](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(validateAuthentication(config.Authentication)...)
	if resp.Diagnostics.HasError() {
		return
	}
	state := plan
	remembered.ReasonConfigured = iottype.IsSet(config.StatusReason)
	if sendKeys := sendsKeys(config, prior); sendKeys || differ(plan, prior) {
		w, diags := r.newWriter(plan)
		if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
			return
		}
		if sendKeys {
			w.keys = configuredKeys(config.Authentication)
		}
		now, diags := w.update(ctx, plan, prior)
		resp.Diagnostics.Append(diags...)
		if resp.Diagnostics.HasError() && !w.wrote {
			return // Nothing was written: the state stays as it is.
		}
		state, remembered.ETag = flatten(now, plan), string(now.ETag)
		if resp.Diagnostics.HasError() {
			state = flatten(now, prior)
		}
	}
	resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, remembered)...)
	resp.Diagnostics.Append(configure.Store(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, state)...)
}

// Delete does what on_destroy says. What stays is noted for a Create of the same identity in this apply, if this is one
// half of a replacement.
func (r *identityResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := configure.Decode[identityModel](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	fate, diags := iotplan.RecallFate(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w, diags := r.newWriter(state)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(w.destroy(ctx, state, fate)...)
}

// openHub makes the client of the hub at host.
func openHub(services *azure.Services, host string) (*azure.Hub, diag.Diagnostics) {
	hub, err := services.Hub(host, azure.HubNamed)
	if err != nil {
		return nil, diag.Diagnostics{iotdiag.NotConfigured(path.Root(hostnameName), err)}
	}
	return hub, nil
}

func (r *identityResource) newWriter(m identityModel) (*writer, diag.Diagnostics) {
	hub, diags := openHub(r.Services, m.IoTHubHostname.ValueString())
	if diags.HasError() {
		return nil, diags
	}
	w := openWriter(r.Services, hub, m.DeviceID.ValueString())
	return &w, nil
}

// identify sets the resource's identity.
func identify(ctx context.Context, identity *tfsdk.ResourceIdentity, m identityModel) diag.Diagnostics {
	return configure.Identify(ctx, identity, map[string]string{
		hostnameName: m.IoTHubHostname.ValueString(), deviceIDName: m.DeviceID.ValueString(),
	})
}

// storedOtherwise is what a create says of an answer that is not what was sent.
func (s subject) storedOtherwise(differing []difference) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The hub stored something else",
		s.storedText(differing)+"The next plan shows it too.")
}

// nothingToImport is the error of an import of what is not there.
func nothingToImport(host, id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot import: no device identity", fmt.Sprintf(
		"%s has no device identity %q. Letter case counts in device IDs; check the ID and the hub.", host, id))
}

// gone is the warning of a read that finds no identity.
func gone(host, id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Device identity is gone", fmt.Sprintf(
		"The device identity %q was deleted from %s outside Terraform. Unless its resource is removed, the next apply "+
			"makes it again.", id, host))
}

// anotherGeneration is the warning of a read that finds an identity that was made anew.
func anotherGeneration(host, id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Device identity was made anew", fmt.Sprintf(
		"The device identity %q in %s was deleted and made again outside Terraform. Its keys, twin and modules are not "+
			"those of before; keys given by configuration are sent again with the next apply.", id, host))
}

// differ tells whether a planned identity is not as it was. Authentication that was left as found may be anything.
func differ(plan, prior identityModel) bool {
	managedNow := prior.Authentication.IsNull() && !plan.Authentication.IsNull()
	return managedNow || len(differences(prior.managed(), plan.managed())) > 0
}

// sendsKeys tells whether an update sends the keys of configuration: their version has moved, or the device had no
// keys. Keys that are not known yet count, since they will be there at apply.
func sendsKeys(config, prior identityModel) bool {
	if config.Authentication.IsUnknown() || config.Authentication.Attributes()[primaryKeyName] == nil ||
		config.Authentication.Attributes()[primaryKeyName].IsNull() {
		return false
	}
	had := expandAuthentication(prior.Authentication)
	return had == nil || had.kind != aziothub.AuthenticationSAS ||
		!keysVersion(config.Authentication).Equal(keysVersion(prior.Authentication))
}

// ImportState takes "host/device-id", or the device ID alone for the provider block's hub, or an identity of the
// resource. Device IDs have no slash, and everything else that they may have stands as it is. The read that follows
// fills the rest.
func (r *identityResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	host, id, slash, diags := configure.ImportAddress(ctx, req, hostnameName, deviceIDName)
	if resp.Diagnostics.Append(diags...); slash && host == "" {
		resp.Diagnostics.AddError("Invalid import ID", "It begins with a slash. "+importForm)
	}
	resp.Diagnostics.Append(checkImport(host, id)...)
	if host = r.Services.HubHost(host); host == "" && !resp.Diagnostics.HasError() {
		_, diags := openHub(r.Services, host)
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(configure.Import(ctx, &resp.State, map[string]string{deviceIDName: id, hostnameName: host})...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityModel{
		DeviceID: types.StringValue(id), IoTHubHostname: iottype.Hostname().Value(host),
	})...)
}

const importForm = "It reads \"host/device-id\", or \"device-id\" for the provider block's hub."

func checkImport(host, id string) diag.Diagnostics {
	problem := iotvalidator.DeviceIDProblem(id)
	if problem == "" && host != "" {
		problem = iotvalidator.HostnameProblem(host)
	}
	if problem == "" {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
		path.Root(deviceIDName), "Invalid import ID", problem+" "+importForm)}
}

const (
	noun         = "device identity"
	resourceType = "azureiot_iothub_device_identity"
)

// subject is the identity of which diagnostics speak.
type subject struct {
	services       *azure.Services
	host, deviceID string
	// wrote says that a write was carried out.
	wrote bool
}

func (s subject) attempt(verb string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: noun, ID: s.deviceID, Host: s.host, Mode: s.services.Mode(s.host), Needs: needs,
	}
}

func (s subject) readFailed(err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt("read", iotdiag.ReadDeviceIdentity()), err)
}

// Attributes of a device identity.
const (
	deviceIDName       = "device_id"
	hostnameName       = "iothub_hostname"
	statusName         = "status"
	statusReasonName   = "status_reason"
	authenticationName = "authentication"
	edgeEnabledName    = "edge_enabled"
	parentScopeName    = "parent_scope"
	onDestroyName      = "on_destroy"
	deviceScopeName    = "device_scope"
	generationIDName   = "generation_id"
)

// identityModel is azureiot_iothub_device_identity in Terraform's types.
type identityModel struct {
	DeviceID       types.String      `tfsdk:"device_id"`
	IoTHubHostname iottype.TextValue `tfsdk:"iothub_hostname"`
	Status         types.String      `tfsdk:"status"`
	StatusReason   types.String      `tfsdk:"status_reason"`
	Authentication types.Object      `tfsdk:"authentication"`
	EdgeEnabled    types.Bool        `tfsdk:"edge_enabled"`
	ParentScope    types.String      `tfsdk:"parent_scope"`
	OnDestroy      types.String      `tfsdk:"on_destroy"`

	DeviceScope  types.String `tfsdk:"device_scope"`
	GenerationID types.String `tfsdk:"generation_id"`
}

// imported tells whether the model only names an identity that nothing has been read of yet.
func (m identityModel) imported() bool { return m.GenerationID.IsNull() }

// managed is what the model asks for, or says; everything in it must be known.
func (m identityModel) managed() managed {
	s := managed{
		status:         aziothub.StatusEnabled,
		reason:         m.StatusReason.ValueString(),
		authentication: expandAuthentication(m.Authentication),
		edge:           m.EdgeEnabled.ValueBool(),
		parent:         m.ParentScope.ValueString(),
	}
	if m.Status.ValueString() == aziothub.StatusDisabled {
		s.status = aziothub.StatusDisabled
	}
	return s
}

// flatten says an identity in Terraform's types. What the hub does not know stays as prior has it; authentication that
// prior does not manage is left out, except after an import, which shows what configuration can ask for.
func flatten(d aziothub.Device, prior identityModel) identityModel {
	s := managedOf(d)
	m := identityModel{
		DeviceID:       types.StringValue(d.DeviceID),
		IoTHubHostname: prior.IoTHubHostname,
		Status:         types.StringValue(s.status),
		StatusReason:   iottype.TextOrNull(s.reason),
		Authentication: types.ObjectNull(authenticationType().AttrTypes),
		EdgeEnabled:    types.BoolValue(s.edge),
		ParentScope:    iottype.TextOrNull(s.parent),
		OnDestroy:      prior.OnDestroy,
		DeviceScope:    types.StringPointerValue(ownScope(d)),
		GenerationID:   types.StringValue(d.GenerationID),
	}
	if !prior.Authentication.IsNull() || prior.imported() && s.authentication.canBeAskedFor() {
		m.Authentication = flattenAuthentication(s.authentication, prior.Authentication)
	}
	return m
}

// memory is what is remembered of an identity besides its state.
type memory struct {
	// ETag is the identity's when the state was last brought up to date; while it stands, so does the state.
	ETag string `json:"etag,omitempty"`
	// ReasonConfigured says that the reason comes from configuration: when it goes from there, it is cleared.
	ReasonConfigured bool `json:"reason_configured,omitempty"`
}

// memoryKey is where private state keeps the memory. Its version is raised when state comes to say more of an identity
// than it did. A memory that cannot be read has no ETag: the identity is read anew.
func memoryKey() iotstate.Key[memory] { return iotstate.Key[memory]{Name: "identity", Version: 1} }

func identitySchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A device identity: the entry of one device in the registry of an IoT hub, which decides " +
			"whether and how the device may connect.\n\nA change keeps everything that is not managed here exactly as it is: " +
			"keys that are not given, modules, the twin, and members that only newer versions of the service know. An " +
			"identity that exists already (DPS makes them) is never overwritten: import it. Keys never come into state; " +
			"`azureiot_iothub_device_credentials` shows them without storing them.\n\nEnabling and disabling an identity " +
			"decides about its hub alone. To keep a device out for good, in DPS and in its hubs, use " +
			"`azureiot_dps_device_disallow`.",
		Attributes: map[string]schema.Attribute{
			deviceIDName: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The device's ID in the hub, in which letter case counts. Up to 128 ASCII letters, digits " +
					"and characters of `- : . + % _ # * ? ! ( ) , = @ ; $ '`. Changing it replaces the resource.",
				Validators:    []validator.String{iotvalidator.DeviceID()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			hostnameName: schema.StringAttribute{
				Optional: true, Computed: true, CustomType: iottype.Hostname(),
				MarkdownDescription: "Host name of the IoT hub, with a port if it is not 443. Default: `iothub_hostname` of the " +
					"provider block. When it changes, also by way of the provider block, the resource is replaced.",
				Validators: []validator.String{iotvalidator.HubHostname()},
			},
			statusName:         statusAttribute(),
			statusReasonName:   statusReasonAttribute(),
			authenticationName: authenticationAttribute(),
			edgeEnabledName:    edgeAttribute(),
			parentScopeName:    parentAttribute(),
			onDestroyName: iotplan.OnDestroy(
				"When a replacement keeps hub and ID, what `disable` or `keep` left is taken over.",
				iotplan.Policy{Value: iotplan.DestroyDelete, Does: "deletes the identity with keys, twin and modules, for good"},
				iotplan.Disables(), iotplan.Keeps(), iotplan.Prevents()),
			deviceScopeName: schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The scope of an IoT Edge device, made by the hub, by which it is named as a parent in " +
					"`parent_scope`. Null for other devices.",
			},
			generationIDName: schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "What tells this identity from one of the same name that was deleted before. When it " +
					"changes, the identity was made anew outside Terraform.",
			},
		},
	}
}

func statusAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "`enabled` or `disabled`: whether the hub lets the device connect. Left out, a new identity " +
			"is enabled, and one that exists stays as it is found, also when it is replaced (as with `-replace` or after " +
			"`taint`), so that no pipeline undoes what operations disabled. Only an explicit `enabled` enables again, and the " +
			"plan warns of it; it is an error when `azureiot_dps_device_disallow` blocks the same device with the same " +
			"provider block.",
		Validators:    []validator.String{iotvalidator.OneOf(aziothub.StatusEnabled, aziothub.StatusDisabled)},
		PlanModifiers: []planmodifier.String{iotplan.AsFound(aziothub.StatusEnabled)},
	}
}

func statusReasonAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "Why the identity has its status, at most 128 characters. Left out, a reason stays as it is " +
			"found; it is cleared when it came from configuration before, and when the plan enables the identity.",
		Validators: []validator.String{iotvalidator.Reason()},
	}
}

func edgeAttribute() schema.Attribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: "Whether the device is an IoT Edge device, which has a scope, the modules `$edgeAgent` and " +
			"`$edgeHub`, and can be the parent of others. Default: `false`. It can be changed both ways; turned off, the " +
			"device loses its scope and those modules, and its children their gateway.",
	}
}

func parentAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "`device_scope` of the IoT Edge device that is this device's parent. Left out, the device " +
			"has none, and is detached from one that it was given elsewhere.",
		Validators: []validator.String{iotvalidator.DeviceScope()},
	}
}

func authenticationAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How the device proves itself to the hub. The type can be changed in place, which destroys " +
			"the keys or forgets the thumbprints that the device had. Left out, a new identity gets generated keys, and one " +
			"that exists keeps what it has: leave it out where DPS decides.",
		Attributes: map[string]schema.Attribute{
			typeName: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "`sas` (symmetric keys), `selfSigned` (a certificate that the hub knows by its thumbprint; " +
					"DPS makes these for X.509 devices), or `certificateAuthority` (a certificate with the device ID as common " +
					"name, signed by an authority that the hub knows).",
				Validators: []validator.String{iotvalidator.OneOf(authenticationTypes()...)},
			},
			primaryPrint: thumbprintAttribute("Thumbprint of the device's certificate, for `selfSigned`"),
			secondaryPrint: thumbprintAttribute("Thumbprint of a second certificate, for `selfSigned`, so that certificates " +
				"can be rolled"),
			primaryKeyName: keyAttribute("The primary key, for `sas`"),
			secondaryKeyName: keyAttribute("The secondary key, for `sas`; to change one key and keep the other, give the " +
				"other as it is, for instance from `azureiot_iothub_device_credentials`"),
			keysVersionName: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What says which keys are given, such as a number to raise or a date: when it changes, the " +
					"keys are sent. Terraform keeps no keys and cannot see otherwise that they changed. Required with keys.",
				Validators: []validator.String{iotvalidator.NotBlank("version of keys")},
			},
		},
	}
}

func thumbprintAttribute(what string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, CustomType: iottype.Thumbprint(),
		MarkdownDescription: what + ": SHA-1 or SHA-256 in hexadecimal without separators, in any letter case.",
		Validators:          []validator.String{iotvalidator.Thumbprint()},
		PlanModifiers:       []planmodifier.String{iotplan.KeepPrior(iottype.Thumbprint())},
	}
}

// keyAttribute is not marked sensitive: what is write-only is shown nowhere, and two sensitive attributes in one object
// make Terraform 1.11 report, now and then, that a refresh-only plan has changes when it has none.
func keyAttribute(what string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, WriteOnly: true,
		MarkdownDescription: what + ": base64 of 16 to 64 bytes. Both keys or neither are given; left out, they are " +
			"generated, and kept on every update. It is written to no state or plan.",
		Validators: []validator.String{iotvalidator.SymmetricKey()},
	}
}
