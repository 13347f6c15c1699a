// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

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
