// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// The permissions of a shared access policy.
const (
	registryRead   = "RegistryRead"
	registryWrite  = "RegistryWrite"
	serviceConnect = "ServiceConnect"
	deviceConnect  = "DeviceConnect"
)

// The calls of a hub that are limited separately; twin writes and statistics are not.
const (
	BucketRegistry  wire.Bucket = "hub registry"
	BucketTwinReads wire.Bucket = "hub twin reads"
	BucketQueries   wire.Bucket = "hub queries"

	unlimited wire.Bucket = ""
)

type (
	handler = func(*Hub, *call) (*wire.Reply, *wire.Problem)
	route   = wire.Route[handler]
)

// routes are the calls of services. "devices/query" and the like stand before the devices
// that may be called so.
func routes() wire.Routes[handler] {
	const (
		purge   = "cloudToDeviceMessages/queue/purge/action"
		modules = "devices/*/modules"
		module  = "devices/*/modules/*"
	)
	all := wire.Routes[handler]{
		wire.On("GET devices", registryRead, BucketRegistry, reads((*Hub).listDevices), "devices/read"),
		wire.On("POST devices", registryWrite, BucketRegistry, writes((*Hub).bulk), "devices/write", "devices/delete"),
		wire.On("POST devices/query", serviceConnect, BucketQueries, reads((*Hub).queryDevices), "twins/read"),
		wire.On("POST devices/keys/regenerate", registryWrite, BucketRegistry,
			writes((*Hub).regenerateKeys), "devices/write"),

		wire.On("GET devices/*", registryRead, BucketRegistry, reads((*Hub).getDevice), "devices/read"),
		wire.On("PUT devices/*", registryWrite, BucketRegistry, writes((*Hub).putDevice), "devices/write"),
		wire.On("DELETE devices/*", registryWrite, BucketRegistry, writes((*Hub).deleteDevice), "devices/delete"),
		wire.On("DELETE devices/*/commands", serviceConnect, BucketRegistry, reads((*Hub).purgeCommands), purge),

		wire.On("GET "+modules, registryRead, BucketRegistry, reads((*Hub).listModules), "devices/read"),
		wire.On("GET "+module, registryRead, BucketRegistry, reads((*Hub).getModule), "devices/read"),
		wire.On("PUT "+module, registryWrite, BucketRegistry, writes((*Hub).putModule), "devices/write"),
		wire.On("DELETE "+module, registryWrite, BucketRegistry, writes((*Hub).deleteModule), "devices/delete"),

		wire.On("GET statistics/devices", registryRead, unlimited, reads((*Hub).deviceStatistics), "statistics/read"),
		wire.On("GET statistics/service", registryRead, unlimited, reads((*Hub).serviceStatistics), "statistics/read"),
	}
	for _, twin := range []string{"twins/*", "twins/*/modules/*"} {
		all = append(all,
			wire.On("GET "+twin, serviceConnect, BucketTwinReads, reads((*Hub).getTwin), "twins/read"),
			wire.On("PATCH "+twin, serviceConnect, unlimited, writes((*Hub).patchTwin), "twins/write"),
			wire.On("PUT "+twin, serviceConnect, unlimited, writes((*Hub).putTwin), "twins/write"),
		)
	}
	return all
}

// reads holds the lock that a call needs which changes nothing.
func reads(run handler) handler {
	return func(h *Hub, q *call) (*wire.Reply, *wire.Problem) {
		h.mu.RLock()
		defer h.mu.RUnlock()
		return run(h, q)
	}
}

// writes holds the lock of a call that may change something.
func writes(run handler) handler {
	return func(h *Hub, q *call) (*wire.Reply, *wire.Problem) {
		h.mu.Lock()
		defer h.mu.Unlock()
		return run(h, q)
	}
}

// allows says whether the caller may use the route. RegistryWrite implies reading
// (azure-docs, iot-hub-dev-guide-sas).
func allows(r *route, c caller.Caller) bool {
	implied := c.Mode == caller.SAS && r.Permission == registryRead && c.May(registryWrite)
	return implied || c.Allowed(r.Permission, r.Actions)
}
