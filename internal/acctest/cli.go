// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-plugin"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/azureiot/terraform-provider-azureiot/internal/terraformcli"
)

// address is the registry address of the provider, and openTofu the one that OpenTofu reads into the same source.
const (
	address  = "registry.terraform.io/azureiot/azureiot"
	openTofu = "registry.opentofu.org/azureiot/azureiot"
)

// CLI runs the Terraform command in a directory of its own, with the provider of a world attached. It is for what
// terraform-plugin-testing has no step for: taint and untaint, -replace, -refresh=false, saved plans, the text of a
// plan.
type CLI struct {
	world     *World
	dir       string
	terraform string
	env       []string
}

// Run is what one command printed, and how it ended.
type Run struct {
	Args   []string
	Output string
	Code   int
	t      testing.TB
}

// NewCLI makes a working directory with a configuration and starts the provider in this process.
func (w *World) NewCLI(config string) *CLI {
	w.T.Helper()
	return w.newCLI(config, "", "TF_REATTACH_PROVIDERS="+w.attach())
}

// NewBinaryCLI is NewCLI with the provider as users run it: a program of its own, in the directory, which Terraform
// starts for every walk. More variables can be given, such as TF_LOG=TRACE.
func (w *World) NewBinaryCLI(config, directory string, variables ...string) *CLI {
	w.T.Helper()
	for name, value := range w.env {
		variables = append(variables, name+"="+value)
	}
	const overrides = "provider_installation {\n  dev_overrides {\n    \"azureiot/azureiot\" = %q\n  }\n  direct {}\n}\n"
	return w.newCLI(config, fmt.Sprintf(overrides, directory), variables...)
}

// BuildProvider builds the provider as a program, and returns the directory for NewBinaryCLI. It is for tests two
// folders below the module.
func BuildProvider(t testing.TB) (directory string) {
	t.Helper()
	directory = t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o",
		filepath.Join(directory, "terraform-provider-azureiot"), "../..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the provider cannot be built: %v\n%s", err, out)
	}
	return directory
}

func (w *World) newCLI(config, cliConfig string, variables ...string) *CLI {
	w.T.Helper()
	terraform, err := terraformcli.Finder{}.Find(w.Context())
	must(w.T, err)
	c := &CLI{world: w, dir: w.T.TempDir(), terraform: terraform.Path}
	c.env = append(ownEnvironment(), "TF_CLI_CONFIG_FILE="+c.WriteFile("cli.tfrc", cliConfig), "CHECKPOINT_DISABLE=1",
		"TF_IN_AUTOMATION=1")
	c.env = append(c.env, variables...)
	c.Write(config)
	*w.clis = append(*w.clis, c)
	return c
}

// ownEnvironment is the environment without what would reach the provider: the settings and credentials of whoever runs
// the tests, and the logging that this process has switched off for itself.
func ownEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		for _, prefix := range []string{"TF_LOG", "ARM_", "AZUREIOT_", "TF_REATTACH_PROVIDERS"} {
			if strings.HasPrefix(variable, prefix) {
				return true
			}
		}
		return false
	})
}

// attach serves the provider, and those beside it, from this process and returns what tells Terraform where.
func (w *World) attach() string {
	w.T.Helper()
	served := w.serve(address, func() tfprotov6.ProviderServer {
		server, err := w.Server()
		if err != nil {
			return nil
		}
		return server
	})
	all := map[string]any{address: served, openTofu: served}
	for source, server := range w.Beside {
		served := w.serve("registry.terraform.io/"+source, server)
		all["registry.terraform.io/"+source], all["registry.opentofu.org/"+source] = served, served
	}
	raw, err := json.Marshal(all)
	must(w.T, err)
	return string(raw)
}

// serve serves one provider until the test ends, and returns where, as Terraform reads it.
func (w *World) serve(name string, server func() tfprotov6.ProviderServer) map[string]any {
	w.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	configs, closed := make(chan *plugin.ReattachConfig, 1), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		failed <- tf6server.Serve(name, server, tf6server.WithDebug(ctx, configs, closed),
			tf6server.WithoutLogStderrOverride(), tf6server.WithGoPluginLogger(noLogger()))
	}()
	w.T.Cleanup(func() {
		cancel()
		<-closed
	})
	select {
	case config := <-configs:
		return reattachment(config)
	case err := <-failed:
		w.T.Fatalf("%s could not be served: %v", name, err)
	}
	return nil
}

func reattachment(config *plugin.ReattachConfig) map[string]any {
	return map[string]any{
		"Protocol": string(config.Protocol), "ProtocolVersion": config.ProtocolVersion, "Pid": config.Pid, "Test": true,
		"Addr": map[string]string{"Network": config.Addr.Network(), "String": config.Addr.String()},
	}
}

// Write replaces the configuration; the block that names the provider is added.
func (c *CLI) Write(config string) {
	c.world.T.Helper()
	const required = "terraform {\n  required_providers {\n    azureiot = { source = \"azureiot/azureiot\" }\n  }\n}\n\n"
	must(c.world.T, os.WriteFile(filepath.Join(c.dir, "main.tf"), []byte(required+config), 0o600))
}

