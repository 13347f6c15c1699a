// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package disallow is the Terraform face of blocking a device end to end: a disabled individual enrollment, so that
// DPS refuses the device even where an enabled group matches, and its identity disabled or deleted in the hub to
// which it was assigned.
//
// Order is everything here. Blocking goes DPS first, born disabled, read back, an assignment in flight waited for, then
// each hub: a hub that refuses a device makes it register again. Restoring goes the other way round. Whatever breaks
// half-way, DPS keeps refusing a device that was blocked there. Destroying changes nothing in Azure.
//
// Its words: settings are what configuration asks; the picture is what is known of the device; the mark is what tells
// an entry that this resource made from one that it found.
package disallow
