// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

func deviceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Disallows one device end to end, as one reviewable object: a disabled individual " +
			"enrollment, so that DPS refuses the device even where an enabled group matches it, and the device's " +
			"identities disabled or deleted in every IoT hub in which it is known to have one. The plan says what happens " +
			"to each object before anyone approves.\n\nBlocking writes to DPS first and to the hubs afterwards; whatever " +
			"fails after that, DPS keeps refusing the device. **Destroying this resource changes nothing in Azure:** the " +
			"device stays blocked. Letting it back in is always an update that a reviewer sees: `desired_access = " +
			"\"restored\"`.\n\nA new block is planned from what the services say, so that an individual enrollment or an " +
			"enrollment group must not be made in the apply that disallows its device: let the first apply finish. The " +
			"entry may be managed by `azureiot_dps_individual_enrollment` as well, provided that this leaves " +
			"`provisioning_status` out.",
		Attributes: configure.Attributes(deviceSettings(), computedAttributes()),
	}
}

// deviceSettings are the attributes that configuration sets.
func deviceSettings() map[string]schema.Attribute {
	return configure.Attributes(deviceNames(), deviceCircumstances(), deviceActions())
}

// deviceNames say which device it is, and how it proves itself.
func deviceNames() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"registration_id": schema.StringAttribute{
			Required: true, CustomType: iottype.RegistrationID(),
			MarkdownDescription: "The device's name towards DPS: for an X.509 device the common name of its certificate. " +
				"Letter case has no meaning. Changing it replaces the resource, and leaves the former device blocked.",
			Validators: []validator.String{iotvalidator.RegistrationID()},
			PlanModifiers: []planmodifier.String{
				iotplan.KeepPrior(iottype.RegistrationID()), stringplanmodifier.RequiresReplace(),
			},
		},
		"dps_hostname": schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.Hostname(),
			MarkdownDescription: "Host name of the DPS instance; the provider block's when it is left out. Always in plan and " +
				"state, so that another instance shows: it replaces the resource. Letter case has no meaning.",
			Validators: []validator.String{iotvalidator.DPSHostname()},
		},
		"certificate_pem": schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.CertificatePEM(),
			MarkdownDescription: "The device's own (leaf) certificate as PEM; its common name must equal " +
				"`registration_id`. It tells which groups are above the device and proves identities that a search of the " +
				"hubs finds. Without it the entry is made with symmetric-key attestation, which blocks the device just as " +
				"well; its keys are kept nowhere. An imported certificate reads `sha256:<thumbprint>`, which may also be " +
				"written here; a new entry cannot be made from it and gets symmetric-key attestation.",
			Validators:    []validator.String{iotvalidator.CertificatePEM()},
			PlanModifiers: []planmodifier.String{keepStandIn{}, iotplan.KeepPrior(iottype.CertificatePEM())},
		},
		"certificate_chain_pem": schema.StringAttribute{
			Optional: true, CustomType: iottype.CertificateChainPEM(),
			MarkdownDescription: "The intermediate certificates above `certificate_pem` as PEM, the leaf's issuer first; " +
				"the root may be the last one. They tell of groups that stand higher in the chain. An " +
				"import cannot read them back: the first plan after it stores them, and writes nothing to Azure.",
			Validators: []validator.String{
				iotvalidator.CertificateChainPEM(),
			},
			PlanModifiers: []planmodifier.String{iotplan.KeepPrior(iottype.CertificateChainPEM())},
		},
		"device_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The device's ID in the hubs, where letter case has a meaning, for a device whose ID " +
				"differs from its registration ID. It is looked at in every hub in which the device is known to be or that is " +
				"named here, besides every other ID that is known: a device that was renamed keeps its former identity. An " +
				"entry that is made for the block carries it too. An identity that it once named stays watched when it is " +
				"changed; restoring, destroying and creating the block anew forgets it.",
			Validators: []validator.String{iotvalidator.DeviceID()},
		},
	}
}

// deviceCircumstances say where the device is besides, and why it is blocked.
func deviceCircumstances() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"additional_iothub_hostnames": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Hubs in which the device is to be blocked besides the one it is assigned to: those that " +
				"hold an identity of the same device that is read as `unverified`, or in which it is although no record tells. " +
				"An import cannot read them back.",
			Validators: []validator.Set{
				setvalidator.NoNullValues(), setvalidator.ValueStringsAre(iotvalidator.HubHostname()),
			},
			PlanModifiers: []planmodifier.Set{iotplan.KeepPriorSet(iottype.Hostname())},
		},
		"reason": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Why the device is blocked, at most 128 characters: written to the `statusReason` of an " +
				"identity that is disabled here, and kept in an entry that is made for the block.",
			Validators: []validator.String{iotvalidator.Reason()},
		},
	}
}

