// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"cmp"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
)

// place is one line of the map of the repository.
type place struct {
	path, purpose string
	apart         bool // for tests only
	height        int
}

// purpose is the first sentence of a package comment without the words that name the package.
func purpose(comment string) string {
	words := strings.SplitN(comment, " ", 3)
	if len(words) < 3 || words[0] != "Package" && words[0] != "Command" {
		return ""
	}
	return strings.TrimRight(words[2], ".:")
}

// testComment is the first sentence of the package comment of a directory that has tests only.
func testComment(t *testing.T, directory string) string {
	t.Helper()
	for _, s := range sources(t) {
		if path.Dir(s.path) != directory || !s.isTest() {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), s.path, s.text, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if file.Doc != nil {
			return new(doc.Package).Synopsis(file.Doc.Text())
		}
	}
	return ""
}

// places lists the packages below internal and tools: from the door inwards, then the tools, then what is for tests.
func places(t *testing.T) []place {
	t.Helper()
	heights, err := floors(house)
	if err != nil {
		t.Fatal(err)
	}
	var all []place
	for _, l := range packages(t) {
		if l.path() == "" {
			continue
		}
		comment := l.Doc
		if len(l.GoFiles) == 0 {
			comment = testComment(t, l.path())
		}
		all = append(all, place{l.path(), purpose(comment), house[l.path()].testsOnly, heights[l.path()]})
	}
	group := func(p place) int {
		switch {
		case p.apart:
			return 2
		case strings.HasPrefix(p.path, "tools/"):
			return 1
		}
		return 0
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(group(a), group(b)), cmp.Compare(b.height, a.height), cmp.Compare(a.path, b.path))
	})
	return all
}

func TestReadme_namesEveryPackageAndWhatItIsFor(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("| package | what it is or does |\n|---|---|\n")
	for _, p := range places(t) {
		if p.purpose == "" {
			t.Errorf("the comment of %s does not begin with \"Package name\" or \"Command name\"", p.path)
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", p.path, p.purpose)
	}
	generated.Part(t, "../README.md", "map", b.String())
}

func TestPurpose_isWhatFollowsTheName(t *testing.T) {
	t.Parallel()
	for comment, want := range map[string]string{
		"Package door is where one comes in.": "is where one comes in",
		"Command bell rings:":                 "rings",
		"It rings.":                           "",
		"Package door":                        "",
		"":                                    "",
	} {
		if got := purpose(comment); got != want {
			t.Errorf("%q is for %q, want %q", comment, got, want)
		}
	}
}
