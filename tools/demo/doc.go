// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Command demo tells the story of a stolen device and of a missing one, for real: it builds the provider and the
// emulator, makes a certificate chain, starts a Device Provisioning Service with two IoT hubs, lets three devices in,
// and has Terraform disallow two of them. One of those is connected over MQTT, and loses its session. Each step says
// what one is looking at and checks that it is so; the exit status is 0 only if every step did what its caption says.
//
//	go run ./tools/demo
//
// It needs Go, and Terraform 1.11 or later on PATH or a network to install it from. Everything else stays on
// this machine, in a temporary directory that is removed at the end (-keep leaves it).
//
// Words: the story is a list of steps; a step acts on the stage (processes, directories, devices) and writes to
// the screen.
package main
