// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Command iotemulator serves an emulated Device Provisioning Service and IoT Hubs until it is told to end (SIGTERM or
// Ctrl-C). It listens on the loopback interface and every key is new at each start, unless it is told otherwise.
// Everything is in memory, and can be kept in a file. It says what to export for the tools that shall talk to it, and
// can write that to a file which a shell sources.
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
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/release"
	"github.com/azureiot/terraform-provider-azureiot/internal/seedfile"
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
	o, err := parseFlags(args, out)
	if err != nil {
		return err
	}
	if o.version {
		_, err := fmt.Fprintln(out, "iotemulator", release.Version(version))
		return err
	}
	if o.seedFile != "" {
		if o.options.Seed, err = seedfile.Read(o.seedFile); err != nil {
			return err
		}
	}
	e, err := emulator.Start(o.options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	warn(errOut, o.options)
	if o.throttles {
		e.SetThrottles(emulator.ServiceThrottles())
	}

	caFile, remove, err := publish(e, o.envFile)
	if err != nil {
		return err
	}
	defer remove()
	secret, err := register(e, o.options.FixedCredentials)
	if err != nil {
		return err
	}
	if err := writeBanner(out, e, secret, caFile, o.envFile, alone(o.options)); err != nil {
		return err
	}
	<-ctx.Done()
	if err := dump(e, o.dumpFile); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "iotemulator: ended")
	return err
}

// alone tells whether only this machine reaches the emulator.
func alone(o emulator.Options) bool {
	ip := net.ParseIP(o.Listen)
	return o.Listen == "localhost" || ip != nil && ip.IsLoopback()
}

// warn says what others may do where they can reach the emulator.
func warn(errOut io.Writer, o emulator.Options) {
	if alone(o) {
		return
	}
	_, _ = fmt.Fprintf(errOut,
		"iotemulator: WARNING: %s is not the loopback interface: whoever reaches it may try its keys\n", o.Listen)
	if o.AdminAddr != "" {
		_, _ = fmt.Fprintln(errOut, "iotemulator: WARNING: the admin listener gives every key to whoever asks")
	}
	if o.FixedCredentials {
		_, _ = fmt.Fprintln(errOut, "iotemulator: WARNING: everybody knows the fixed credentials")
	}
}

// dump writes the world to a file that only its owner reads; no file name, no dump.
func dump(e *emulator.Emulator, file string) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		err = errors.Join(e.WriteDump(f), f.Close())
	}
	if err != nil {
		return fmt.Errorf("writing the world down: %w", err)
	}
	return nil
}

// clientID is the application, and the machine's managed identity, that may do everything.
const clientID = "terraform"

// register makes an application with a new secret, or with one that everybody knows, for those who sign in with
// Microsoft Entra ID.
func register(e *emulator.Emulator, fixed bool) (secret string, err error) {
	secret = rand.Text()
	if fixed {
		secret = "for tests"
	}
	e.AddApplication(clientID, secret)
	e.Authority().AddIdentity(clientID)
	return secret, errors.Join(
		e.GrantRole(clientID, "Device Provisioning Service Data Contributor"),
		e.GrantRole(clientID, "IoT Hub Data Contributor"))
}

// publish writes the environment file and the CA certificate next to it, or only the CA certificate into a folder of
// its own. What it wrote is good while the emulator runs: remove deletes it.
func publish(e *emulator.Emulator, envFile string) (caFile string, remove func(), err error) {
	if envFile != "" {
		caFile, err := e.WriteEnvFile(envFile)
		return caFile, func() { _, _ = os.Remove(envFile), os.Remove(caFile) }, err
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
