// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package terraformcli finds the Terraform command that tests, the demo and the
// generation of documentation run, and installs one where there is none.
//
// It may not know the provider, nor depend on what a CLI can do: which features
// a CLI has is for its user to find out. It is not part of the provider.
//
// Words: a CLI is a Terraform command that is recent enough; the store is the
// directory in the user's cache that an installed CLI is kept in.
package terraformcli
