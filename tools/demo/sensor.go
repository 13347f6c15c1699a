// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// sensor is one of the devices, with what it was told last and where it has been let in before.
type sensor struct {
	device      *devicesim.Device
	certificate devicesim.Certificate

	outcome    devicesim.Outcome
	connection devicesim.Connection
	session    *devicesim.Session
	hub, as    string // remembered from the last assignment
}

// makeCertificates makes the root, the factory's intermediate and a leaf for each sensor.
func makeCertificates(_ context.Context, s *stage) error {
	root, err := devicesim.NewAuthority("Thale Sensors Root CA", devicesim.Organization("Thale Sensors"))
	if err != nil {
		return err
	}
	s.factory, err = root.Intermediate("Thale Factory CA", devicesim.Organization("Thale Sensors"))
	if err != nil {
		return err
	}
	trust, err := os.ReadFile(s.emulator.env["AZUREIOT_CA_CERTIFICATE_FILE"])
	if err != nil {
		return fmt.Errorf("read the emulator's CA: %w", err)
	}
	at := devicesim.Service{
		DPSHostname: s.emulator.env["AZUREIOT_DPS_DEVICE_HOSTNAME"], IDScope: s.emulator.env["AZUREIOT_DPS_ID_SCOPE"],
		CACertificatePEM: trust,
	}
	for id, place := range map[string]**sensor{
		keptDevice: &s.kept, stolenDevice: &s.stolen, missingDevice: &s.missing,
	} {
		leaf, err := s.factory.Device(id)
		if err != nil {
			return err
		}
		device := devicesim.New(at, id, devicesim.X509(leaf))
		device.Wait = devicesim.Yield // the emulator needs no pause between two polls
		*place = &sensor{device: device, certificate: leaf}
	}
	s.screen.say(
		root.Certificate().CommonName()+"                    root",
		"└─ "+s.factory.Certificate().CommonName()+"                      intermediate",
		"   ├─ "+keptDevice+"                     leaf",
		"   ├─ "+stolenDevice+"                     leaf",
		"   └─ "+missingDevice+"                     leaf",
		"")
	return nil
}

// comeIn lets the sensor register, and connect to the hub it was assigned to. A sensor that DPS keeps out still
// tries the hub that it remembers, as a real one may.
func (s *stage) comeIn(ctx context.Context, who *sensor) error {
	var err error
	if who.outcome, err = who.device.Register(ctx); err != nil {
		return err
	}
	if who.outcome.Admitted() {
		who.hub, who.as = who.outcome.AssignedHub, who.outcome.DeviceID
	}
	who.connection = devicesim.Connection{}
	if who.hub != "" {
		if who.connection, err = who.device.Connect(ctx, who.hub, who.as); err != nil {
			return err
		}
	}
	s.tellOf(who)
	return nil
}

// tellOf shows how the sensor fared: in green where it was let in, in red where it was not.
func (s *stage) tellOf(who *sensor) {
	verdict := func(in bool, text string) string {
		if in {
			return s.screen.paint(green, text)
		}
		return s.screen.paint(red, text)
	}
	id := who.device.RegistrationID()
	s.screen.say(id + "   DPS: " + verdict(who.outcome.Admitted(), s.named(who.outcome.String())))
	if who.hub != "" {
		s.screen.say(strings.Repeat(" ", len(id)) + "   " + s.named(who.hub) + ": " +
			verdict(who.connection.Accepted, who.connection.String()))
	}
	s.screen.say("")
}

// allComeIn lets every sensor try for the first time.
func allComeIn(ctx context.Context, s *stage) error {
	if err := bothComeIn(ctx, s); err != nil {
		return err
	}
	return s.comeIn(ctx, s.missing)
}

// bothComeIn lets first the stolen, then the kept sensor try.
func bothComeIn(ctx context.Context, s *stage) error {
	if err := s.comeIn(ctx, s.stolen); err != nil {
		return err
	}
	return s.comeIn(ctx, s.kept)
}

// stay has the sensor connect to its hub over MQTT, and stay connected.
func (s *stage) stay(ctx context.Context, who *sensor) error {
	var err error
	if who.session, err = who.device.Stay(ctx, who.hub, who.as); err != nil {
		return err
	}
	s.screen.say(who.device.RegistrationID()+"   "+s.named(who.hub)+": "+s.screen.paint(green, "connected over MQTT"), "")
	return nil
}

// stays checks that the sensor is still connected.
func (who *sensor) stays() error {
	select {
	case <-who.session.Ended():
		return fmt.Errorf("the session of %s should last", who.device.RegistrationID())
	default:
		return nil
	}
}

// comeBack waits for the end of the sensor's session, and has it connect again.
func (s *stage) comeBack(ctx context.Context, who *sensor) error {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	select {
	case <-who.session.Ended():
	case <-ctx.Done():
		return fmt.Errorf("the session of %s lasts", who.device.RegistrationID())
	}
	_, err := who.device.Stay(ctx, who.hub, who.as)
	if err == nil {
		return fmt.Errorf("%s should not come back", who.device.RegistrationID())
	}
	if !errors.Is(err, devicesim.ErrRefused) {
		return err
	}
	s.screen.say(who.device.RegistrationID()+"   "+s.named(who.hub)+": "+
		s.screen.paint(red, "its session is over, and a new one is refused: not authorized"), "")
	return nil
}

// isIn checks that DPS assigned the sensor, and that the hub took its message.
func (who *sensor) isIn() error {
	if !who.outcome.Admitted() || !who.connection.Accepted {
		return fmt.Errorf("%s should be in: DPS: %s; hub: %s", who.device.RegistrationID(), who.outcome, who.connection)
	}
	return nil
}

// isOut checks that neither DPS nor the hub let the sensor in.
func (who *sensor) isOut() error {
	if who.outcome.Status != devicesim.Disabled || who.connection.Accepted {
		return fmt.Errorf("%s should be out: DPS: %s; hub: %s", who.device.RegistrationID(), who.outcome, who.connection)
	}
	return nil
}

// isHalfOut checks that DPS refuses the sensor, and that the hub still takes its messages.
func (who *sensor) isHalfOut() error {
	if who.outcome.Status != devicesim.Disabled || !who.connection.Accepted {
		return fmt.Errorf("%s should be refused by the DPS and in at the hub: DPS: %s; hub: %s",
			who.device.RegistrationID(), who.outcome, who.connection)
	}
	return nil
}
