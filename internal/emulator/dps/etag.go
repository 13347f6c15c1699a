// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/base64"
	"fmt"
	"time"
)

// formatETag makes an entity tag as recorded: base64 of a quoted GUID-like text whose
// first group is a counter and whose last group begins with the Unix seconds in hex.
func formatETag(counter uint32, t time.Time) string {
	text := fmt.Sprintf("\"%08x-0000-0800-0000-%08x0000\"", counter, uint32(t.Unix()))
	return base64.StdEncoding.EncodeToString([]byte(text))
}
