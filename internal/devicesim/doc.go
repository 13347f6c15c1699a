// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package devicesim is a simulated device: it holds a credential, asks a Device Provisioning Service to
// register it, and tries to connect to the IoT hub it was assigned to, over the same HTTPS interface a real
// device uses; it can stay connected over MQTT as well. It also makes the certificates that such devices carry.
//
// Acceptance tests, conformance tests and the demo use it to ask the only question that counts after a
// change: does this device get in? It reports what it was told and never decides what should happen.
//
// It may not know Terraform, the service clients of this provider, or the emulator; it uses the standard
// library and another's client of MQTT only, so that a mistake in a client cannot hide in the device that checks it.
//
// Words: an [Authority] signs a [Certificate]; a [Device] presents a [Credential] to a [Service]; the end of
// one registration is an [Outcome], of one try at the hub a [Connection]; a [Session] lasts.
package devicesim
