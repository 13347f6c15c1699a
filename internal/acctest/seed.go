// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"flag"
	"testing"
)

// RunTests runs the tests of a package, for its TestMain. Its properties draw the same cases every time, so that a run
// can be repeated; -rapid.seed draws others.
func RunTests(m *testing.M) int {
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); seed != nil && seed.Value.String() == seed.DefValue {
		if err := seed.Value.Set("20261123"); err != nil {
			return 2
		}
	}
	return m.Run()
}
