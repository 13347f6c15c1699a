// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Command bench measures what a plan costs that changes nothing: it fills an emulated DPS instance and hub with
// objects, writes a configuration and a state that agree with them, and has Terraform plan with the provider and with
// others beside it. It prints calls, time, the provider's processor time for each object, and its peak memory.
//
//	go run ./tools/bench -objects 1000
//
// Figures of two machines say nothing of each other, nor do those of a machine that does something else meanwhile: what
// counts are the ratios within one run. The emulator, Terraform and the provider share the machine's processors, so
// that the ratios of time fall short of those of processor time.
//
// It needs Go, and Terraform 1.11 or later on PATH or a network to install it from. Everything else stays on this
// machine, in a temporary directory that is removed at the end.
//
// Words: a fleet is a number of objects of one kind, in the emulator, a configuration and a state; a contender is a
// program that serves as the provider. What one costs is measured by this program itself, which Terraform starts in its
// place.
package main
