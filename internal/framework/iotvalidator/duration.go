// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Duration checks a duration such as "30m" or "720h" that is neither shorter nor longer than given.
func Duration(shortest, longest time.Duration) validator.String {
	rule := fmt.Sprintf("Give one such as \"30m\" or \"720h\", from %s to %s.", shortest, longest)
	return text{rule: rule, summary: "Invalid duration", problem: func(value string) string {
		d, err := time.ParseDuration(value)
		switch {
		case err != nil:
			return "It is not a duration. " + rule
		case d < shortest:
			return fmt.Sprintf("%s is too short. %s", d, rule)
		case d > longest:
			return fmt.Sprintf("%s is too long. %s", d, rule)
		}
		return ""
	}}
}
