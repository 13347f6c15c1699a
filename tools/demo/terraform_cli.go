// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

const (
	// oldestTerraform is the first with write-only arguments, which the provider's schemas use.
	oldestTerraform = "1.11.0"
	// installedTerraform is what gets installed where there is none.
	installedTerraform = "1.11.4"
)

// terraformCLI is a Terraform command that is recent enough.
type terraformCLI struct {
	path    string
	version string
}

// findTerraform takes Terraform from PATH if it is recent enough, otherwise from the cache, otherwise installs
// it there.
func findTerraform(ctx context.Context) (terraformCLI, error) {
	found, why := terraformAt(ctx, "terraform")
	if why == nil {
		return found, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return terraformCLI{}, fmt.Errorf("%w, and there is no cache directory to install it into: %w", why, err)
	}
	dir := filepath.Join(cache, "terraform-provider-azureiot", "terraform-"+installedTerraform)
	if cached, err := terraformAt(ctx, filepath.Join(dir, executable("terraform"))); err == nil {
		return cached, nil
	}
	path, err := installTerraform(ctx, dir)
	if err != nil {
		return terraformCLI{}, fmt.Errorf("%w, and Terraform %s could not be installed into %s: %w",
			why, installedTerraform, dir, err)
	}
	return terraformAt(ctx, path)
}

func installTerraform(ctx context.Context, dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	v, err := version.NewVersion(installedTerraform)
	if err != nil {
		return "", err
	}
	return (&releases.ExactVersion{Product: product.Terraform, Version: v, InstallDir: dir}).Install(ctx)
}

// terraformAt asks the command for its version.
func terraformAt(ctx context.Context, command string) (terraformCLI, error) {
	path, err := exec.LookPath(command)
	if err != nil {
		return terraformCLI{}, errors.New("the demo needs Terraform " + oldestTerraform + " or later: there is none on PATH")
	}
	query := exec.CommandContext(ctx, path, "version", "-json")
	query.Env = terraformEnvironment(os.Environ(), nil)
	output, err := query.Output() // its standard error may carry warnings, which are not JSON
	if err != nil {
		return terraformCLI{}, fmt.Errorf("%s does not tell its version: %w", path, err)
	}
	v, err := parseVersion(output)
	if err != nil {
		return terraformCLI{}, fmt.Errorf("%s: %w", path, err)
	}
	return terraformCLI{path: path, version: v}, nil
}

// parseVersion reads `terraform version -json` and refuses what is too old.
func parseVersion(output []byte) (string, error) {
	var answer struct {
		TerraformVersion string `json:"terraform_version"`
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		return "", fmt.Errorf("the version is not JSON: %w", err)
	}
	found, err := version.NewVersion(answer.TerraformVersion)
	if err != nil {
		return "", fmt.Errorf("the version is not understood: %w", err)
	}
	oldest, err := version.NewVersion(oldestTerraform)
	if err != nil {
		return "", err
	}
	if found.LessThan(oldest) {
		return "", fmt.Errorf("the demo needs Terraform %s or later, this is %s", oldestTerraform, found)
	}
	return found.String(), nil
}

// terraformEnvironment is the given environment without what would change the story (other credentials, logs,
// arguments of the user's own), and with the given values.
func terraformEnvironment(environment []string, values map[string]string) []string {
	var kept []string
	for _, e := range environment {
		if !strings.HasPrefix(e, "TF_") && !strings.HasPrefix(e, "ARM_") && !strings.HasPrefix(e, "AZUREIOT_") {
			kept = append(kept, e)
		}
	}
	for name, value := range values {
		kept = append(kept, name+"="+value)
	}
	return append(kept, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
}
