// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// licenses are those under which a dependency may be, by words that only their texts have.
func licenses() map[string]string {
	return map[string]string{
		"Apache-2.0": "Apache License",
		"BSD":        "Redistribution and use in source and binary forms",
		"ISC":        "Permission to use, copy, modify, and distribute this software",
		"MIT":        "Permission is hereby granted, free of charge",
		"MPL-2.0":    "Mozilla Public License",
	}
}

// Each module that a released program is made of may be passed on with it.
func TestDependencies_areUnderLicensesThatWeKnow(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps",
		"-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}",
		".", "./tools/iotemulator", "./tools/plansummary")
	command.Dir = ".."
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	slices.Sort(lines)
	lines = slices.DeleteFunc(slices.Compact(lines), func(line string) bool { return line == "" })
	if len(lines) < 2 {
		t.Fatalf("only %d modules found", len(lines))
	}
	for _, line := range lines {
		words := strings.Fields(line)
		license, err := licenseOf(words[2])
		if err != nil {
			t.Errorf("%s %s: %v", words[0], words[1], err)
		}
		t.Logf("%-10s %s %s", license, words[0], words[1])
	}
}

func licenseOf(directory string) (string, error) {
	files, err := filepath.Glob(filepath.Join(directory, "LICENSE*"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("there is no license: %w", err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return "", err
	}
	folded := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
	for name, words := range licenses() {
		if strings.Contains(folded, strings.ToLower(words)) {
			return name, nil
		}
	}
	return "", fmt.Errorf("nobody has decided on the license in %s", filepath.Base(files[0]))
}
