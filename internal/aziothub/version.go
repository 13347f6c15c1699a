// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

// Name and version of the client in the User-Agent header.
const (
	moduleName    = "aziothub"
	moduleVersion = "v1.0.0"
)
