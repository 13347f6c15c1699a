// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

const (
	header = "// Copyright (c) The terraform-provider-azureiot authors\n// SPDX-License-Identifier: MPL-2.0\n\n"

	// A noun should be found in one file: torn over several, each of them names what the others declare, and has to be
	// read with them. So the bound is no shorter than the largest noun needs; it catches a file that has two.
	maxProductionLines = 800
	maxTestLines       = 600
)

// nothingNames are words that say nothing of what a package or file is for.
var nothingNames = []string{
	"common", "constant", "constants", "helper", "helpers", "misc", "mock", "mocks", "shared", "testutil", "testutils",
	"types", "util", "utils",
}

// source is one Go file of this repository, all modules.
type source struct {
	path string // below the repository
	text string
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		hidden := strings.HasPrefix(name, ".") && file != "."
		if entry.IsDir() && (hidden || name == "testdata" || name == "node_modules") {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(file) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(root, file)
		all = append(all, source{path: file, text: string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 2 {
		t.Fatalf("only %d Go files found", len(all))
	}
	return all
}

func TestFiles_beginWithTheirLicense(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.text, header) {
			t.Errorf("%s does not begin with the copyright and license lines and an empty one", s.path)
		}
	}
}

func TestFiles_areShortEnoughToRead(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		limit := maxProductionLines
		if s.isTest() {
			limit = maxTestLines
		}
		if lines := strings.Count(s.text, "\n"); lines > limit {
			t.Errorf("%s has %d lines, more than %d: split it by noun", s.path, lines, limit)
		}
	}
}

func TestFiles_areNamedForWhatIsInThem(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		words := strings.FieldsFunc(strings.TrimSuffix(s.path, ".go"), func(r rune) bool { return r == '/' || r == '_' })
		for _, word := range words {
			if slices.Contains(nothingNames, word) {
				t.Errorf("%s: %q says nothing of what is in it", s.path, word)
			}
		}
	}
}

func TestPackages_sayWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, l := range packages(t) {
		switch {
		case len(l.GoFiles) == 0: // tests only
		case l.Doc == "":
			t.Errorf("%s has no package comment", l.ImportPath)
		case l.Name != "main" && !slices.Contains(l.GoFiles, "doc.go"):
			t.Errorf("%s has no doc.go", l.ImportPath)
		}
	}
}

// TestPurePackages_doNotAskTheClock keeps the moment of a decision among its
// facts: the same facts must always give the same answer.
func TestPurePackages_doNotAskTheClock(t *testing.T) {
	t.Parallel()
	pure := []string{"internal/deprovision", "internal/certificate", "internal/emulator/query"}
	clock := []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}
	for _, s := range sources(t) {
		if s.isTest() || !slices.Contains(pure, path.Dir(s.path)) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), s.path, s.text, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", s.path, err)
			continue
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok && slices.Contains(clock, selector.Sel.Name) {
				if name, ok := selector.X.(*ast.Ident); ok && name.Name == "time" {
					t.Errorf("%s uses time.%s", s.path, selector.Sel.Name)
				}
			}
			return true
		})
	}
}
