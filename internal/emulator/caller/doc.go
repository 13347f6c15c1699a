// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package caller finds out who makes a request and what it may do: shared access
// signatures with their policies, and bearer tokens with the built-in roles. It makes those
// tokens as well; who may have one is decided in package authority.
//
// It may know neither service beyond what its tokens name: their two audiences and the prefixes of their data actions.
package caller
