// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package composite is what both composites, the block of a device and that of a group, do and tell alike: how they are
// planned and imported, what they say when the services cannot be asked, their effects in Terraform's types, and the
// groups that could let a device in again. It decides nothing.
package composite
