// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/terraformcli"
)

const (
	keptDevice    = "sensor-thl-001"
	stolenDevice  = "sensor-thl-002"
	missingDevice = "sensor-thl-003"
)

// hubNames are what the demo calls its two IoT hubs. Their host names are localhost with a port each.
func hubNames() []string { return []string{"plant-north", "plant-south"} }

// stage is what the steps act on. Steps fill it in the order of the story.
type stage struct {
	screen *screen
	now    func() time.Time
	dir    string

	programs    programs
	cli         terraformcli.CLI
	cliConfig   string   // Terraform's own configuration
	environment []string // Terraform's, with the credentials of every service

	emulator *emulator
	hubs     map[string]string // host name to name

	factory *devicesim.Authority
	kept    *sensor
	stolen  *sensor
	missing *sensor

	fleet    *workspace
	disallow *workspace // of the stolen sensor
	search   *workspace // of the missing sensor

	planText string // the last plan that was shown, without colour
}

// newStage makes a stage with nothing on it but a working directory.
func newStage(s *screen) (*stage, error) {
	dir, err := os.MkdirTemp("", "azureiot-demo-")
	if err != nil {
		return nil, fmt.Errorf("make the working directory: %w", err)
	}
	return &stage{screen: s, now: time.Now, dir: dir}, nil
}

// prepare builds and finds the programs. It is no part of the story, and its time is told apart.
func (s *stage) prepare(ctx context.Context) error {
	s.screen.opening("A stolen device, and Terraform",
		"Three sensors of a factory come in through a Device Provisioning Service (DPS). One is stolen; Terraform "+
			"disallows it, and says before what it will do. Another one is missing, and nobody knows in which hub it is; "+
			"Terraform says that too. Terraform and the provider are real; the DPS and two IoT hubs are the emulator's. "+
			"Nothing leaves this machine.")
	began := s.now()
	p, err := build(ctx, s.dir)
	if err != nil {
		return err
	}
	s.programs = p
	if s.cli, err = (terraformcli.Finder{}).Find(ctx); err != nil {
		return err
	}
	s.screen.print("", fmt.Sprintf("Built the provider and the emulator in %.1f s. Terraform %s.",
		s.now().Sub(began).Seconds(), s.cli.Version))
	return nil
}

// close ends what was started and removes the working directory.
func (s *stage) close(keep bool) error {
	for _, sensor := range []*sensor{s.kept, s.stolen, s.missing} {
		if sensor == nil {
			continue
		}
		sensor.device.Close()
		if sensor.session != nil {
			sensor.session.Close()
		}
	}
	if s.emulator != nil {
		s.emulator.stop()
	}
	if keep {
		s.screen.print("", "Left in place: "+s.dir)
		return nil
	}
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("remove the working directory: %w", err)
	}
	return nil
}

// serve starts the emulator and notes which host name is which hub.
func (s *stage) serve(ctx context.Context) error {
	e, err := startEmulator(ctx, s.programs.emulator, s.dir, hubNames())
	if err != nil {
		return err
	}
	s.emulator = e
	if err := wanted(e.env, "AZUREIOT_DPS_HOSTNAME", "AZUREIOT_DPS_CONNECTION_STRING", "AZUREIOT_DPS_ID_SCOPE",
		"AZUREIOT_DPS_DEVICE_HOSTNAME", "AZUREIOT_IOTHUB_CONNECTION_STRINGS",
		"AZUREIOT_CA_CERTIFICATE_FILE"); err != nil {
		return err
	}
	hosts := e.hubHostnames()
	if len(hosts) != len(hubNames()) {
		return fmt.Errorf("the emulator serves %d hubs instead of %d", len(hosts), len(hubNames()))
	}
	s.hubs = map[string]string{}
	for i, name := range hubNames() {
		s.hubs[hosts[i]] = name
	}
	return s.configureTerraform()
}

// configureTerraform makes Terraform find the built provider in the mirror, and the provider the emulator.
func (s *stage) configureTerraform() error {
	file := filepath.Join(s.dir, "terraform.rc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", s.programs.mirror)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write Terraform's configuration: %w", err)
	}
	s.cliConfig = file
	s.environment = s.terraformKnowing(func(string) bool { return true })
	return nil
}

// terraformKnowing is an environment for Terraform with the credentials of the DPS and of some of the hubs.
func (s *stage) terraformKnowing(hub func(host string) bool) []string {
	values := map[string]string{"TF_CLI_CONFIG_FILE": s.cliConfig}
	for _, name := range []string{"AZUREIOT_DPS_CONNECTION_STRING", "AZUREIOT_CA_CERTIFICATE_FILE"} {
		values[name] = s.emulator.env[name]
	}
	var known []string
	for host, connection := range s.emulator.hubConnections() {
		if hub(host) {
			known = append(known, connection)
		}
	}
	values["AZUREIOT_IOTHUB_CONNECTION_STRINGS"] = strings.Join(known, ",")
	return terraformEnvironment(os.Environ(), values)
}

// reachable checks that every service takes connections.
func (s *stage) reachable(ctx context.Context) error {
	hosts := append([]string{s.emulator.env["AZUREIOT_DPS_HOSTNAME"]}, s.emulator.hubHostnames()...)
	for _, host := range hosts {
		c, err := (&net.Dialer{Timeout: farewell}).DialContext(ctx, "tcp", host)
		if err != nil {
			return fmt.Errorf("%s does not answer: %w", host, err)
		}
		_ = c.Close()
	}
	return nil
}

// named replaces the hubs' host names in a text by their names.
func (s *stage) named(text string) string {
	for host, name := range s.hubs {
		text = strings.ReplaceAll(text, host, name)
	}
	return text
}
