// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pipelines_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// programs are built once, as users have them: the provider in a mirror, the emulator, the summary, and OPA.
type programs struct {
	dir, mirror, terraform string
	err                    error
}

var build = sync.OnceValue(func() programs {
	dir, err := os.MkdirTemp("", "pipelines-")
	if err != nil {
		return programs{err: err}
	}
	p := programs{dir: dir, mirror: filepath.Join(dir, "mirror"), terraform: os.Getenv("TF_ACC_TERRAFORM_PATH")}
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		name := filepath.Join("mirror", host, "azureiot", "azureiot", "0.0.1", runtime.GOOS+"_"+runtime.GOARCH,
			"terraform-provider-azureiot_v0.0.1")
		p.build("../..", ".", name)
	}
	p.build("../..", "./tools/iotemulator", "iotemulator")
	p.build("../..", "./tools/plansummary", "plansummary")
	p.build("..", "github.com/open-policy-agent/opa", "opa")
	if p.terraform == "" && p.err == nil {
		p.terraform, p.err = exec.LookPath("terraform")
	}
	return p
})

func (p *programs) build(module, what, name string) {
	if p.err != nil {
		return
	}
	command := exec.Command("go", "-C", module, "build", "-o", filepath.Join(p.dir, name), what)
	if output, err := command.CombinedOutput(); err != nil {
		p.err = fmt.Errorf("building %s: %w\n%s", what, err, output)
	}
}

func TestMain(m *testing.M) {
	code := m.Run()
	if p := build(); p.dir != "" {
		_ = os.RemoveAll(p.dir)
	}
	os.Exit(code)
}

// repository is a repository as the pipelines expect it, with what Azure and the platform are played by.
type repository struct {
	t        *testing.T
	dir      string
	fleet    string
	platform string // what the stand-ins were told
	env      []string
	emulator map[string]string // its environment file
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	p := build()
	if p.err != nil {
		t.Fatal(p.err)
	}
	r := &repository{t: t, dir: t.TempDir(), emulator: startEmulator(t, filepath.Join(p.dir, "iotemulator"))}
	r.fleet, r.platform = filepath.Join(r.dir, "fleet"), filepath.Join(r.dir, "platform")
	for from, to := range map[string]string{
		"fleet": "fleet", "scripts": "pipelines/scripts", "../policies/policy": "policies/policy", "testdata": "bin",
	} {
		must(t, os.CopyFS(filepath.Join(r.dir, to), os.DirFS(from)))
	}
	must(t, os.MkdirAll(r.platform, 0o755))
	rc := filepath.Join(r.dir, "terraform.rc")
	must(t, os.WriteFile(rc, fmt.Appendf(nil, "provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n",
		p.mirror), 0o600))
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "ARM_") &&
			!strings.HasPrefix(name, "AZUREIOT_") && name != "PATH" {
			r.env = append(r.env, variable)
		}
	}
	r.env = append(r.env, "PATH="+strings.Join([]string{filepath.Join(r.dir, "bin"), p.dir, os.Getenv("PATH")}, ":"),
		"TERRAFORM="+p.terraform, "TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"PLATFORM="+r.platform, "GH_REPO=acme/fleet", "SYSTEM_TEAMPROJECT=acme", "BUILD_REPOSITORY_ID=fleet")
	for name, value := range r.emulator {
		r.env = append(r.env, name+"="+value)
	}
	r.write("policies/settings.json", fmt.Sprintf(`{"settings": {"ticket_pattern": "^[A-Z]+-[0-9]+$",
  "dps_hostnames": [%q], "iothub_hostnames": [%q], "certificate_days": 30,
  "group_devices": 100}}`,
		r.emulator["AZUREIOT_DPS_HOSTNAME"], r.emulator["AZUREIOT_IOTHUB_HOSTNAME"]))
	return r
}

// write writes a file of the repository.
func (r *repository) write(name, text string) {
	r.t.Helper()
	must(r.t, os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600))
}

// read is a file of the repository.
func (r *repository) read(name string) string {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, name))
	must(r.t, err)
	return string(text)
}

// run runs a script in the directory of the fleet and fails the test unless it ends with status.
func (r *repository) run(status int, script string, arguments ...string) string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(r.dir, "pipelines", "scripts", script), arguments...)
	command.Dir, command.Env = r.fleet, r.env
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	if got := command.ProcessState.ExitCode(); got != status {
		r.t.Fatalf("%s %v ended with %d, not %d:\n%s%s", script, arguments, got, status, &out, &problems)
	}
	return strings.TrimSpace(out.String())
}

// startEmulator starts the emulator and returns the variables of its environment file.
func startEmulator(t *testing.T, program string) map[string]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "emulator.env")
	command := exec.Command(program, "-env-file", file)
	out, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	// It says that it is ready when the file is there.
	var banner []byte
	for chunk := make([]byte, 4096); !bytes.Contains(banner, []byte("Ready.")); {
		n, err := out.Read(chunk)
		must(t, err)
		banner = append(banner, chunk[:n]...)
	}
	text, err := os.ReadFile(file)
	must(t, err)
	variables := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		variables[name] = strings.Trim(value, "'")
	}
	return variables
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
