// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"
)

// ErrRefused says that a hub does not let the device connect.
var ErrRefused = errors.New("the hub refuses the connection: not authorized")

// connectTimeout bounds a try to connect.
const connectTimeout = time.Minute

// Session is a connection to a hub that lasts.
type Session struct {
	client mqtt.Client
	ended  chan struct{}
}

// Stay connects the device to a hub over MQTT 3.1.1. The session lasts until the hub, the device or the network ends
// it; it does not come back by itself.
func (d *Device) Stay(ctx context.Context, hubHostname, deviceID string) (*Session, error) {
	if d.credential.err != nil {
		return nil, fmt.Errorf("stay %q: use the %s: %w", deviceID, d.credential.kind, d.credential.err)
	}
	config, err := newTLSConfig(d.service.CACertificatePEM, d.credential.certificate)
	if err != nil {
		return nil, err
	}
	s := &Session{ended: make(chan struct{})}
	options := mqtt.NewClientOptions().AddBroker("ssl://" + mqttAddress(hubHostname)).SetTLSConfig(config).
		SetProtocolVersion(4).SetClientID(deviceID).SetCleanSession(true).
		SetUsername(hubHostname + "/" + deviceID + "/?api-version=" + hubAPIVersion).
		SetConnectTimeout(connectTimeout).SetAutoReconnect(false).
		SetConnectionLostHandler(func(mqtt.Client, error) { close(s.ended) })
	if key := d.connectionKey(); key != nil {
		resource := hubHostname + "/devices/" + deviceID
		options.SetPassword(token(key, resource, "", d.now().Add(tokenLifetime)))
	}
	s.client = mqtt.NewClient(options)
	said, isConnect := s.client.Connect().(*mqtt.ConnectToken)
	if err := done(ctx, said); err != nil {
		if isConnect && said.ReturnCode() == packets.ErrRefusedNotAuthorised {
			err = ErrRefused
		}
		return nil, fmt.Errorf("stay %q at %s: %w", deviceID, hubHostname, err)
	}
	return s, nil
}

// mqttAddress is where a hub speaks MQTT: on its own port, or on 8883.
func mqttAddress(hostname string) string {
	if _, _, err := net.SplitHostPort(hostname); err == nil {
		return hostname
	}
	return net.JoinHostPort(hostname, "8883")
}

func done(ctx context.Context, t mqtt.Token) error {
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ended is closed when somebody else than the device has ended the session.
func (s *Session) Ended() <-chan struct{} { return s.ended }

// Close ends the session in good order.
func (s *Session) Close() { s.client.Disconnect(0) }
