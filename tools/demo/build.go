// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	providerAddress = "registry.terraform.io/azureiot/azureiot"
	// providerVersion is only the name under which Terraform finds the build in the mirror.
	providerVersion = "0.0.1"
)

// programs is what the demo builds.
type programs struct {
	emulator string
	mirror   string // a filesystem mirror that holds the provider
}

// build compiles the provider, into a filesystem mirror, and the emulator.
func build(ctx context.Context, dir string) (programs, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return programs{}, err
	}
	p := programs{emulator: filepath.Join(dir, executable("iotemulator")), mirror: filepath.Join(dir, "mirror")}
	provider := filepath.Join(p.mirror, filepath.FromSlash(providerAddress), providerVersion,
		runtime.GOOS+"_"+runtime.GOARCH, executable("terraform-provider-azureiot_v"+providerVersion))
	for target, source := range map[string]string{provider: ".", p.emulator: "./tools/iotemulator"} {
		command := exec.CommandContext(ctx, "go", "build", "-o", target, source)
		command.Dir = root
		if output, err := command.CombinedOutput(); err != nil {
			return programs{}, fmt.Errorf("build %s: %w\n%s", source, err, output)
		}
	}
	return p, nil
}

func moduleRoot(ctx context.Context) (string, error) {
	output, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("ask go for the module: %w", err)
	}
	file := strings.TrimSpace(string(output))
	if filepath.Base(file) != "go.mod" {
		return "", errors.New("run the demo inside the provider's source tree")
	}
	return filepath.Dir(file), nil
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
