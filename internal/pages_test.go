// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	code       = regexp.MustCompile("`([^`\n]+)`")
	fenced     = regexp.MustCompile("(?s)```.*?```")
	link       = regexp.MustCompile(`\]\(([^)#]+)`)
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)
	target     = regexp.MustCompile(`(?m)^([a-z-]+):`)
	topic      = regexp.MustCompile(`\n(?:\n|[-|] |[0-9]+\. )`)
)

// untrue says what of a page is not so: files that do not exist, targets that make does not have, and names that stand
// in none of the Go files that the same paragraph or item names. folder is where the page's links start.
func untrue(text, folder, makefile string) []string {
	var found []string
	for _, match := range link.FindAllStringSubmatch(text, -1) {
		if strings.Contains(match[1], ":") {
			continue // elsewhere in the world
		}
		if _, err := os.Stat(filepath.Join(folder, match[1])); err != nil {
			found = append(found, fmt.Sprintf("a link leads to %s, which does not exist", match[1]))
		}
	}
	var targets []string
	for _, match := range target.FindAllStringSubmatch(makefile, -1) {
		targets = append(targets, match[1])
	}
	for _, paragraph := range topic.Split(fenced.ReplaceAllString(text, ""), -1) {
		var files, names []string
		for _, match := range code.FindAllStringSubmatch(paragraph, -1) {
			word := match[1]
			made, isMake := strings.CutPrefix(word, "make ")
			switch {
			case isMake && !slices.Contains(targets, strings.Fields(made)[0]):
				found = append(found, fmt.Sprintf("there is no %s", word))
			case isMake:
			case isPath(word):
				hits, err := filepath.Glob(filepath.Join("..", word))
				if err != nil || len(hits) == 0 {
					found = append(found, fmt.Sprintf("there is no %s", word))
				}
				files = append(files, hits...)
			case identifier.MatchString(word):
				names = append(names, word[strings.LastIndex(word, ".")+1:])
			}
		}
		found = append(found, unnamed(files, names)...)
	}
	return found
}

// isPath tells whether a word of a page is a path below the repository.
func isPath(word string) bool {
	first, rest, _ := strings.Cut(word, "/")
	folders := []string{"internal", "tools", "docs", "examples", "templates", ".ci", ".github"}
	return slices.Contains(folders, first) && rest != "" && !strings.ContainsAny(word, " <")
}

// unnamed are the names that stand in none of the files, if some of those are Go files.
func unnamed(files, names []string) []string {
	var text strings.Builder
	for _, file := range files {
		if filepath.Ext(file) == ".go" {
			raw, _ := os.ReadFile(file) // One that cannot be read has no names.
			text.Write(raw)
		}
	}
	if text.Len() == 0 {
		return nil
	}
	var found []string
	for _, name := range names {
		if !regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).MatchString(text.String()) {
			found = append(found, fmt.Sprintf("%s is not in %s", name, strings.Join(files, ", ")))
		}
	}
	return found
}

func TestPages_nameOnlyWhatExists(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../GNUmakefile")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("../.github/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("found %d pages in .github: %v", len(pages), err)
	}
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range untrue(string(text), filepath.Dir(page), string(makefile)) {
			t.Errorf("%s: %s", page, problem)
		}
	}
}

func TestUntrue_isFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"`make check`, `make castle`":                       "there is no make castle",
		"`internal/imports_test.go` has `house` and `rule`": "",
		"`internal/imports_test.go` has `castle`":           "castle is not in",
		"- `internal/imports_test.go`\n- `castle`":          "",
		"`internal/cellar/cellar.go`":                       "there is no internal/cellar/cellar.go",
		"`internal/*_test.go`":                              "",
		"[the table](imports_test.go)":                      "",
		"[the cellar](cellar.md#door)":                      "a link leads to cellar.md",
		"[elsewhere](https://example.com/cellar)":           "",
	} {
		found := strings.Join(untrue(text, ".", "check: fmt\n"), "; ")
		if want == "" && found != "" || !strings.Contains(found, want) {
			t.Errorf("%q: found %q, want %q", text, found, want)
		}
	}
}
