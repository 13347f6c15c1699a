// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package facts asks both services about one device and yields evidence, as a value: which entry it has and what its
// mark says, which groups there are, what its registration record says, and which identities it has in which hubs, with
// the reasons for which each was looked at and with what could not be read.
//
// It only reads. It knows the clients of package azure and nothing of Terraform; it decides nothing: package
// deprovision does, in whose words it speaks.
//
// # Words
//
//   - question: the names of a device, and what earlier looks found.
//   - answers: what the services said to one look, for one that follows at once.
//   - tie: why an identity is taken for the device's. No tie hides another.
//   - search: looking for the device under each of its names in every hub that anything names.
//   - seen: what tells whether DPS may have assigned the device since the last look.
//   - mark: what an entry carries that was made to block a device.
//   - namesake: the entry of a device of which only the hub's name was given.
package facts
