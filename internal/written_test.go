// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// writeVariable is the environment variable with which the parts of pages that say how the house is are written anew.
const writeVariable = "HOUSE_WRITE"

// isWritten compares the part of a page that has a name with the lines that it should have; with HOUSE_WRITE=1, as
// "make generate" sets it, the part is written. A part stands between two comments.
func isWritten(t *testing.T, page, name, want string) {
	t.Helper()
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, part, after, err := cutPart(string(raw), name)
	if err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	if part == want {
		return
	}
	if os.Getenv(writeVariable) == "1" {
		if err := os.WriteFile(page, []byte(before+want+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, line := range missing(want, part) {
		t.Errorf("%s lacks the line\n%s", page, line)
	}
	for _, line := range missing(part, want) {
		t.Errorf("%s has a line that is not true\n%s", page, line)
	}
	t.Errorf("the %s in %s is not as the house is: run make generate", name, page)
}

// cutPart cuts the part out of a page: its lines, and what stands before and after them.
func cutPart(text, name string) (before, part, after string, err error) {
	begin, end := fmt.Sprintf("<!-- %s: written by make generate -->\n", name), fmt.Sprintf("<!-- end of %s -->\n", name)
	from, to := strings.Index(text, begin), strings.Index(text, end)
	if from < 0 || to < from {
		return "", "", "", fmt.Errorf("there are no lines between %q and %q", begin, end)
	}
	from += len(begin)
	return text[:from], text[from:to], text[to:], nil
}

// missing are the lines of a text that another one does not have.
func missing(text, other string) []string {
	has := strings.Split(other, "\n")
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return slices.Contains(has, line) })
}

func TestIsWritten_findsItsPart(t *testing.T) {
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
