// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package generated compares the parts of pages that say how the house, or the
// provider, is with what they should say, and writes them.
//
// It exists for tests only.
package generated
