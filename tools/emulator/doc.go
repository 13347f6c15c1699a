// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package emulator starts an emulated Device Provisioning Service with its IoT Hubs for one test of a Go module: no
// account, no network, nothing left behind. What runs is the program tools/iotemulator, inside the test's process.
//
// Devices reach it over HTTPS and over MQTT 3.1.1, under the same host names and ports.
//
// Each emulator has keys, an ID scope and a certificate authority of its own, so tests may run beside each other. A
// handler of the emulator that panics fails the test.
package emulator
