// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is where the repository begins.
const root = "../.."

var (
	// fence is a block that a page has itself, or the place where it takes one from a file.
	fence = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$|" +
		"\\{\\{-? *(?:code|tf)file (?:\"([a-z]+)\" )?\"([^\"]+)\" *-?\\}\\}")
)

// block is something that a page shows as code.
type block struct {
	language, text string
	file           string // of examples; empty when the page has it itself
	used           bool
}

// tried are the folders of examples whose files tests elsewhere run as they stand.
var tried = []string{"examples/pipelines/", "examples/policies/"}

// blocks takes the blocks out of a page.
func blocks(t testing.TB, text string) []*block {
	t.Helper()
	var all []*block
	for _, match := range fence.FindAllStringSubmatch(text, -1) {
		b := &block{language: match[1], text: match[2], file: match[4]}
		if b.file != "" {
			raw, err := os.ReadFile(filepath.Join(root, b.file))
			if err != nil {
				t.Errorf("a page shows %s: %v", b.file, err)
			}
			b.language, b.text = match[3], string(raw)
		}
		for _, folder := range tried {
			b.used = b.used || strings.HasPrefix(b.file, folder)
		}
		b.text = strings.NewReplacer("{{\"{{\"}}", "{{").Replace(b.text)
		all = append(all, b)
	}
	return all
}

// pages are README and everything that make generate makes pages of, by name, as they are written.
func pages(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	keep := func(name, file string) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(raw)
	}
	keep("README.md", filepath.Join(root, "README.md"))
	templates := filepath.Join(root, "templates")
	err := filepath.WalkDir(templates, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(templates, file)
		keep(strings.TrimSuffix(filepath.ToSlash(name), ".tmpl"), file)
		return err
	})
	if err != nil || len(all) < 5 {
		t.Fatalf("found %d pages: %v", len(all), err)
	}
	return all
}

func TestBlocks_areFoundWhereverTheyComeFrom(t *testing.T) {
	t.Parallel()
	const text = "```shell\nls\n```\n\n{{ codefile \"shell\" \"examples/pipelines/scripts/plan.sh\" }}\n" +
		"{{- tffile \"examples/provider/provider.tf\" }}\n```hcl\na = 1\n```\n"
	all := blocks(t, text)
	var languages []string
	for _, b := range all {
		languages = append(languages, b.language)
	}
	if got := strings.Join(languages, " "); got != "shell shell  hcl" {
		t.Errorf("the languages are %q", got)
	}
	if all[0].text != "ls\n" || !strings.Contains(all[2].text, "provider \"azureiot\"") {
		t.Errorf("the texts are %q and %q", all[0].text, all[2].text)
	}
	if all[0].used || !all[1].used || all[2].used {
		t.Error("used should be what tests elsewhere run, and nothing else")
	}
}
