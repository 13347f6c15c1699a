// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Attributes that say in which hub a device ends up.
const (
	allocationPolicyName = "allocation_policy"
	iothubHostnamesName  = "iothub_hostnames"
	customAllocationName = "custom_allocation"
	webhookURLName       = "webhook_url"
	apiVersionName       = "api_version"
)

// allocationPolicies are the values that the service knows.
func allocationPolicies() []string {
	return []string{
		azdps.AllocationHashed, azdps.AllocationGeoLatency, azdps.AllocationStatic, azdps.AllocationCustom,
	}
}

func expandAllocationPolicy(value types.String) *string {
	if !iottype.IsSet(value) {
		return nil
	}
	return value.ValueStringPointer()
}

// flattenAllocationPolicy spells the policy as the documentation does.
func flattenAllocationPolicy(wire *string) types.String {
	if wire == nil {
		return types.StringNull()
	}
	for _, policy := range allocationPolicies() {
		if strings.EqualFold(policy, *wire) {
			return types.StringValue(policy)
		}
	}
	return types.StringValue(*wire)
}

// expandHubs puts the hubs that are asked for into the entry. The single hub of older clients is kept where it is what
// is asked for.
func expandHubs(value types.Set, e *entry) {
	want := hostsIn(value)
	if e.IoTHubHostName != nil && len(e.IoTHubs) == 0 && len(want) == 1 && azrest.SameHost(want[0], *e.IoTHubHostName) {
		return
	}
	e.IoTHubHostName = nil
	if sameHosts(want, e.IoTHubs) {
		return
	}
	e.IoTHubs = want
}

// flattenHubs spells each host as prior does, and names it once: other clients may have given it twice, in two
// spellings. Their order has no meaning.
func flattenHubs(e entry, prior types.Set) types.Set {
	hosts := e.IoTHubs
	if len(hosts) == 0 && e.IoTHubHostName != nil && *e.IoTHubHostName != "" {
		hosts = []string{*e.IoTHubHostName}
	}
	if len(hosts) == 0 {
		return types.SetNull(types.StringType)
	}
	spelled := append(hostsIn(prior), hosts...)
	elements := make([]attr.Value, 0, len(hosts))
	for _, host := range hosts {
		if i := slices.IndexFunc(spelled, func(s string) bool { return azrest.SameHost(s, host) }); i >= 0 {
			host = spelled[i]
		}
		if element := types.StringValue(host); !slices.ContainsFunc(elements, element.Equal) {
			elements = append(elements, element)
		}
	}
	return types.SetValueMust(types.StringType, elements)
}

// hostsIn are the known elements of a set of host names, sorted.
func hostsIn(value types.Set) []string {
	var hosts []string
	for _, element := range value.Elements() {
		if text, ok := element.(types.String); ok && iottype.IsSet(text) {
			hosts = append(hosts, text.ValueString())
		}
	}
	slices.Sort(hosts)
	return hosts
}

func sameHosts(a, b []string) bool {
	lower := func(hosts []string) []string {
		folded := make([]string, 0, len(hosts))
		for _, host := range hosts {
			folded = append(folded, azrest.FoldHost(host))
		}
		slices.Sort(folded)
		return slices.Compact(folded)
	}
	return slices.Equal(lower(a), lower(b))
}

func customAllocationType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		webhookURLName: types.StringType, apiVersionName: types.StringType,
	}}
}

func expandCustomAllocation(
	value types.Object, stored *azdps.CustomAllocationDefinition,
) *azdps.CustomAllocationDefinition {
	if !iottype.IsSet(value) {
		return nil
	}
	wire := &azdps.CustomAllocationDefinition{
		WebhookURL: stringIn(value, webhookURLName).ValueString(), APIVersion: stringIn(value, apiVersionName).ValueString(),
	}
	if stored != nil {
		wire.Extra = stored.Extra
	}
	return wire
}

// flattenCustomAllocation keeps the URL of prior when the service masks its query, as its documentation shows it.
func flattenCustomAllocation(wire *azdps.CustomAllocationDefinition, prior types.Object) types.Object {
	if wire == nil {
		return types.ObjectNull(customAllocationType().AttrTypes)
	}
	url := types.StringValue(wire.WebhookURL)
	if known := stringIn(prior, webhookURLName); iottype.IsSet(known) && maskedURL(wire.WebhookURL, known.ValueString()) {
		url = known
	}
	return types.ObjectValueMust(customAllocationType().AttrTypes, map[string]attr.Value{
		webhookURLName: url, apiVersionName: types.StringValue(wire.APIVersion),
	})
}

// withoutWebhookURL is a custom allocation without the address, which is sensitive.
func withoutWebhookURL(value types.Object) types.Object {
	if value.IsNull() {
		return value
	}
	return types.ObjectValueMust(customAllocationType().AttrTypes, map[string]attr.Value{
		webhookURLName: types.StringNull(), apiVersionName: stringIn(value, apiVersionName),
	})
}

func maskedURL(told, known string) bool {
	base, _, _ := strings.Cut(told, "?")
	knownBase, _, _ := strings.Cut(known, "?")
	return isMasked(told) && base == knownBase
}

// isMasked tells whether the service has hidden a URL's query.
func isMasked(url string) bool {
	_, query, found := strings.Cut(url, "?")
	return found && query != "" && strings.Trim(query, "*") == ""
}

// webhookMasked is the error of a write for which nobody knows the webhook's whole address.
func webhookMasked() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(customAllocationName).AtName(webhookURLName),
		"Address of the webhook is not known", "DPS shows it without its query, and a write has to send all of it: give "+
			"custom_allocation.webhook_url.")
}
