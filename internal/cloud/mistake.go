// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package cloud

import (
	"regexp"
	"strings"
)

// DPSMistake says in one sentence why a host cannot be a DPS instance, as far as its name tells; empty when it may be
// one. The host is a bare host name. The sentence does not repeat it.
func DPSMistake(host string) string {
	const service = "a DPS instance is called NAME.azure-devices-provisioning.net (or .us, .cn)"
	switch name := bare(host); {
	case isHub(name):
		return "It is an IoT hub; " + service + "."
	default:
		return mistake(host, service)
	}
}

// HubMistake is DPSMistake for an IoT hub.
func HubMistake(host string) string {
	const service = "an IoT hub is called NAME.azure-devices.net (or .us, .cn)"
	switch name := bare(host); {
	case isDPS(name) && !isDeviceEndpoint(name):
		return "It is a DPS instance; " + service + "."
	default:
		return mistake(host, service)
	}
}

// scopeID is what DPS calls the instance towards devices: 0ne and digits, in China 0cn (Azure's samples for devices).
func scopeID(name string) bool {
	return regexp.MustCompile(`^0(?:ne|cn)[0-9a-f]{6,}$`).MatchString(name)
}

func mistake(host, service string) string {
	switch name := bare(host); {
	case scopeID(name):
		return "It is the ID scope, which devices use; " + service + ". The Azure portal shows it as the service endpoint."
	case isDeviceEndpoint(name):
		return "It is the global endpoint, which devices use; " + service +
			". The Azure portal shows it as the service endpoint."
	case strings.HasSuffix(name, ".servicebus.windows.net"):
		return "It is an Event Hubs endpoint; " + service + "."
	case isLabel(host):
		return "It is a name without a domain; " + service + "."
	}
	return ""
}

func isHub(name string) bool {
	for _, c := range All() {
		if strings.HasSuffix(name, c.HubSuffix) {
			return true
		}
	}
	return false
}

func isDPS(name string) bool {
	for _, c := range All() {
		if strings.HasSuffix(name, c.DPSSuffix) {
			return true
		}
	}
	return false
}

// isDeviceEndpoint tells the endpoints through which devices of all instances register ("IoT Hub Device Provisioning
// Service terminology": service operations endpoint and device provisioning endpoint).
func isDeviceEndpoint(name string) bool {
	first, _, _ := strings.Cut(name, ".")
	return isDPS(name) && (first == "global" || strings.HasPrefix(first, "global-"))
}

// isLabel tells a name without a dot and without a port: the name of the instance, for which no certificate of Azure
// would be good.
func isLabel(host string) bool {
	return !strings.EqualFold(host, "localhost") && !strings.ContainsAny(host, ".:[")
}
