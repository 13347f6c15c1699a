// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package deprovision decides, from facts alone: which enrollment governs a device, whether the device may come in,
// and what a change does.
//
// It is pure and total: values go in, values come out, nothing fails. It may not know the network, the clock, the
// file system, Terraform or the clients of Azure's services; the package facts gathers what it is asked about.
package deprovision
