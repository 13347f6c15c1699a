// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

func TestSameHost_takesNoHeedOfLetterCaseNorOfTheUsualPort(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]bool{
		{"a.example", "A.Example"}:           true,
		{"a.example", "a.example:443"}:       true,
		{"A.example:443", "a.example"}:       true,
		{"a.example:8443", "A.example:8443"}: true,
		{"a.example", "a.example:8443"}:      false,
		{"a.example", "b.example"}:           false,
		{"a.example:443", "a.example:44"}:    false,
		{"[::1]:443", "[::1]"}:               true,
	} {
		if azrest.SameHost(pair[0], pair[1]) != want {
			t.Errorf("%s and %s are the same host: %t", pair[0], pair[1], !want)
		}
	}
}
