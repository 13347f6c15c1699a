// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "250"); err != nil { // The command line may say otherwise.
		os.Exit(2)
	}
	debug.SetGCPercent(1600) // Some 15 MB are alive at a time, and what collects it would take a quarter of the time.
	os.Exit(acctest.RunTests(m))
}
