// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotdiag

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// NotRefreshed is the warning of a read for which the provider block is not known yet: an endpoint or a credential is
// made or replaced in the same apply. What was read last stands.
func NotRefreshed(noun, id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Not refreshed: the provider block is not known yet", fmt.Sprintf(
		"An endpoint or a credential of the provider block is known only after the apply, so that the %s %q was not read. "+
			"The plan goes by what was read last.", noun, id))
}
