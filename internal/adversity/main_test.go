// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(800) // Little is alive at a time, and what collects it would take a quarter of the time.
	os.Exit(acctest.RunTests(m))
}
