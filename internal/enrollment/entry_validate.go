// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// validate checks attributes against each other. What is not known yet is checked when it becomes known.
func (m model) validate(k kind) diag.Diagnostics {
	diags := m.validateAllocation()
	diags.Append(m.validateKeys(k)...)
	diags.Append(m.validateCommonNames(k)...)
	diags.Append(m.validateSlots(k)...)
	diags.Append(m.validateSize(k)...)
	stays := iottype.IsSet(m.OnDestroy) && m.OnDestroy.ValueString() != iotplan.DestroyDelete
	if m.DeleteRegistrations.ValueBool() && stays {
		diags.AddAttributeError(path.Root(deleteRegistrationsName), "Records are deleted with the group only", fmt.Sprintf(
			"on_destroy is %q, so that destroying leaves the group in place, and its records with it. Leave one of the two out.",
			m.OnDestroy.ValueString()))
	}
	return diags
}

// validateAllocation has the rules that the service enforces late, when a device registers, or never (recorded traffic:
// a static policy without a hub is stored).
func (m model) validateAllocation() diag.Diagnostics {
	var diags diag.Diagnostics
	policy := m.AllocationPolicy
	if policy.IsUnknown() {
		return nil
	}
	if policy.ValueString() == azdps.AllocationStatic && !m.IoTHubHostnames.IsUnknown() {
		if count := len(m.IoTHubHostnames.Elements()); count != 1 {
			diags.AddAttributeError(path.Root(iothubHostnamesName), "Static allocation needs exactly one hub", fmt.Sprintf(
				"With allocation_policy = %q every device goes to the one hub in iothub_hostnames, which names %d. Name one there.",
				azdps.AllocationStatic, count))
		}
	}
	custom := policy.ValueString() == azdps.AllocationCustom
	if custom && m.CustomAllocation.IsNull() {
		diags.AddAttributeError(path.Root(allocationPolicyName), "Custom allocation needs a webhook", fmt.Sprintf(
			"With allocation_policy = %q a webhook chooses the hub: give custom_allocation.", azdps.AllocationCustom))
	}
	if !custom && iottype.IsSet(m.CustomAllocation) {
		diags.AddAttributeError(path.Root(customAllocationName), "Webhook is never called", fmt.Sprintf(
			"DPS asks the webhook only with allocation_policy = %q: set that, or leave custom_allocation out.",
			azdps.AllocationCustom))
	}
	return diags
}

// validateKeys ties keys to their version: a key without one could never be changed, and a version without a key would
// seem to change something.
func (m model) validateKeys(k kind) diag.Diagnostics {
	var diags diag.Diagnostics
	keys := k.shape.decode(m.Attestation).keys
	if keys == nil || keys.version.IsUnknown() {
		return nil
	}
	at := path.Root(attestationName).AtName(symmetricKeyName)
	given := iottype.IsSet(keys.primary) || iottype.IsSet(keys.secondary)
	if given && keys.version.IsNull() {
		diags.AddAttributeError(at, "Keys need a version", "A write-only key is sent when the entry is made and when "+
			"keys_wo_version changes; give keys_wo_version, such as 1.")
	}
	if !keys.version.IsNull() && keys.primary.IsNull() && keys.secondary.IsNull() {
		diags.AddAttributeError(at.AtName(keysVersionName), "Version without keys", "There is no key that it could be the "+
			"version of: give primary_key_wo or secondary_key_wo, or leave keys_wo_version out to have the service make the "+
			"keys.")
	}
	return diags
}

// validateCommonNames compares an individual enrollment's certificates with its registration ID: DPS takes the
// registration ID of an X.509 device from its certificate, so that it stores an entry of another name and never applies
// it.
func (m model) validateCommonNames(k kind) diag.Diagnostics {
	slots := k.shape.decode(m.Attestation).certificates
	if k.group || slots == nil || m.ID.IsUnknown() {
		return nil
	}
	var diags diag.Diagnostics
	for _, name := range []string{primaryName, secondaryName} {
		leaf, err := certificate.Parse(slots.slot(name).ValueString())
		if err != nil || strings.EqualFold(leaf.SubjectCommonName, m.ID.ValueString()) {
			continue // A stand-in, nothing, or the attribute's own validator has said what is wrong.
		}
		diags.AddAttributeError(k.shape.certificatePath(name), "Certificate of another device", fmt.Sprintf(
			"The certificate's common name is %q, and registration_id is %q. DPS takes the registration ID of an X.509 device "+
				"from the common name and would never apply this entry to the device. Give the certificate of this device, or "+
				"the common name as registration_id.", leaf.SubjectCommonName, m.ID.ValueString()))
	}
	return diags
}

// validateSlots warns of certificates that do not do what they are given for.
func (m model) validateSlots(k kind) diag.Diagnostics {
	slots := k.shape.decode(m.Attestation).certificates
	if slots == nil {
		return nil
	}
	var diags diag.Diagnostics
	var first certificate.Certificate
	for _, name := range []string{primaryName, secondaryName} {
		given, err := certificate.Parse(slots.slot(name).ValueString())
		if err != nil {
			continue // A stand-in, nothing, or the attribute's own validator has said what is wrong.
		}
		at := k.shape.certificatePath(name)
		if k.group && !given.CA {
			diags.AddAttributeWarning(at, "Certificate of no authority", fmt.Sprintf("The certificate (%s) does not say that "+
				"it is a certification authority's (basic constraints), so that no certificate that it signed is valid (RFC "+
				"5280). Give the certificate of the authority that signs those of the devices.", given.Subject))
		}
		if given.ThumbprintSHA256 == first.ThumbprintSHA256 {
			diags.AddAttributeWarning(at, "Same certificate twice", fmt.Sprintf("Both slots hold the certificate %s. The "+
				"second one is for its successor: leave it out until there is one.", given.Subject))
		}
		first = given
	}
	return diags
}

// maxBodySize is the size of a request that DPS takes ("Quotas and limits").
const maxBodySize = 96 * 1024

// validateSize measures what is known of the request; what is not known yet can only add to it.
func (m model) validateSize(k kind) diag.Diagnostics {
	wire, _ := m.expand(k.shape, entry{})
	body, err := json.Marshal(wire.body(k))
	if err != nil || len(body) <= maxBodySize {
		return nil // What cannot be encoded is no JSON, and its attribute's own validator has said so.
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Entry is too large", fmt.Sprintf(
		"Sending the %s takes %d bytes, and DPS takes no more than %d. The largest parts are usually %s.",
		k.noun, len(body), maxBodySize, initialTwinName))}
}
