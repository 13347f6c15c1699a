// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package iotblock says in Terraform's types what both composites, the block of a device and that of a group, tell
// alike: their effects, and the groups that could let a device in again. It decides nothing.
package iotblock
