// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"io"

	"github.com/hashicorp/go-hclog"
)

// silent is a logger for the plugin machinery, whose chatter would hide what a test prints.
func silent() hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Output: io.Discard, Level: hclog.Off})
}
