// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package hub is one emulated IoT Hub: its registry of devices and modules, its twins,
// its queries, bulk calls and statistics, and the door at which a device shows its own
// credential. What the references leave open is listed at [Choices].
//
// It may know nothing of the provisioning service: whoever assigns a device to the hub
// uses Provision, Export, Import and Remove.
package hub
