// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package iottype has the attribute types whose values can be equal without being the same text: registration IDs and
// host names (letter case), certificates (their thumbprint), JSON (its meaning).
//
// The framework asks a type about equality after a read or a write, never at plan: every attribute of these types also
// carries the plan modifier of package iotplan. The package knows nothing of Azure's clients.
package iottype
