// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"net/http"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// route finds the operation of a path, whose fixed parts are compared without case, and
// notes the IDs in the call. nil means that the emulator does not model it.
func route(method string, s []string, q *call) *operation {
	switch {
	case matches(s, "devices"):
		return devicesOperation(method)
	case method == http.MethodPost && matches(s, "devices", "query"):
		return reading("ServiceConnect", (*Hub).queryDevices, "twins/read")
	case method == http.MethodPost && matches(s, "devices", "keys", "regenerate"):
		return writing("RegistryWrite", (*Hub).regenerateKeys, "devices/write")
	case matches(s, "devices", "*"):
		q.deviceID = s[1]
		return deviceOperation(method)
	case method == http.MethodDelete && matches(s, "devices", "*", "commands"):
		q.deviceID = s[1]
		return reading("ServiceConnect", (*Hub).purgeCommands, "cloudToDeviceMessages/queue/purge/action")
	case method == http.MethodGet && matches(s, "devices", "*", "modules"):
		q.deviceID = s[1]
		return reading("RegistryRead", (*Hub).listModules, "devices/read")
	case matches(s, "devices", "*", "modules", "*"):
		q.deviceID, q.moduleID = s[1], s[3]
		return moduleOperation(method)
	case matches(s, "twins", "*"):
		q.deviceID = s[1]
		return twinOperation(method)
	case matches(s, "twins", "*", "modules", "*"):
		q.deviceID, q.moduleID = s[1], s[3]
		return twinOperation(method)
	case method == http.MethodGet && matches(s, "statistics", "devices"):
		return reading("RegistryRead", (*Hub).deviceStatistics, "statistics/read")
	case method == http.MethodGet && matches(s, "statistics", "service"):
		return reading("RegistryRead", (*Hub).serviceStatistics, "statistics/read")
	}
	return nil
}

type run = func(*Hub, *call) (*wire.Reply, *wire.Problem)

func reading(permission string, run run, actions ...string) *operation {
	return &operation{permission: permission, actions: actions, reads: true, run: run}
}

func writing(permission string, run run, actions ...string) *operation {
	return &operation{permission: permission, actions: actions, run: run}
}

func devicesOperation(method string) *operation {
	switch method {
	case http.MethodGet:
		return reading("RegistryRead", (*Hub).listDevices, "devices/read")
	case http.MethodPost:
		return writing("RegistryWrite", (*Hub).bulk, "devices/write", "devices/delete")
	}
	return nil
}

func deviceOperation(method string) *operation {
	switch method {
	case http.MethodGet:
		return reading("RegistryRead", (*Hub).getDevice, "devices/read")
	case http.MethodPut:
		return writing("RegistryWrite", (*Hub).putDevice, "devices/write")
	case http.MethodDelete:
		return writing("RegistryWrite", (*Hub).deleteDevice, "devices/delete")
	}
	return nil
}

func moduleOperation(method string) *operation {
	switch method {
	case http.MethodGet:
		return reading("RegistryRead", (*Hub).getModule, "devices/read")
	case http.MethodPut:
		return writing("RegistryWrite", (*Hub).putModule, "devices/write")
	case http.MethodDelete:
		return writing("RegistryWrite", (*Hub).deleteModule, "devices/delete")
	}
	return nil
}

func twinOperation(method string) *operation {
	switch method {
	case http.MethodGet:
		return reading("ServiceConnect", (*Hub).getTwin, "twins/read")
	case http.MethodPatch:
		return writing("ServiceConnect", (*Hub).patchTwin, "twins/write")
	case http.MethodPut:
		return writing("ServiceConnect", (*Hub).putTwin, "twins/write")
	}
	return nil
}

// matches compares the path with a pattern; "*" stands for an ID.
func matches(segments []string, pattern ...string) bool {
	if len(segments) != len(pattern) {
		return false
	}
	for i, p := range pattern {
		if p == "*" && segments[i] == "" || p != "*" && !strings.EqualFold(segments[i], p) {
			return false
		}
	}
	return true
}
