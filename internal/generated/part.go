// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package generated

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Writing tells whether what differs is to be written, as "make generate" wants it.
func Writing() bool { return os.Getenv("HOUSE_WRITE") == "1" }

// Part compares the part of a page that has a name with the lines that it should have; with HOUSE_WRITE=1, as
// "make generate" sets it, the part is written. A part stands between two comments.
func Part(t testing.TB, page, name, want string) {
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
	if Writing() {
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
	t.Errorf("the %s in %s is not as it is: run make generate", name, page)
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
