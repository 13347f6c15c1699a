// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package cloud

import (
	"net/netip"
	"strings"
)

// Cloud is one of the Azure clouds.
type Cloud struct {
	// Name is the value of the provider's argument environment, as azurerm spells it.
	Name string
	// MetadataName is what the cloud's metadata service calls it.
	MetadataName string
	// Authority is the URL of the Microsoft Entra authority.
	Authority string
	// DPSSuffix and HubSuffix end the host names of the cloud's services.
	DPSSuffix, HubSuffix string
	// DPSAudience and HubAudience are what tokens for the services are for.
	DPSAudience, HubAudience string
}

// DPSScope is what a token for the DPS is asked with.
func (c Cloud) DPSScope() string { return c.DPSAudience + "/.default" }

// HubScope is what a token for IoT hubs is asked with.
func (c Cloud) HubScope() string { return c.HubAudience + "/.default" }

// All are the clouds that can be named, public first.
//
// Sources. Authorities: "National clouds" of Microsoft Entra ID, and azcore's package cloud, which a test compares.
// Suffixes: "Azure Private Endpoint private DNS zone values", which lists both services for each of the three clouds.
// Audience of hubs: IotHubAuthenticationScopes of Microsoft's SDK for .NET, which has one for US Government and says of
// the other that it is right for any other cloud. Audience of the DPS: Microsoft's SDKs and "Control access to DPS with
// Microsoft Entra ID" know one only.
func All() []Cloud {
	const dps, hub = "https://azure-devices-provisioning.net", "https://iothubs.azure.net"
	return []Cloud{
		{
			Name: "public", MetadataName: "AzureCloud", Authority: "https://login.microsoftonline.com/",
			DPSSuffix: ".azure-devices-provisioning.net", HubSuffix: ".azure-devices.net",
			DPSAudience: dps, HubAudience: hub,
		},
		{
			Name: "usgovernment", MetadataName: "AzureUSGovernment", Authority: "https://login.microsoftonline.us/",
			DPSSuffix: ".azure-devices-provisioning.us", HubSuffix: ".azure-devices.us",
			DPSAudience: dps, HubAudience: "https://iothubs.azure.us",
		},
		{
			Name: "china", MetadataName: "AzureChinaCloud", Authority: "https://login.chinacloudapi.cn/",
			DPSSuffix: ".azure-devices-provisioning.cn", HubSuffix: ".azure-devices.cn",
			DPSAudience: dps, HubAudience: hub,
		},
	}
}

// Named finds a cloud by the value of the argument environment, whose letter case does not count, as in azurerm.
func Named(name string) (Cloud, bool) {
	for _, c := range All() {
		if strings.EqualFold(c.Name, name) {
			return c, true
		}
	}
	return Cloud{}, false
}

// Names are the values of the argument environment.
func Names() []string {
	var names []string
	for _, c := range All() {
		names = append(names, c.Name)
	}
	return names
}

// OwnsHub tells whether host is a hub of this cloud, so that a token for hubs may be sent there.
func (c Cloud) OwnsHub(host string) bool { return strings.HasSuffix(bare(host), c.HubSuffix) }

// Of is the cloud whose suffix ends a host name; false for a host of nobody's, such as one behind a proxy.
func Of(host string) (Cloud, bool) {
	for _, c := range All() {
		if strings.HasSuffix(bare(host), c.DPSSuffix) || strings.HasSuffix(bare(host), c.HubSuffix) {
			return c, true
		}
	}
	return Cloud{}, false
}

// bare is a host name in lower case, without its port.
func bare(host string) string {
	host = strings.ToLower(host)
	if address, err := netip.ParseAddrPort(host); err == nil {
		return address.Addr().String()
	}
	if strings.HasPrefix(host, "[") {
		return strings.Trim(host, "[]")
	}
	name, _, _ := strings.Cut(host, ":")
	return strings.TrimSuffix(name, ".")
}
