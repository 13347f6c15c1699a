// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain has the property draw the same cases every time, so that a run can be repeated; -rapid.seed draws others.
func TestMain(m *testing.M) {
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); seed != nil && seed.Value.String() == seed.DefValue {
		if err := seed.Value.Set("20261123"); err != nil {
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}