// WriteFile adds a file to the working directory and returns its path.
func (c *CLI) WriteFile(name, text string) string {
	c.world.T.Helper()
	path := filepath.Join(c.dir, name)
	must(c.world.T, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// Dir is the working directory.
func (c *CLI) Dir() string { return c.dir }

// Run runs a command and returns whatever became of it.
func (c *CLI) Run(args ...string) Run {
	c.world.T.Helper()
	return c.run(c.env, c.terraform, args...)
}

func (c *CLI) run(env []string, program string, args ...string) Run {
	c.world.T.Helper()
	command := exec.CommandContext(c.world.Context(), program, args...)
	command.Dir, command.Env = c.dir, env
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	run := Run{Args: args, Output: out.String(), t: c.world.T}
	c.keepRun(args, run.Output)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		run.Code = exit.ExitCode()
	case err != nil:
		c.world.T.Fatalf("%s %s: %v", filepath.Base(program), strings.Join(args, " "), err)
	}
	return run
}

// Script runs lines of shell in the working directory, as a person types them: "terraform" is the command of this CLI.
// The variables of the world count as well, for other programs; more can be given.
func (c *CLI) Script(text string, variables ...string) Run {
	c.world.T.Helper()
	bin := c.world.T.TempDir()
	must(c.world.T, os.Symlink(c.terraform, filepath.Join(bin, "terraform")))
	env := append(slices.Clone(c.env), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, value := range c.world.env {
		env = append(env, name+"="+value)
	}
	return c.run(append(env, variables...), "bash", "-euo", "pipefail", "-c", text)
}

// Apply applies without asking; more arguments can be given.
func (c *CLI) Apply(args ...string) Run {
	c.world.T.Helper()
	return c.Run(append([]string{"apply", "-auto-approve", "-no-color", "-input=false"}, args...)...)
}

// Destroy destroys without asking.
func (c *CLI) Destroy(args ...string) Run {
	c.world.T.Helper()
	return c.Run(append([]string{"destroy", "-auto-approve", "-no-color", "-input=false"}, args...)...)
}

// Plan makes a plan file and returns what was printed; the exit code is 2 when there are changes.
func (c *CLI) Plan(args ...string) Run {
	c.world.T.Helper()
	return c.Run(append([]string{"plan", "-no-color", "-input=false", "-detailed-exitcode", "-out=plan.out"}, args...)...)
}

// Shown is the last plan file as a policy reads it.
func (c *CLI) Shown() *tfjson.Plan {
	c.world.T.Helper()
	run := c.Run("show", "-json", "plan.out").Must(0)
	var plan tfjson.Plan
	must(c.world.T, json.Unmarshal([]byte(run.Output), &plan))
	return &plan
}

// Change is what the last plan file says of one resource.
func (c *CLI) Change(resource string) *tfjson.ResourceChange {
	c.world.T.Helper()
	for _, change := range c.Shown().ResourceChanges {
		if change.Address == resource {
			return change
		}
	}
	c.world.T.Fatalf("the plan does not name %s", resource)
	return nil
}

// State is the whole state file.
func (c *CLI) State() string {
	c.world.T.Helper()
	raw, err := os.ReadFile(c.statePath())
	must(c.world.T, err)
	return string(raw)
}

func (c *CLI) statePath() string { return filepath.Join(c.dir, "terraform.tfstate") }

// StateBackup is the state before the last command that changed it.
func (c *CLI) StateBackup() string {
	c.world.T.Helper()
	raw, err := os.ReadFile(filepath.Join(c.dir, "terraform.tfstate.backup"))
	must(c.world.T, err)
	return string(raw)
}

// Values are a resource's values in the state; nil when it is not there.
func (c *CLI) Values(resource string) map[string]any {
	c.world.T.Helper()
	run := c.Run("show", "-json").Must(0)
	var state tfjson.State
	must(c.world.T, json.Unmarshal([]byte(run.Output), &state))
	if state.Values == nil {
		return nil
	}
	for _, r := range state.Values.RootModule.Resources {
		if r.Address == resource {
			return r.AttributeValues
		}
	}
	return nil
}

// Must fails the test unless the command ended with code.
func (r Run) Must(code int) Run {
	r.t.Helper()
	if r.Code != code {
		r.t.Fatalf("terraform %s ended with %d, not %d:\n%s", strings.Join(r.Args, " "), r.Code, code, r.Output)
	}
	return r
}

// Says fails the test unless every text was printed. White space and the frames of diagnostics do not count.
func (r Run) Says(texts ...string) Run {
	r.t.Helper()
	flat := Flatten(r.Output)
	for _, text := range texts {
		if !strings.Contains(flat, Flatten(text)) {
			r.t.Fatalf("terraform %s does not say %q:\n%s", strings.Join(r.Args, " "), text, r.Output)
		}
	}
	return r
}

// DoesNotSay fails the test when any text was printed.
func (r Run) DoesNotSay(texts ...string) Run {
	r.t.Helper()
	flat := Flatten(r.Output)
	for _, text := range texts {
		if strings.Contains(flat, Flatten(text)) {
			r.t.Fatalf("terraform %s says %q:\n%s", strings.Join(r.Args, " "), text, r.Output)
		}
	}
	return r
}

// Flatten is a text without the frames of diagnostics and with single spaces, as it is compared.
func Flatten(text string) string {
	text = strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

// HCL quotes a text as a string of Terraform's language.
func HCL(text string) string {
	if strings.Contains(text, "\n") {
		return "<<-EOT\n" + strings.TrimRight(text, "\n") + "\n  EOT\n"
	}
	return fmt.Sprintf("%q", text)
}
