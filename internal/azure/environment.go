// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import "strings"

// Environment is an Azure cloud: the suffixes of its hosts and the scopes of its tokens.
type Environment struct {
	// Name is the value of the provider's argument environment.
	Name string
	// DPSSuffix and HubSuffix end the host names of the cloud's services.
	DPSSuffix, HubSuffix string
	// DPSScope and HubScope are what a Microsoft Entra token is asked for.
	DPSScope, HubScope string
}

// Environments are the clouds that can be named, public first. The national hosts are those of the DPS and IoT Hub
// documentation; their token audiences are not documented apart, so that the public ones are used.
func Environments() []Environment {
	const dpsScope, hubScope = "https://azure-devices-provisioning.net/.default", "https://iothubs.azure.net/.default"
	return []Environment{
		{"public", ".azure-devices-provisioning.net", ".azure-devices.net", dpsScope, hubScope},
		{"usgovernment", ".azure-devices-provisioning.us", ".azure-devices.us", dpsScope, hubScope},
		{"china", ".azure-devices-provisioning.cn", ".azure-devices.cn", dpsScope, hubScope},
	}
}

// EnvironmentNamed finds an environment by its name.
func EnvironmentNamed(name string) (Environment, bool) {
	for _, environment := range Environments() {
		if environment.Name == name {
			return environment, true
		}
	}
	return Environment{}, false
}

// ownsHub tells whether host is a hub of this cloud, so that a token for hubs may be sent there.
func (e Environment) ownsHub(host string) bool {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	return strings.HasSuffix(name, e.HubSuffix)
}
