// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// registrationName is the attribute of an individual enrollment that holds the device's registration.
const registrationName = "registration"

// NewIndividualDataSource makes azureiot_dps_individual_enrollment as it is read, with the device's registration.
func NewIndividualDataSource() datasource.DataSource {
	k := individualKind()
	return &dataSource{name: k.typeName, read: k.readOne, schema: func() schema.Schema {
		attributes := k.viewAttributes()
		attributes[registrationIDName] = asked("The device's name towards DPS", iotvalidator.RegistrationID())
		attributes[registrationName] = computedObject(
			"What DPS remembers of the device's last attempt to register; its status is `unassigned` before the first.",
			registrationViewAttributes())
		return schema.Schema{
			MarkdownDescription: "An individual enrollment as DPS has it now, with the device's registration and without " +
				"keys. It is an error when there is none; in a `check` block that is a warning.",
			Attributes: attributes,
		}
	}}
}

// NewGroupDataSource makes azureiot_dps_enrollment_group as it is read.
func NewGroupDataSource() datasource.DataSource {
	k := groupKind()
	return &dataSource{name: k.typeName, read: k.readOne, schema: func() schema.Schema {
		attributes := k.viewAttributes()
		attributes[enrollmentGroupIDName] = asked("ID of the enrollment group", iotvalidator.EnrollmentGroupID())
		return schema.Schema{
			MarkdownDescription: "An enrollment group as DPS has it now, without keys. It is an error when there is none; in " +
				"a `check` block that is a warning.",
			Attributes: attributes,
		}
	}}
}

// NewIndividualsDataSource makes azureiot_dps_individual_enrollments: those of an instance, sorted by registration ID.
func NewIndividualsDataSource() datasource.DataSource {
	return individualKind().dataSourceOfAll("dps_individual_enrollments", "individual_enrollments",
		"The individual enrollments of a DPS instance, all or those that pass filters, without keys and registrations. Each "+
			"hundred of all is one call, which DPS counts and bills as one operation.",
		"The individual enrollments, sorted by registration ID.")
}

// NewGroupsDataSource makes azureiot_dps_enrollment_groups: those of an instance, sorted by ID.
func NewGroupsDataSource() datasource.DataSource {
	return groupKind().dataSourceOfAll("dps_enrollment_groups", "enrollment_groups",
		"The enrollment groups of a DPS instance, all or those that pass filters, without keys. Each hundred of all is one "+
			"call.", "The enrollment groups, sorted by ID.")
}

// readOne reads the entry that is asked for.
func (k kind) readOne(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
	id := stringIn(asked, k.idName).ValueString()
	e, err := k.open(r.dps).read(ctx, id)
	if err != nil {
		return nil, diag.Diagnostics{r.failed("read", k.noun, k.idName, id, k.reading, err)}
	}
	view := k.view(e)
	if k.group {
		return view, nil
	}
	record := azdps.Registration{RegistrationID: e.ID, Status: azdps.RegistrationUnassigned}
	if e.Registration != nil {
		record = *e.Registration
	}
	registration, diags := registrationObject(ctx, record)
	view[registrationName] = registration
	return view, diags
}

// dataSourceOfAll lists the entries of the kind in the attribute listName.
func (k kind) dataSourceOfAll(name, listName, text, listText string) *dataSource {
	return &dataSource{
		name: name,
		schema: func() schema.Schema {
			attributes := k.filterAttributes()
			attributes[listName] = nested(listText, k.viewAttributes())
			return schema.Schema{MarkdownDescription: text, Attributes: attributes}
		},
		read: func(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
			var views []values
			now := r.services.Now()
			err := k.open(r.dps).each(ctx, func(e entry) {
				if k.wanted(e, asked, now) {
					views = append(views, k.view(e))
				}
			})
			if err != nil {
				return nil, diag.Diagnostics{r.listFailed(k, err)}
			}
			list, diags := listed(ctx, views, k.idName, k.viewAttributes())
			return values{listName: list}, diags
		},
	}
}

const (
	typeName        = "type"
	createdName     = "created_date_time_utc"
	lastUpdatedName = "last_updated_date_time_utc"
)

// view is what data sources tell of an entry: everything but keys.
func (k kind) view(e entry) values {
	view := k.values(flatten(k.shape, e, newModel("", e.ID)))
	view[k.idName] = types.StringValue(e.ID)
	view[attestationName] = k.shape.view(e)
	view[createdName] = iottype.TextOrNull(e.CreatedDateTimeUTC)
	view[lastUpdatedName] = iottype.TextOrNull(e.LastUpdatedDateTimeUTC)
	return view
}

