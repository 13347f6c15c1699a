// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// The permissions of a shared access policy.
const (
	registryRead   = "RegistryRead"
	registryWrite  = "RegistryWrite"
	serviceConnect = "ServiceConnect"
	deviceConnect  = "DeviceConnect"
)

// The calls of a hub that are limited separately; statistics are not.
const (
	BucketRegistry   wire.Bucket = "hub registry"
	BucketTwinReads  wire.Bucket = "hub twin reads"
	BucketTwinWrites wire.Bucket = "hub twin writes"
	BucketQueries    wire.Bucket = "hub queries"

	unlimited wire.Bucket = ""
)

type handler = func(*Hub, *call) (*wire.Reply, *wire.Problem)

// routes are the calls of services and devices. "devices/query" and the like stand before
// the devices that may be called so.
func routes() wire.Routes[handler] {
	const (
		purge   = "cloudToDeviceMessages/queue/purge/action"
		modules = "devices/*/modules"
		module  = "devices/*/modules/*"
	)
	all := wire.Routes[handler]{
		wire.On("GET devices", registryRead, BucketRegistry, reads((*Hub).listDevices), "devices/read"),
		wire.On("POST devices", registryWrite, BucketRegistry, reading(writes, (*Hub).bulk),
			"devices/write", "devices/delete").Reading(maxBulkBody),
		wire.On("POST devices/query", serviceConnect, BucketQueries, reading(reads, (*Hub).queryDevices), "twins/read"),
		wire.On("POST devices/keys/regenerate", registryWrite, BucketRegistry,
			reading(writes, (*Hub).regenerateKeys), "devices/write"),

		wire.On("GET devices/*", registryRead, BucketRegistry, reads((*Hub).getDevice), "devices/read"),
		wire.On("PUT devices/*", registryWrite, BucketRegistry, reading(writes, (*Hub).putDevice), "devices/write"),
		wire.On("DELETE devices/*", registryWrite, BucketRegistry, writes((*Hub).deleteDevice), "devices/delete"),
		wire.On("DELETE devices/*/commands", serviceConnect, BucketRegistry, reads((*Hub).purgeCommands), purge),

		wire.On("GET "+modules, registryRead, BucketRegistry, reads((*Hub).listModules), "devices/read"),
		wire.On("GET "+module, registryRead, BucketRegistry, reads((*Hub).getModule), "devices/read"),
		wire.On("PUT "+module, registryWrite, BucketRegistry, reading(writes, (*Hub).putModule), "devices/write"),
		wire.On("DELETE "+module, registryWrite, BucketRegistry, writes((*Hub).deleteModule), "devices/delete"),

		wire.On("POST devices/*/messages/events", "", unlimited, (*Hub).receive).Reading(maxMessage),
		wire.On("GET devices/*/messages/deviceBound", "", unlimited, (*Hub).nextMessage),

		wire.On("GET statistics/devices", registryRead, unlimited, reads((*Hub).deviceStatistics), "statistics/read"),
		wire.On("GET statistics/service", registryRead, unlimited, reads((*Hub).serviceStatistics), "statistics/read"),
	}
	for _, twin := range []string{"twins/*", "twins/*/modules/*"} {
		all = append(all,
			wire.On("GET "+twin, serviceConnect, BucketTwinReads, reads((*Hub).getTwin), "twins/read"),
			wire.On("PATCH "+twin, serviceConnect, BucketTwinWrites, reading(writes, (*Hub).patchTwin), "twins/write"),
			wire.On("PUT "+twin, serviceConnect, BucketTwinWrites, reading(writes, (*Hub).putTwin), "twins/write"),
		)
	}
	return all
}
