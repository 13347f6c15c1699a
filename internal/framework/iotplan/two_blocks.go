// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// TwoBlocks says, on the attribute that names an object in words such as device "sensor-1", that another block of the
// type is for it as well; access and other are what they are for. It is an error when they undo one another.
func TwoBlocks(attribute path.Path, typeName, object, access, other string) diag.Diagnostic {
	const keep = "Keep one of them: to destroy the other changes nothing in Azure."
	if access != other && access != "" && other != "" {
		return diag.NewAttributeErrorDiagnostic(attribute, "Two blocks contradict each other", fmt.Sprintf(
			"One %s has desired_access = %q for %s, and another one has %q: each apply would undo the other's. %s",
			typeName, access, object, other, keep))
	}
	return diag.NewAttributeWarningDiagnostic(attribute, "Two blocks of one object", fmt.Sprintf(
		"Another %s is for %s as well. Each looks after it by itself, and only the one that was applied first knows how "+
			"things stood before. %s", typeName, object, keep))
}
