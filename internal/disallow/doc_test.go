// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// Each transition of the table in the package's documentation has its test, and each such test its row.
func TestTransitions_haveEachTheirTest(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`TestAccDeviceDisallow_P\d\d_\w+`)
	find := func(files []string) []string {
		var found []string
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, name.FindAllString(string(text), -1)...)
		}
		slices.Sort(found)
		return found
	}
	tests, err := filepath.Glob("*_acc_test.go")
	if err != nil {
		t.Fatal(err)
	}
	listed, there := find([]string{"doc.go"}), find(tests)
	if len(there) == 0 || !slices.Equal(listed, there) {
		t.Errorf("the table lists\n  %q\nand the tests are\n  %q", listed, there)
	}
}