// view tells of an attestation what is no secret: its type, which may be one that is not known here, and public keys.
func (s shape) view(e entry) types.Object {
	a := s.flatten(e.Attestation, attestation{})
	members := map[string]attr.Value{typeName: types.StringValue(e.Attestation.Type)}
	if s.tpm {
		members[tpmName] = a.tpm.encode()
	}
	if s.references {
		members[caReferencesName] = a.references.encode()
	}
	return types.ObjectValueMust(s.viewType().AttrTypes, members)
}

func (s shape) viewType() types.ObjectType {
	members := map[string]attr.Type{typeName: types.StringType}
	if s.tpm {
		members[tpmName] = tpmType()
	}
	if s.references {
		members[caReferencesName] = caReferencesType()
	}
	return types.ObjectType{AttrTypes: members}
}

// viewAttributes describe an entry in a data source.
func (k kind) viewAttributes() map[string]schema.Attribute {
	attributes := sharedViewAttributes(k.shape)
	if k.group {
		attributes[enrollmentGroupIDName] = computedText("ID of the enrollment group.")
		return attributes
	}
	attributes[registrationIDName] = computedText("The device's name towards DPS.")
	attributes[deviceIDName] = computedText("The device's ID in its hub; null when it is the registration ID.")
	attributes[deviceInformationName] = schema.StringAttribute{
		Computed: true, CustomType: iottype.JSON(), MarkdownDescription: "What is kept about the device, as JSON.",
	}
	return attributes
}

func sharedViewAttributes(s shape) map[string]schema.Attribute {
	facts := map[string]schema.Attribute{}
	for name, text := range factsTexts() {
		facts[name] = computedText(text)
	}
	return map[string]schema.Attribute{
		statusName:      computedText("Whether devices may register: `enabled` or `disabled`."),
		attestationName: s.attestationViewAttribute(),
		certificatesName: computedObject("The certificates in the slots; null without such certificates.",
			map[string]schema.Attribute{
				primaryName:   computedObject("The certificate of the first slot.", facts),
				secondaryName: computedObject("The certificate of the second slot.", facts),
			}),
		allocationPolicyName: computedText("How a device's hub is chosen; null when the DPS instance decides."),
		iothubHostnamesName: schema.SetAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Host names of the hubs to choose from; null when these are all linked hubs.",
		},
		customAllocationName: computedObject("The webhook that chooses the hub.", map[string]schema.Attribute{
			webhookURLName: schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "Address of the webhook. Sensitive, because it usually carries a function key: it is hidden " +
					"in the output and stored in state.",
			},
			apiVersionName: computedText("API version of the document that the webhook is sent."),
		}),
		reprovisionPolicyName: computedObject("What happens when a device that has a hub registers again.",
			map[string]schema.Attribute{
				updateHubAssignmentName: computedFlag("Whether the hub is chosen anew."),
				migrateDeviceDataName:   computedFlag("Whether twin and capabilities move to the new hub."),
			}),
		initialTwinName: computedObject("The twin that a device gets in its hub when it is first assigned.",
			map[string]schema.Attribute{
				tagsName: schema.StringAttribute{
					Computed: true, CustomType: iottype.JSON(), MarkdownDescription: "Tags as JSON.",
				},
				desiredPropertiesName: schema.StringAttribute{
					Computed: true, CustomType: iottype.JSON(), MarkdownDescription: "Desired properties as JSON.",
				},
			}),
		edgeEnabledName: computedFlag("Whether devices are IoT Edge devices in their hub."),
		createdName:     computedText("When it was created, in UTC."),
		lastUpdatedName: computedText("When it was last changed, in UTC."),
	}
}

func (s shape) attestationViewAttribute() schema.SingleNestedAttribute {
	members := map[string]schema.Attribute{
		typeName: computedText("`x509`, `tpm` or `symmetricKey`, as DPS writes it."),
	}
	if s.tpm {
		members[tpmName] = computedObject("The device's TPM; null for other types.", map[string]schema.Attribute{
			endorsementKeyName: computedText("Public part of the endorsement key, base64."),
			storageRootKeyName: computedText("Public part of the storage root key, base64."),
		})
	}
	if s.references {
		members[caReferencesName] = computedObject("CA certificates of the instance by name; null when there are none.",
			map[string]schema.Attribute{
				primaryName:   computedText("Name of the first CA certificate."),
				secondaryName: computedText("Name of the second CA certificate."),
			})
	}
	return computedObject("How devices prove themselves to DPS, without keys.", members)
}

