// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package terraformcli_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/terraformcli"
)

// machine is what a Finder sees: commands by path with the version they tell.
type machine struct {
	named     string            // TF_ACC_TERRAFORM_PATH
	onPath    string            // where "terraform" is found, "" for nowhere
	versions  map[string]string // path -> version
	noCache   error
	noNetwork error
	installed []string // what was installed, "version into dir"
}

func (m *machine) finder() terraformcli.Finder {
	return terraformcli.Finder{
		Getenv: func(string) string { return m.named },
		LookPath: func(command string) (string, error) {
			if command == "terraform" && m.onPath != "" {
				return m.onPath, nil
			}
			if _, ok := m.versions[command]; ok {
				return command, nil
			}
			return "", errors.New(command + " not found")
		},
		AskVersion: func(_ context.Context, path string) ([]byte, error) {
			if m.versions[path] == "broken" {
				return nil, errors.New("exit status 1")
			}
			return fmt.Appendf(nil, `{"terraform_version":%q,"platform":"linux_amd64"}`, m.versions[path]), nil
		},
		CacheDir: func() (string, error) { return "/cache", m.noCache },
		Install: func(_ context.Context, version, dir string) (string, error) {
			if m.noNetwork != nil {
				return "", m.noNetwork
			}
			m.installed = append(m.installed, version+" into "+dir)
			path := filepath.Join(dir, "terraform")
			m.versions[path] = version
			return path, nil
		},
	}
}

const (
	store  = "/cache/terraform-provider-azureiot/terraform-" + terraformcli.Installed
	stored = store + "/terraform"
)

func TestFind(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		machine     machine
		path        string
		version     string
		installs    bool
		errorParts  []string
		errorAvoids string
	}{
		"takes the one on PATH": {
			machine: machine{onPath: "/bin/terraform", versions: map[string]string{"/bin/terraform": "1.11.4"}},
			path:    "/bin/terraform", version: "1.11.4",
		},
		"takes a pre-release for its release": {
			machine: machine{onPath: "/bin/terraform", versions: map[string]string{"/bin/terraform": "1.11.0-rc2"}},
			path:    "/bin/terraform", version: "1.11.0-rc2",
		},
		"takes the named one before the one on PATH": {
			machine: machine{named: "/opt/tf", onPath: "/bin/terraform", versions: map[string]string{
				"/bin/terraform": "1.11.4", "/opt/tf": "1.15.9"}},
			path: "/opt/tf", version: "1.15.9",
		},
		"does not look further when the named one is too old": {
			machine: machine{named: "/opt/tf", onPath: "/bin/terraform", versions: map[string]string{
				"/bin/terraform": "1.11.4", "/opt/tf": "1.9.0"}},
			errorParts: []string{terraformcli.PathVariable, "this is 1.9.0"},
		},
		"takes the stored one when the one on PATH is too old": {
			machine: machine{onPath: "/bin/terraform", versions: map[string]string{
				"/bin/terraform": "1.10.5", stored: terraformcli.Installed}},
			path: stored, version: terraformcli.Installed,
		},
		"installs one when there is none": {
			machine: machine{versions: map[string]string{}},
			path:    stored, version: terraformcli.Installed, installs: true,
		},
		"installs again over a stored one that does not run": {
			machine: machine{versions: map[string]string{stored: "broken"}},
			path:    stored, version: terraformcli.Installed, installs: true,
		},
		"says what is missing and why it could not be installed": {
			machine:    machine{versions: map[string]string{}, noNetwork: errors.New("no such host")},
			errorParts: []string{"Terraform 1.11.0 or later", "terraform not found", "into " + store, "no such host"},
		},
		"says that there is nowhere to install": {
			machine:    machine{versions: map[string]string{}, noCache: errors.New("HOME is not defined")},
			errorParts: []string{"terraform not found", "HOME is not defined"},
		},
		"says that an answer tells no version": {
			machine:    machine{named: "/opt/tf", versions: map[string]string{"/opt/tf": ""}},
			errorParts: []string{"/opt/tf", "no version"},
		},
		"says that an answer is not understood": {
			machine:    machine{named: "/opt/tf", versions: map[string]string{"/opt/tf": "newest"}},
			errorParts: []string{"/opt/tf", "newest"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.machine.finder().Find(t.Context())
			if len(test.errorParts) == 0 && err != nil {
				t.Fatal(err)
			}
			for _, part := range test.errorParts {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("error is %v, want it to say %q", err, part)
				}
			}
			if want := (terraformcli.CLI{Path: test.path, Version: test.version}); got != want {
				t.Errorf("found %+v, want %+v", got, want)
			}
			if installed := len(test.machine.installed) > 0; installed != test.installs {
				t.Errorf("installed %v", test.machine.installed)
			}
		})
	}
}
