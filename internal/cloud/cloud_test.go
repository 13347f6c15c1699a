// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package cloud_test

import (
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"

	ours "github.com/azureiot/terraform-provider-azureiot/internal/cloud"
)

func TestAuthorities_areThoseOfMicrosoftsSDK(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]cloud.Configuration{
		"public": cloud.AzurePublic, "usgovernment": cloud.AzureGovernment, "china": cloud.AzureChina,
	} {
		if c, ok := ours.Named(name); !ok || c.Authority != want.ActiveDirectoryAuthorityHost {
			t.Errorf("%s: %q, want %q", name, c.Authority, want.ActiveDirectoryAuthorityHost)
		}
	}
}

func TestAudiences_areThoseOfEachCloud(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"public":       {"https://azure-devices-provisioning.net/.default", "https://iothubs.azure.net/.default"},
		"usgovernment": {"https://azure-devices-provisioning.net/.default", "https://iothubs.azure.us/.default"},
		"china":        {"https://azure-devices-provisioning.net/.default", "https://iothubs.azure.net/.default"},
	} {
		c, ok := ours.Named(name)
		if !ok || c.DPSScope() != want[0] || c.HubScope() != want[1] {
			t.Errorf("%s: %s, %s", name, c.DPSScope(), c.HubScope())
		}
	}
	if c, ok := ours.Named("USGovernment"); !ok || c.Name != "usgovernment" {
		t.Error("letter case counts in the name of a cloud")
	}
	if _, ok := ours.Named("moon"); ok {
		t.Error("there is a cloud that nobody knows")
	}
}

func TestOf_isToldByTheSuffix(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"a.azure-devices.net": "public", "A.AZURE-DEVICES-PROVISIONING.US:443": "usgovernment",
		"a.azure-devices.cn.": "china", "a.azure-devices.net.evil.example": "", "evilazure-devices.net": "",
		"localhost:1": "", "[::1]:1": "", "": "",
	} {
		if c, ok := ours.Of(host); c.Name != want || ok != (want != "") {
			t.Errorf("%q is of %q, want %q", host, c.Name, want)
		}
	}
	china, _ := ours.Named("china")
	if !china.OwnsHub("H.azure-devices.cn:443") || china.OwnsHub("h.azure-devices.net") {
		t.Error("a cloud owns the hubs of its own suffix")
	}
}

func TestMistakes_areSeenInTheName(t *testing.T) {
	t.Parallel()
	const scope, global, hub, dps, events, label = "the ID scope", "the global endpoint", "is an IoT hub",
		"is a DPS instance", "an Event Hubs endpoint", "without a domain"
	for host, want := range map[string]struct{ dps, hub string }{
		"0ne00A1B2C3":                                         {scope, scope},
		"0cn0000990D":                                         {scope, scope},
		"global.azure-devices-provisioning.net":               {global, global},
		"Global.azure-devices-provisioning.cn:443":            {global, global},
		"global-canary.azure-devices-provisioning.net":        {global, global},
		"contoso.azure-devices.net":                           {dps: hub},
		"contoso.azure-devices.us:443":                        {dps: hub},
		"contoso.azure-devices-provisioning.net":              {hub: dps},
		"ihsuprod.servicebus.windows.net":                     {events, events},
		"contoso":                                             {label, label},
		"contoso:8443":                                        {},
		"localhost:8443":                                      {},
		"127.0.0.1:8443":                                      {},
		"[::1]:8443":                                          {},
		"[fd00::1]":                                           {},
		"dps.internal.example":                                {},
		"0ne00a1b2c3.azure-devices-provisioning.net":          {hub: dps},
		"contoso.privatelink.azure-devices-provisioning.net":  {hub: dps},
		"global.azure-devices-provisioning.net.proxy.example": {},
	} {
		if got := ours.DPSMistake(host); !says(got, want.dps) {
			t.Errorf("as a DPS %q: %q, want %q", host, got, want.dps)
		}
		if got := ours.HubMistake(host); !says(got, want.hub) {
			t.Errorf("as a hub %q: %q, want %q", host, got, want.hub)
		}
	}
}

func says(text, part string) bool {
	if part == "" {
		return text == ""
	}
	return strings.Contains(text, part)
}
