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

		deviceBound = "devices/*/messages/deviceBound"
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
		wire.On("DELETE devices/*/commands", serviceConnect, BucketRegistry, writes((*Hub).purgeCommands), purge),

		wire.On("GET "+modules, registryRead, BucketRegistry, reads((*Hub).listModules), "devices/read"),
		wire.On("GET "+module, registryRead, BucketRegistry, reads((*Hub).getModule), "devices/read"),
		wire.On("PUT "+module, registryWrite, BucketRegistry, reading(writes, (*Hub).putModule), "devices/write"),
		wire.On("DELETE "+module, registryWrite, BucketRegistry, writes((*Hub).deleteModule), "devices/delete"),

		wire.On("POST devices/*/messages/events", "", unlimited, (*Hub).receive).Reading(maxMessage),
		wire.On("GET "+deviceBound, "", unlimited, (*Hub).nextMessage),
		wire.On("DELETE "+deviceBound+"/*", "", unlimited, (*Hub).settleMessage),
		wire.On("POST "+deviceBound+"/*/abandon", "", unlimited, (*Hub).abandonMessage),

		wire.On("GET statistics/devices", registryRead, unlimited, reads((*Hub).deviceStatistics), "statistics/read"),
		wire.On("GET statistics/service", registryRead, unlimited, reads((*Hub).serviceStatistics), "statistics/read"),
	}
	for _, twin := range []string{"twins/*", "twins/*/modules/*"} {
		all = append(all,
			wire.On("GET "+twin, serviceConnect, BucketTwinReads, reads((*Hub).getTwin), "twins/read"),
			wire.On("PATCH "+twin, serviceConnect, BucketTwinWrites, reading(writes, (*Hub).patchTwin), "twins/write"),
			wire.On("PUT "+twin, serviceConnect, BucketTwinWrites, reading(writes, (*Hub).putTwin), "twins/write"),
			wire.On("POST "+twin+"/methods", serviceConnect, unlimited, (*Hub).invoke,
				"directMethods/invoke/action").Reading(maxMethod),
		)
	}
	return all
}

// sessionRoutes are the calls of devices and modules that are connected, which HTTP does not have.
func sessionRoutes() wire.Routes[handler] {
	var all wire.Routes[handler]
	for _, who := range []string{"devices/*", "devices/*/modules/*"} {
		all = append(all,
			wire.On("CONNECT "+who, "", unlimited, (*Hub).openSession),
			wire.On("POST "+who+"/messages/events", "", unlimited, (*Hub).receive).Reading(maxMessage),
			wire.On("GET "+who+"/twin", "", BucketTwinReads, (*Hub).readOwnTwin),
			wire.On("PATCH "+who+"/twin/properties/reported", "", BucketTwinWrites, (*Hub).report),
			wire.On("POST "+who+"/methods/*", "", unlimited, (*Hub).answerMethod).Reading(maxMethod),
		)
	}
	return all
}
