// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)
	heading = regexp.MustCompile(`(?m)^#+ +(.+?) *$`)
	anchor  = regexp.MustCompile(`<a id="([^"]+)"`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	// ours are the addresses at which files of this repository are shown.
	ours = regexp.MustCompile(`^https://(?:github\.com/azureiot/terraform-provider-azureiot/(?:tree|blob|raw)/main|` +
		`raw\.githubusercontent\.com/azureiot/terraform-provider-azureiot/main)/([^#?]*)`)
	anyFence = regexp.MustCompile("(?ms)^```.*?^```$")
)

// anchors are the places of a page to which a link may lead.
func anchors(text string) []string {
	var all []string
	for _, match := range heading.FindAllStringSubmatch(anyFence.ReplaceAllString(text, ""), -1) {
		slug := strings.ToLower(notSlug.ReplaceAllString(match[1], ""))
		all = append(all, strings.ReplaceAll(slug, " ", "-"))
	}
	for _, match := range anchor.FindAllStringSubmatch(text, -1) {
		all = append(all, match[1])
	}
	return all
}

// broken says which links of a page lead nowhere. Those to other sites are not followed.
func broken(page, text string) []string {
	var found []string
	for _, match := range link.FindAllStringSubmatch(anyFence.ReplaceAllString(text, ""), -1) {
		target := match[1] + match[2]
		if own := ours.FindStringSubmatch(target); own != nil {
			if _, err := os.Stat(filepath.Join(root, own[1])); err != nil {
				found = append(found, fmt.Sprintf("%s is not in this repository", target))
			}
			continue
		}
		if strings.Contains(target, ":") {
			continue
		}
		file, place, _ := strings.Cut(target, "#")
		other := text
		if file != "" {
			raw, err := os.ReadFile(filepath.Join(filepath.Dir(page), file))
			if _, missing := os.Stat(filepath.Join(filepath.Dir(page), file)); missing != nil {
				found = append(found, fmt.Sprintf("%s does not exist", target))
				continue
			}
			if other = string(raw); err != nil { // a folder
				other = ""
			}
		}
		if place != "" && !slices.Contains(anchors(other), place) {
			found = append(found, fmt.Sprintf("%s: there is no such heading", target))
		}
	}
	return found
}

func TestLinks_leadSomewhere(t *testing.T) {
	t.Parallel()
	files := []string{filepath.Join(root, "README.md"), filepath.Join(root, "CHANGELOG.md")}
	for _, folder := range []string{"docs", "examples", ".github"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(file string, _ fs.DirEntry, err error) error {
			if filepath.Ext(file) == ".md" {
				files = append(files, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 20 {
		t.Fatalf("found only %d pages", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range broken(file, string(text)) {
			t.Errorf("%s: %s", file, problem)
		}
	}
}

func TestIndex_leadsToEveryGuide(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for name := range all {
		if strings.HasPrefix(name, "guides/") && !strings.Contains(all["index.md"], "]("+name+")") {
			t.Errorf("templates/index.md.tmpl has no link to %s", name)
		}
	}
}

func TestBroken_findsWhatLeadsNowhere(t *testing.T) {
	t.Parallel()
	const ours = "https://github.com/azureiot/terraform-provider-azureiot/tree/main/"
	for text, want := range map[string]string{
		"# The door\n[in](#the-door)":             "",
		"# `a` and b, c\n[in](#a-and-b-c)":        "",
		"[in](#window)":                           "#window: there is no such heading",
		"[doc](doc.go)":                           "",
		"[doc](cellar.go)":                        "cellar.go does not exist",
		"[all](.)":                                "",
		"[elsewhere](https://example.com/cellar)": "",
		"[here](" + ours + "examples/policies)":   "",
		"[here](" + ours + "cellar)":              "is not in this repository",
		"```\n[code](cellar.go)\n```\n":           "",
		`<img src="cellar.svg">`:                  "cellar.svg does not exist",
	} {
		found := strings.Join(broken("page.md", text), "; ")
		if want == "" && found != "" || !strings.Contains(found, want) {
			t.Errorf("%q: found %q, want %q", text, found, want)
		}
	}
}
