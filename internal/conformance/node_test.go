// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// Microsoft's own clients, as published, drive the emulator through the surface that it covers. That Node or its
// packages cannot be had is a failure: nothing else holds the emulator against code that was not written here.
func TestNodeClients_workUnmodified(t *testing.T) {
	t.Parallel()
	packages := nodePackages(t)
	for _, file := range []string{"device", "mqtt", "provisioning_service", "registry"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			runNode(t, packages, file+".test.js")
		})
	}
}

// nodePackages returns a folder with what the lock file says, which is installed once for each lock file.
func nodePackages(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	must(t, err)
	sum := sha256.New()
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		files[name], err = os.ReadFile(filepath.Join("node", name))
		must(t, err)
		_, _ = sum.Write(files[name])
	}
	store := filepath.Join(cache, "terraform-provider-azureiot")
	installed := filepath.Join(store, fmt.Sprintf("node-%x", sum.Sum(nil)[:8]), "node_modules")
	if _, err := os.Stat(installed); err == nil {
		return installed
	}
	must(t, os.MkdirAll(store, 0o755))
	fresh, err := os.MkdirTemp(store, "node-new-") //nolint:usetesting // It is renamed within the cache's file system.
	must(t, err)
	defer func() { _ = os.RemoveAll(fresh) }()
	for name, text := range files {
		must(t, os.WriteFile(filepath.Join(fresh, name), text, 0o600))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "npm", "ci", "--prefer-offline")
	command.Dir = fresh
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("npm ci failed; these tests need Node 20 or later with npm, and its registry once: %v\n%s", err, output)
	}
	// Whoever installed the same at the same time came first.
	if err := os.Rename(fresh, filepath.Dir(installed)); err != nil {
		_, missing := os.Stat(installed)
		must(t, missing)
	}
	return installed
}

// runNode runs one file of tests against an emulator of its own, and fails with what it printed.
func runNode(t *testing.T, packages, file string) {
	t.Helper()
	e, err := emulator.Start(emulator.Options{
		AdminAddr: "127.0.0.1:0", Hubs: []emulator.HubOptions{{Name: "north"}, {Name: "south"}},
		RetryAfter: time.Millisecond, // "Retry-After: 0", so that nobody waits
		Observe:    wiretest.Inspect(t),
	})
	must(t, err)
	defer func() { must(t, e.Close()) }()
	environment := filepath.Join(t.TempDir(), "env")
	_, err = e.WriteEnvFile(environment)
	must(t, err)
	// Read whole here, so that the test cache knows what the result depends on.
	for _, source := range []string{file, "world.js", "resolve.js"} {
		_, err := os.ReadFile(filepath.Join("node", source))
		must(t, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "node", "--require", "./resolve.js", "--test", "--test-reporter=spec", file)
	command.Dir = "node"
	command.Env = append(os.Environ(), "NODE_PATH="+packages, "NODE_EXTRA_CA_CERTS="+environment+".ca.pem",
		"CERTIFICATES_DIRECTORY="+writeCertificates(t), "NODE_NO_WARNINGS=1")
	for _, variable := range e.Env(environment + ".ca.pem") {
		command.Env = append(command.Env, variable.Key+"="+variable.Value)
	}
	output, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", file, err, output)
	}
	if tests := strings.Count(string(output), "✔"); tests < 10 {
		t.Errorf("%s: only %d tests passed:\n%s", file, tests, output)
	}
	for _, exchange := range e.Journal() {
		beyond := strings.HasPrefix(exchange.Path, "/jobs") || strings.Contains(exchange.Path, "onfiguration")
		if exchange.Status >= 500 && !beyond {
			t.Errorf("%s: the emulator has no answer to %s %s", file, exchange.Method, exchange.Path)
		}
	}
}

// writeCertificates makes the certificates that the tests in Node name, each as NAME.pem, NAME.chain.pem and NAME.key.
func writeCertificates(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	write := func(name string, c devicesim.Certificate) {
		for extension, text := range map[string]string{".pem": c.PEM(), ".chain.pem": c.ChainPEM(), ".key": c.KeyPEM()} {
			must(t, os.WriteFile(filepath.Join(directory, name+extension), []byte(text), 0o600))
		}
	}
	for name, registrationID := range map[string]string{
		"self-signed": "self-signed", "own-1": "own", "own-2": "own", "other": "own",
	} {
		c, err := devicesim.SelfSigned(registrationID)
		must(t, err)
		write(name, c)
	}
	root, err := devicesim.NewAuthority("Root")
	must(t, err)
	for authority, device := range map[string]string{"factory": "sensor", "site": "gate"} {
		a, err := root.Intermediate(authority)
		must(t, err)
		write(authority, a.Certificate())
		c, err := a.Device(device)
		must(t, err)
		write(device, c)
	}
	return directory
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
