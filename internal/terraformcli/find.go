// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package terraformcli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

const (
	// Oldest is the first version that knows write-only arguments, which the
	// provider's schemas have.
	Oldest = "1.11.0"
	// Installed is the version that is installed where there is none.
	Installed = "1.14.9"
	// PathVariable names a command to use instead of the one on PATH. It is
	// terraform-plugin-testing's own variable, so that everything agrees.
	PathVariable = "TF_ACC_TERRAFORM_PATH"
)

// CLI is a Terraform command that is recent enough.
type CLI struct {
	Path    string // absolute
	Version string // such as "1.11.4"
}

// Finder says where to look. Its zero value looks at the machine.
type Finder struct {
	Getenv   func(name string) string             // os.Getenv by default
	LookPath func(command string) (string, error) // exec.LookPath by default
	// AskVersion answers with what "PATH version -json" prints.
	AskVersion func(ctx context.Context, path string) ([]byte, error)
	// CacheDir is the user's cache, os.UserCacheDir by default.
	CacheDir func() (string, error)
	// Install downloads the version into dir, verifies its signature and
	// answers with the command's path.
	Install func(ctx context.Context, version, dir string) (string, error)
}

// Find returns the CLI that [PathVariable] names; otherwise the one on PATH, if
// it is recent enough; otherwise the one in the store, after installing it there
// if need be. That there is none is an error which says what was tried.
func (f Finder) Find(ctx context.Context) (CLI, error) {
	f = f.withDefaults()
	if named := f.Getenv(PathVariable); named != "" {
		cli, err := f.at(ctx, named)
		if err != nil {
			return CLI{}, fmt.Errorf("%s: %w", PathVariable, err)
		}
		return cli, nil
	}
	cli, missing := f.at(ctx, "terraform")
	if missing == nil {
		return cli, nil
	}
	cache, err := f.CacheDir()
	if err != nil {
		return CLI{}, fmt.Errorf("%w; nor is there a directory to install it into: %w", missing, err)
	}
	store := filepath.Join(cache, "terraform-provider-azureiot", "terraform-"+Installed)
	if cli, err := f.at(ctx, filepath.Join(store, executable())); err == nil {
		return cli, nil
	}
	path, err := f.Install(ctx, Installed, store)
	if err != nil {
		return CLI{}, fmt.Errorf("%w; installing %s into %s failed: %w", missing, Installed, store, err)
	}
	return f.at(ctx, path)
}

func (f Finder) withDefaults() Finder {
	if f.Getenv == nil {
		f.Getenv = os.Getenv
	}
	if f.LookPath == nil {
		f.LookPath = exec.LookPath
	}
	if f.AskVersion == nil {
		f.AskVersion = askVersion
	}
	if f.CacheDir == nil {
		f.CacheDir = os.UserCacheDir
	}
	if f.Install == nil {
		f.Install = install
	}
	return f
}

// at returns the command's CLI, or why it is none.
func (f Finder) at(ctx context.Context, command string) (CLI, error) {
	path, err := f.LookPath(command)
	if err != nil {
		return CLI{}, fmt.Errorf("need Terraform %s or later: %w", Oldest, err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return CLI{}, err
	}
	answer, err := f.AskVersion(ctx, path)
	if err != nil {
		return CLI{}, fmt.Errorf("%s does not tell its version: %w", path, err)
	}
	found, err := parseVersion(answer)
	if err != nil {
		return CLI{}, fmt.Errorf("%s: %w", path, err)
	}
	return CLI{Path: path, Version: found}, nil
}

// parseVersion reads what "terraform version -json" prints and refuses what is
// too old. A pre-release counts as the release that it leads to.
func parseVersion(answer []byte) (string, error) {
	var told struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		return "", fmt.Errorf("its version is not JSON: %w", err)
	}
	if told.Version == "" {
		return "", errors.New("it tells no version")
	}
	found, err := version.NewVersion(told.Version)
	if err != nil {
		return "", fmt.Errorf("its version is not understood: %w", err)
	}
	oldest, err := version.NewVersion(Oldest)
	if err != nil {
		return "", err
	}
	if found.Core().LessThan(oldest) {
		return "", fmt.Errorf("need Terraform %s or later, this is %s", Oldest, found)
	}
	return found.String(), nil
}

// askVersion reads standard output only: warnings about a CLI configuration go
// to standard error.
func askVersion(ctx context.Context, path string) ([]byte, error) {
	command := exec.CommandContext(ctx, path, "version", "-json")
	command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_ARGS=", "TF_CLI_ARGS_version=")
	return command.Output()
}

func install(ctx context.Context, number, dir string) (string, error) {
	wanted, err := version.NewVersion(number)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	release := &releases.ExactVersion{Product: product.Terraform, Version: wanted, InstallDir: dir}
	return release.Install(ctx)
}

func executable() string {
	if runtime.GOOS == "windows" {
		return "terraform.exe"
	}
	return "terraform"
}
