// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// There is no container here: what the image does is done without one.
func TestDockerfile_buildsAndStartsTheProgram(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	line := func(pattern string) string { return found(string(text), pattern) }
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if image := line(`FROM golang:(\S+)`); !strings.HasPrefix(found(string(module), `(?m)^go (\S+)`), image+".") {
		t.Errorf("it is built with Go %s", image)
	}

	program := filepath.Join(t.TempDir(), "iotemulator")
	build := strings.Replace(line(`RUN (CGO_ENABLED=0 .*)`), " /iotemulator ", " "+program+" ", 1)
	command := exec.CommandContext(t.Context(), "sh", "-c", build)
	command.Dir, command.Env = "../..", append(os.Environ(), "VERSION=1.2.3")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.CommandContext(t.Context(), program, "-version").Output(); err != nil ||
		string(out) != "iotemulator 1.2.3\n" {
		t.Errorf("%v: %s", err, out)
	}

	var args []string
	if err := json.Unmarshal([]byte(line(`CMD (.*)`)), &args); err != nil {
		t.Fatal(err)
	}
	s, err := parseFlags(args, io.Discard)
	if err != nil || s.options.AdminAddr != "" {
		t.Errorf("its arguments: %v", err)
	}
	var ports []string
	for _, a := range args {
		if _, port, isAddress := strings.Cut(a, ":"); isAddress {
			ports = append(ports, port)
		}
	}
	if got := strings.Join(ports, " "); got != line(`EXPOSE (.*)`) {
		t.Errorf("it listens on %s", got)
	}
	// On ports of its own, beside whatever else runs here.
	runUntilReady(t, []string{"-listen", "0.0.0.0", "-name", "localhost"}, func(banner string) {
		if !strings.Contains(banner, "HostName=localhost:") {
			t.Errorf("the banner is\n%s", banner)
		}
	})
}
