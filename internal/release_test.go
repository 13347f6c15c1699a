// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
)

// notes asks what a changelog says of a release.
func notes(t *testing.T, changelog, version string) (text string, ok bool) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "CHANGELOG.md")
	if err := os.WriteFile(file, []byte(changelog), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), "../.release/notes", version, file).CombinedOutput()
	return string(output), err == nil
}

func TestNotes_areWhatTheChangelogSaysOfTheRelease(t *testing.T) {
	t.Parallel()
	const released = "# Changelog\n\n## Unreleased\n\n## 1.2.3\n\n- a\n\n- b\n\n## 1.2.2 (2030-01-01)\n\n- c\n"
	if text, ok := notes(t, released, "1.2.3"); !ok || text != "- a\n\n- b\n" {
		t.Errorf("%t, %q", ok, text)
	}
	if text, ok := notes(t, released, "1.2.2"); !ok || text != "- c\n" {
		t.Errorf("%t, %q", ok, text)
	}
	for name, changelog := range map[string]string{
		"no section":         "# Changelog\n\n## 1.2.30\n\n- a\n",
		"an empty one":       "# Changelog\n\n## 1.2.3\n\n## 1.2.2\n\n- a\n",
		"unreleased entries": "# Changelog\n\n## Unreleased\n\n- z\n\n## 1.2.3\n\n- a\n",
	} {
		if text, ok := notes(t, changelog, "1.2.3"); ok {
			t.Errorf("%s: released with %q", name, text)
		}
	}
}

func TestChangelog_hasTheReleasesNewestFirst(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	titles := regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(titles) == 0 {
		t.Fatal("there is no section")
	}
	var newer *version.Version
	for i, title := range titles {
		if i == 0 && title[1] == "Unreleased" {
			continue
		}
		number, _, _ := strings.Cut(title[1], " ")
		release, err := version.NewSemver(number)
		if err != nil {
			t.Errorf("the section %q is none of a release: %v", title[1], err)
			continue
		}
		if newer != nil && !release.LessThan(newer) {
			t.Errorf("%s stands below %s", release, newer)
		}
		newer = release
	}
}

// What a release is stamped with is a variable of every program that is released: another name would be ignored in
// silence.
func TestRelease_stampsEveryProgram(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile("../.goreleaser.yml")
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile("../GNUmakefile")
	if err != nil {
		t.Fatal(err)
	}
	stamp := regexp.MustCompile(`-X ([a-z.]+)=`)
	released, built := stamp.FindSubmatch(config), stamp.FindSubmatch(makefile)
	if released == nil || built == nil || string(released[1]) != string(built[1]) {
		t.Fatalf("a release is stamped by %q, and make build by %q", released, built)
	}
	programs := []string{"."}
	for _, main := range regexp.MustCompile(`(?m)^ +main: (.*)$`).FindAllStringSubmatch(string(config), -1) {
		programs = append(programs, main[1])
	}
	if len(programs) != 3 {
		t.Fatalf("released are %v", programs)
	}
	for _, program := range programs {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			binary := filepath.Join(t.TempDir(), "program")
			build := exec.CommandContext(t.Context(), "go", "-C", "..", "build", "-ldflags",
				"-X "+string(released[1])+"=1.2.3", "-o", binary, program)
			if output, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			output, err := exec.CommandContext(t.Context(), binary, "-version").Output()
			if err != nil || !strings.HasSuffix(string(output), " 1.2.3\n") {
				t.Errorf("%v: %q", err, output)
			}
		})
	}
}
