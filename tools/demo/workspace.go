// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/terraformcli"
)

// The configurations are ordinary files, so that they can be read and formatted as such.
//
//go:embed fleet/main.tf disallow/main.tf search/main.tf
var configurations embed.FS

// workspace is a directory with a configuration, and the Terraform that works in it.
type workspace struct {
	cli         terraformcli.CLI
	dir         string
	environment []string
	colour      bool
	resource    string // the configuration's resource block
	address     string // of that resource
}

// newWorkspace copies one of the embedded configurations and gives its variables their values.
func newWorkspace(s *stage, name string, variables map[string]any) (*workspace, error) {
	w := &workspace{
		cli: s.cli, dir: filepath.Join(s.dir, name), environment: s.environment, colour: s.screen.colour,
	}
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		return nil, err
	}
	text, err := configurations.ReadFile(name + "/main.tf")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(w.dir, "main.tf"), text, 0o600); err != nil {
		return nil, err
	}
	if i := strings.Index(string(text), "\nresource "); i >= 0 {
		w.resource = strings.TrimSpace(string(text[i:]))
	}
	if words := strings.Split(w.resource, `"`); len(words) > 3 {
		w.address = words[1] + "." + words[3]
	}
	return w, w.set(variables)
}

// set gives the configuration's variables their values.
func (w *workspace) set(variables map[string]any) error {
	values, err := json.Marshal(variables)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, "terraform.tfvars.json"), values, 0o600)
}

// initialize installs the provider from the mirror.
func (w *workspace) initialize(ctx context.Context) error {
	_, _, err := w.run(ctx, "init")
	return err
}

// plan makes a plan and keeps it for show and apply. It says whether the plan changes anything.
func (w *workspace) plan(ctx context.Context, arguments ...string) (text string, changes bool, err error) {
	text, status, err := w.run(ctx, append([]string{"plan", "-detailed-exitcode", "-out=tfplan"}, arguments...)...)
	return planText(text), status == changesPlanned, err
}

// apply carries the kept plan out.
func (w *workspace) apply(ctx context.Context) (string, error) {
	text, _, err := w.run(ctx, "apply", "tfplan")
	return strings.Trim(text, "\n"), err
}

// show decodes Terraform's JSON of the kept plan ("tfplan"), or of the state (no argument).
func (w *workspace) show(ctx context.Context, into any, plan ...string) error {
	text, _, err := w.run(ctx, append([]string{"show", "-json"}, plan...)...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("read the JSON of terraform show: %w", err)
	}
	return nil
}

// changesPlanned is the exit status of plan -detailed-exitcode when there is something to do.
const changesPlanned = 2

func (w *workspace) run(ctx context.Context, arguments ...string) (text string, status int, err error) {
	if !w.colour && arguments[0] != "show" {
		arguments = append(arguments[:1:1], append([]string{"-no-color"}, arguments[1:]...)...)
	}
	command := exec.CommandContext(ctx, w.cli.Path, arguments...)
	var output, problems bytes.Buffer
	command.Dir, command.Env, command.Stdout, command.Stderr = w.dir, w.environment, &output, &problems
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = farewell
	err = command.Run()
	status = command.ProcessState.ExitCode()
	var exit *exec.ExitError
	if errors.As(err, &exit) && status == changesPlanned && arguments[0] == "plan" {
		err = nil
	}
	if err != nil {
		return "", status, fmt.Errorf("terraform %s: %w\n%s", arguments[0], err,
			strings.TrimSpace(output.String()+problems.String()))
	}
	return output.String(), status, nil
}

// planText drops what Terraform prints below a plan about the file that keeps it.
func planText(text string) string {
	if i := strings.Index(text, strings.Repeat("─", 20)); i >= 0 {
		if before := strings.LastIndexByte(text[:i], '\n'); before >= 0 {
			text = text[:before]
		}
	}
	return strings.Trim(text, "\n")
}
