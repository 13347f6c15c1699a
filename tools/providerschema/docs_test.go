// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/tfserver"
)

// TestDocs_areWhatIsGenerated does what "make generate" does, in a directory of
// its own, and compares.
func TestDocs_areWhatIsGenerated(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, source := range []string{"templates", "examples"} {
		if err := os.CopyFS(filepath.Join(dir, source), os.DirFS(filepath.Join(root, source))); err != nil {
			t.Fatal(err)
		}
	}
	schemas := filepath.Join(dir, "schema.json")
	var printed bytes.Buffer
	if err := write(t.Context(), &printed, tfserver.Factory(provider.New("dev", provider.Options{}))()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(schemas, printed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/docs/go.mod", "tfplugindocs", "generate",
		"--provider-dir", dir, "--provider-name", name, "--rendered-provider-name", "Azure IoT",
		"--providers-schema", schemas)
	command.Dir = root
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}

	want, got := pages(t, filepath.Join(dir, "docs")), pages(t, filepath.Join(root, "docs"))
	for _, page := range slices.Sorted(maps.Keys(want)) {
		switch text, ok := got[page]; {
		case !ok:
			t.Errorf("docs/%s is missing", page)
		case text != want[page]:
			t.Errorf("docs/%s is not up to date: %s", page, difference(text, want[page]))
		}
		delete(got, page)
	}
	for page := range got {
		t.Errorf("docs/%s documents nothing that exists", page)
	}
	if t.Failed() {
		t.Log("run make generate")
	}
}

// pages are the files below dir by their slash-separated path.
func pages(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	files := os.DirFS(dir)
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		found[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// difference is the first line in which two texts differ.
func difference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, line := range wantLines {
		if i == len(gotLines) || gotLines[i] != line {
			return "expected " + line
		}
	}
	return "it goes on after its end"
}
