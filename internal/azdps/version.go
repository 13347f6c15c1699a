// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

// Name and version of the client in the User-Agent header.
const (
	moduleName    = "azdps"
	moduleVersion = "v1.0.0"
)
