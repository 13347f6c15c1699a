// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"errors"
	"strings"
)

// Quiet switches the plugin loggers off when no TF_LOG variable of any kind has
// a value in environ (in the form of [os.Environ]), and does nothing otherwise.
// Without one the CLI shows no log at all, yet the loggers of
// terraform-plugin-log v0.11.0 start at TRACE and the CLI parses every line:
// about a fifth of a plan's processor time. The provider's own logger asks for
// the variable with the provider's name and no other. setenv is [os.Setenv].
func Quiet(environ []string, setenv func(name, value string) error) error {
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "TF_LOG") && value != "" {
			return nil
		}
	}
	return errors.Join(setenv("TF_LOG_SDK", "OFF"), setenv("TF_LOG_PROVIDER_AZUREIOT", "OFF"))
}
