// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package acctest is the world of one acceptance test: an emulator of both services, devices that try to get in, an
// operator who works behind Terraform's back, and the provider, driven by the Terraform command or at protocol level.
//
// Tests only: no production package may import it. Nothing is shared between two worlds, so that every test is
// parallel.
package acctest
