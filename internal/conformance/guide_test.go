// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// The guide on testing shows a module with tests; both are run as they stand.
func TestGuide_testingWithTheEmulator_passes(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	c := w.NewCLI("")
	source := filepath.Join(examples, "guides", "testing-with-the-emulator")
	if err := os.Remove(filepath.Join(c.Dir(), "main.tf")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(c.Dir(), os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	c.Run("test", "-no-color").Must(0).Says("Success! 4 passed, 0 failed.")
	if group := w.EntryStatus("thale-4711"); group != "disabled" {
		t.Errorf("after the tests the entry is %s: destroying a block should change nothing", group)
	}
}
