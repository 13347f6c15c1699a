// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package generated

import (
	"slices"
	"testing"
)

func TestPart_findsItsPart(t *testing.T) {
	t.Parallel()
	const text = "a\n<!-- x: written by make generate -->\nb\n<!-- end of x -->\nc\n"
	before, part, after, err := cutPart(text, "x")
	if err != nil || part != "b\n" || before+part+after != text {
		t.Errorf("cut into %q, %q and %q: %v", before, part, after, err)
	}
	if _, _, _, err := cutPart(text, "y"); err == nil {
		t.Error("a part that is not there was found")
	}
	if got := missing("a\nb\n", "b\n"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("missing are %q", got)
	}
}
