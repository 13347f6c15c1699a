// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotdiag

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// NotConfigured is the error of an operation for which the provider block names no service, has no credential, or does
// not allow the host: err says which, and which argument gives it. host is the attribute that overrides the block's.
func NotConfigured(host path.Path, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(host, "Provider is not configured for this", Sentence(err))
}