func deviceActions() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"desired_access": iotplan.DesiredAccess(
			"undoes exactly what this resource changed, each object shown in the plan."),
		"enrollment_action": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(actionDisable),
			MarkdownDescription: "What becomes of the individual enrollment: `disable` (default), or `delete` for a " +
				"device that no enabled group could let in again (end of life). `delete` needs proof of that, at plan and " +
				"again just before the call: TPM attestation; a symmetric key in the device's own entry, by which a hub " +
				"knows it too, while no symmetric-key group is enabled; a certificate that its own key signed; or no " +
				"enabled group of its kind. Without proof it is an error.",
			Validators: []validator.String{iotvalidator.OneOf(actionDisable, actionDelete)},
		},
		"hub_identity_action": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(actionDisable),
			MarkdownDescription: "What becomes of the device's identity in its hub: `disable` (default), `delete` (with " +
				"its twin and modules, for good), or `keep`, which leaves the device connected.",
			Validators: []validator.String{iotvalidator.OneOf(actionDisable, actionDelete, actionKeep)},
		},
		"delete_registration": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Deletes the registration record as the last step, once when this is set; it frees quota. " +
				"A record that a refused try makes afterwards is no drift. Default: `false`. An import cannot read it back.",
		},
		"on_destroy": iotplan.OnDestroy("",
			iotplan.Policy{
				Value: iotplan.DestroyKeep, Does: "changes nothing, so that the device stays blocked, and forgets the block",
			},
			iotplan.Policy{
				Value: iotplan.DestroyPrevent, Does: "makes a plan that would destroy or rename a finished block an error",
			}),
	}
}

// computedAttributes are the attributes that the provider computes.
func computedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"enrollment_status": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "Status of the individual enrollment: `enabled`, `disabled` or `absent`. It is planned to " +
				"its goal, so that an entry which somebody enabled shows as `\"enabled\" -> \"disabled\"`.",
		},
		"hub_identities": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "The device's identities, from `host/device` to status. A device may have several, also in " +
				"one hub: every identity counts that its registration record names, that an earlier look or the entry's mark " +
				"remembers, that configuration names, or that a search of the hubs finds under one of the device's names. " +
				identityStatuses + " Unknown in the plan of a new block when the device has not registered yet, and where only " +
				"the apply can tell: it blocks whatever proves to be the device by then.",
		},
		"access": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "What the device may do. `blocked`: DPS refuses it, every identity is disabled or " +
				"absent, and it is known where it can have one. `partially_blocked`: DPS refuses it, and a hub lets it in " +
				"or may, because an identity is enabled, unverified or unreachable, or because it is not known where the " +
				"device is. `allowed`: DPS lets it in, or nothing known rules that out. Unknown in a plan where the " +
				"whereabouts are not known; a policy must take that for a no.",
		},
		"enrollment_origin": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "`created` when this resource made the individual enrollment (it carries a mark), " +
				"`adopted` when the entry was there before; of an adopted entry only the status is changed, unless " +
				"`enrollment_action` deletes it.",
		},
		"previous": previousAttribute(),
		"reversible": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether restoring can bring everything back: `false` once an entry or an identity is deleted.",
		},
		"effects":        effectsAttribute(),
		"reenroll_paths": reenrollPathsAttribute(),
	}
}

const identityStatuses = "The statuses are `enabled`, `disabled`, `absent`, `unverified` (found by search and not " +
	"proven to be this device: left alone) and `unreachable` (the hub could not be read)."

func previousAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Computed: true,
		MarkdownDescription: "Where each object stood before this resource first changed it, which is what restoring " +
			"goes back to. What somebody else has disabled or made anew since counts as it is found. Known after the first " +
			"apply.",
		Attributes: map[string]schema.Attribute{
			"enrollment_status": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Status of the individual enrollment before the block; `absent` when the block made it.",
			},
			"hub_identities": schema.MapAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The identities before the block, from `host/device` to status.",
			},
		},
	}
}

func effectsAttribute() schema.SetNestedAttribute {
	return composite.Effects(composite.EffectWords{
		Effects: "What the planned change does, and afterwards what the last change did: one effect for every " +
			"object of the device, also for those that it leaves alone (`none`). Unknown in a plan where only the apply can " +
			"tell which identities there are. A plan without changes keeps the last effects, so that policies look at " +
			"`actions` first.",
		Target: "`dps_individual_enrollment`, `iothub_device_identity` or `dps_registration`.",
		Object: "The entry's or record's ID, or `host/device` for an identity.",
		Action: "`create_disabled`, `disable`, `enable`, `delete`, or `none` (the object is as it should be and is not " +
			"written). `disable` from `disabled` to `disabled` writes a reason or a certificate.",
		From: "Status before: a status of the object, or `registered` for a registration record.",
		To:   "Status afterwards.",
	})
}

func reenrollPathsAttribute() schema.SetNestedAttribute {
	return composite.ReenrollPaths(
		"The enabled enrollment groups that could let the device in if its individual enrollment vanished. While that is "+
			"disabled they are kept as they were last looked at: the block holds whatever groups come. Plans that destroy or "+
			"restore a block look afresh for their warnings. Unknown in the plan of a new block.",
		"ID of the enrollment group. Where more than three are merely `possible`, `*` stands for all of these.",
		"How certain that is: `thumbprint` (the group's certificate is in the device's chain), `issuer` (its name is), or "+
			"`possible` (nothing known excludes it).")
}

// keepStandIn keeps the stand-in of a certificate that an import found in the entry, where configuration gives none. A
// certificate that configuration gave before, and gives no more, is dropped.
type keepStandIn struct{}

func (keepStandIn) Description(context.Context) string {
	return "An imported certificate stays where configuration gives none."
}

func (m keepStandIn) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (keepStandIn) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if !req.ConfigValue.IsNull() {
		return
	}
	resp.PlanValue = types.StringNull()
	if _, found := certificate.IsThumbprint(req.StateValue.ValueString()); found {
		resp.PlanValue = req.StateValue
	}
}