const (
	hubFilterName = "iothub_hostname"
	expiresName   = "certificate_expires_within_days"
)

// filterAttributes are the filters of a list. DPS has none of its own, so that entries are read whatever is asked.
func (k kind) filterAttributes() map[string]schema.Attribute {
	attestations := []string{azdps.AttestationX509, azdps.AttestationSymmetricKey}
	if k.shape.tpm {
		attestations = append(attestations, azdps.AttestationTPM)
	}
	attributes := map[string]schema.Attribute{
		statusName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only those with this status: `enabled` or `disabled`. Default: all. DPS has no filters of " +
				"its own, so that filters save no calls; where several are given, all must hold.",
			Validators: []validator.String{iotvalidator.OneOf(azdps.StatusEnabled, azdps.StatusDisabled)},
		},
		attestationName: schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Only those with this attestation: `" + strings.Join(attestations, "`, `") + "`.",
			Validators:          []validator.String{iotvalidator.OneOf(attestations...)},
		},
		allocationPolicyName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only those with this policy: `" + strings.Join(allocationPolicies(), "`, `") + "`. Those " +
				"that leave it to the DPS instance have none.",
			Validators: []validator.String{iotvalidator.OneOf(allocationPolicies()...)},
		},
		hubFilterName: schema.StringAttribute{
			Optional: true, CustomType: iottype.Hostname(),
			MarkdownDescription: "Only those that name this hub among those to choose from.",
			Validators:          []validator.String{iotvalidator.HubHostname()},
		},
		expiresName: schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "Only those with a certificate that ends within so many days from now, or has ended; with 0 " +
				"only those with one that has ended.",
			Validators: []validator.Int64{int64validator.AtLeast(0)},
		},
	}
	if !k.group {
		attributes[deviceIDName] = schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only that whose device has this ID in its hub: the one that names it, or else the one of " +
				"this registration ID that names none.",
			Validators: []validator.String{iotvalidator.DeviceID()},
		}
	}
	return attributes
}

// wanted tells whether an entry passes every filter that is asked for.
func (k kind) wanted(e entry, asked types.Object, now time.Time) bool {
	status, attestation, policy, device := stringIn(asked, statusName), stringIn(asked, attestationName),
		stringIn(asked, allocationPolicyName), stringIn(asked, deviceIDName)
	hub, days := textIn(asked, hubFilterName, iottype.Hostname()), int64In(asked, expiresName)
	return (status.IsNull() || status.Equal(flattenStatus(e))) &&
		(attestation.IsNull() || attestation.ValueString() == e.Attestation.Type) &&
		(policy.IsNull() || policy.Equal(flattenAllocationPolicy(e.AllocationPolicy))) &&
		(device.IsNull() || e.isOfDevice(device.ValueString())) &&
		(hub.IsNull() || e.names(hub.ValueString())) &&
		(days.IsNull() || k.shape.ends(e, now.AddDate(0, 0, int(days.ValueInt64()))))
}

// isOfDevice tells whether a device is called so in its hub.
func (e entry) isOfDevice(deviceID string) bool {
	if e.DeviceID != nil && *e.DeviceID != "" {
		return *e.DeviceID == deviceID
	}
	return strings.EqualFold(e.ID, deviceID)
}

// names tells whether a hub is among those that the entry has to choose from.
func (e entry) names(host string) bool {
	same := func(named string) bool { return azrest.SameHost(named, host) }
	return slices.ContainsFunc(e.IoTHubs, same) || e.IoTHubHostName != nil && same(*e.IoTHubHostName)
}

// ends tells whether a certificate of an entry ends before a moment.
func (s shape) ends(e entry, before time.Time) bool {
	slots := s.slots(e.Attestation.X509)
	if slots == nil {
		return false
	}
	return slices.ContainsFunc([]*azdps.Certificate{slots.Primary, slots.Secondary}, func(slot *azdps.Certificate) bool {
		if slot == nil || slot.Info == nil {
			return false
		}
		end, err := time.Parse(time.RFC3339, slot.Info.NotAfterUTC)
		return err == nil && !end.After(before)
	})
}
