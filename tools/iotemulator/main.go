// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Command iotemulator serves an emulated Device Provisioning Service and IoT Hubs on
// the loopback interface until it is told to end (SIGTERM or Ctrl-C). Everything is in
// memory and every key is new at each start. It says what to export for the tools that
// shall talk to it, and can write that to a file which a shell sources.
//
// It holds no behaviour of its own: flags in, options out, one emulator.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/release"
)

// version is set by the release build (-ldflags "-X main.version=1.2.3").
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "iotemulator:", err)
		os.Exit(1)
	}
}

// run starts the emulator, says how to reach it, and waits for the end.
func run(ctx context.Context, args []string, out, errOut io.Writer) (err error) {
	o, err := parseFlags(args, errOut)
	if err != nil {
		return err
	}
	if o.version {
		_, err := fmt.Fprintln(out, "iotemulator", release.Version(version))
		return err
	}
	e, err := emulator.Start(o.options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if o.throttles {
		e.SetThrottles(emulator.ServiceThrottles())
	}

	caFile, remove, err := publish(e, o.envFile)
	if err != nil {
		return err
	}
	defer remove()
	secret, err := register(e)
	if err != nil {
		return err
	}
	if err := writeBanner(out, e, secret, caFile, o.envFile); err != nil {
		return err
	}
	<-ctx.Done()
	_, err = fmt.Fprintln(out, "iotemulator: ended")
	return err
}

// clientID is the application, and the machine's managed identity, that may do everything.
const clientID = "terraform"

// register makes an application with a new secret, for those who sign in with Microsoft
// Entra ID.
func register(e *emulator.Emulator) (secret string, err error) {
	secret = rand.Text()
	e.AddApplication(clientID, secret)
	e.Authority().AddIdentity(clientID)
	return secret, errors.Join(
		e.GrantRole(clientID, "Device Provisioning Service Data Contributor"),
		e.GrantRole(clientID, "IoT Hub Data Contributor"))
}

// publish writes the environment file and the CA certificate next to it, or only the CA
// certificate into a folder of its own that remove deletes.
func publish(e *emulator.Emulator, envFile string) (caFile string, remove func(), err error) {
	if envFile != "" {
		if err := e.WriteEnvFile(envFile); err != nil {
			return "", nil, err
		}
		absolute, err := filepath.Abs(envFile)
		return absolute + ".ca.pem", func() {}, err
	}
	dir, err := os.MkdirTemp("", "iotemulator-")
	if err != nil {
		return "", nil, fmt.Errorf("making a folder for the CA certificate: %w", err)
	}
	remove = func() { _ = os.RemoveAll(dir) }
	caFile = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(caFile, e.CACertificatePEM(), 0o600); err != nil {
		remove()
		return "", nil, fmt.Errorf("writing the CA certificate: %w", err)
	}
	return caFile, remove, nil
}
