// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	ourprovider "github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/tfserver"
)

// Contenders.
const (
	// ours is the provider as main serves it; before is another build of it.
	ours   = "ours"
	before = "before"
	// slow is the same, of services that take longer to answer.
	slow = "slow"
	// stock is the provider on the framework's own server.
	stock = "stock"
	// idle has the provider's schemas, calls nobody, reads nothing and plans nothing of its own.
	idle = "idle"
	// eleven does nothing either, for a resource of eleven attributes.
	eleven = "eleven"
)

func contenderNames() []string { return []string{stock, eleven, idle, ours} }

const address = "registry.terraform.io/azureiot/azureiot"

// serve serves a contender that is no build of the provider.
func serve(name string) error {
	if err := tfserver.Quiet(os.Environ(), os.Setenv); err != nil {
		return err
	}
	made := ourprovider.New("bench", ourprovider.Options{})
	switch name {
	case stock:
		return tf6server.Serve(address, func() tfprotov6.ProviderServer { return providerserver.NewProtocol6(made())() })
	case idle:
		made = idleProvider(made)
	case eleven:
		made = func() provider.Provider { return elevenProvider{} }
	default:
		return fmt.Errorf("there is no contender %q", name)
	}
	return tfserver.Serve(address, made, false)
}

// programs are the builds of the provider, by contender; this program is all others.
type programs map[string]string

// build compiles the provider.
func build(ctx context.Context, dir, against string) (programs, error) {
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("ask go for the module: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := programs{ours: filepath.Join(dir, "ours"), before: against, stock: self, idle: self, eleven: self}
	p[slow] = p[ours]
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", p[ours], ".")
	command.Dir = filepath.Dir(strings.TrimSpace(string(module)))
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the provider: %w\n%s", err, output)
	}
	return p, os.Symlink(self, filepath.Join(dir, "terraform-provider-azureiot"))
}
