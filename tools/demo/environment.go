// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import "strings"

// terraformEnvironment is the given environment without what would change the story (other credentials, logs,
// arguments of the user's own), and with the given values.
func terraformEnvironment(environment []string, values map[string]string) []string {
	var kept []string
	for _, e := range environment {
		if !strings.HasPrefix(e, "TF_") && !strings.HasPrefix(e, "ARM_") && !strings.HasPrefix(e, "AZUREIOT_") {
			kept = append(kept, e)
		}
	}
	for name, value := range values {
		kept = append(kept, name+"="+value)
	}
	return append(kept, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
}
