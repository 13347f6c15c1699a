// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"io"
	"os"

	"github.com/hashicorp/go-hclog"
)

// noLogger is a logger for the plugin machinery, whose chatter would hide what a test prints. The framework's own
// logger can only be switched off by the environment, for the whole process; a variable that is set already is left
// alone.
func noLogger() hclog.Logger {
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_AZUREIOT"} {
		if _, set := os.LookupEnv(name); !set {
			_ = os.Setenv(name, "OFF")
		}
	}
	return hclog.New(&hclog.LoggerOptions{Output: io.Discard, Level: hclog.Off})
}
