// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package release

import "testing"

func TestVersion_isTheReleaseHoweverItWasBuilt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ stamped, installed, want string }{
		{"1.2.3", "", "1.2.3"},
		{"1.2.3", "v1.0.0", "1.2.3"},
		{"", "v1.2.3-beta.1", "1.2.3-beta.1"},
		{"", "(devel)", "dev"},
		{"", "", "dev"},
	} {
		if got := of(test.stamped, test.installed); got != test.want {
			t.Errorf("stamped %q, installed %q: %q, want %q", test.stamped, test.installed, got, test.want)
		}
	}
}

func TestVersion_aBuildOfAWorkingCopyHasAName(t *testing.T) {
	t.Parallel()
	if got := Version(""); got == "" {
		t.Error("it has none")
	}
}
