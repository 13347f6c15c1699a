// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package release

import (
	"runtime/debug"
	"strings"
)

// Version is the version of this program: the one that a release was stamped with; otherwise the one that Go installed
// it as (go install MODULE@v1.2.3); otherwise "dev".
func Version(stamped string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return of(stamped, info.Main.Version)
}

// develVersion is what Go calls a build of a working copy.
const develVersion = "(devel)"

func of(stamped, installed string) string {
	switch {
	case stamped != "":
		return stamped
	case installed != "" && installed != develVersion:
		return strings.TrimPrefix(installed, "v")
	}
	return "dev"
}
