// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

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
