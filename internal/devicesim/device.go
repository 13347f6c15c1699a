// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// Service is where a device registers.
type Service struct {
	// DPSHostname is the host for devices, with a port if it is not 443.
	DPSHostname string
	// IDScope names the DPS instance.
	IDScope string
	// CACertificatePEM is trusted besides the system's authorities, for DPS and the hubs alike; may be empty.
	CACertificatePEM []byte
}

// Device is one simulated device. Set its fields before its first use; its methods may then be called from
// several goroutines.
type Device struct {
	// Wait pauses between tries; nil waits for real. Tests set [Yield].
	Wait func(ctx context.Context, d time.Duration) error
	// Now dates tokens; nil is time.Now.
	Now func() time.Time
	// Payload is sent with each registration, for custom allocation; nil sends none.
	Payload json.RawMessage
	// MaxTries bounds KeepTrying; 0 means 1,000.
	MaxTries int
	// Pause is the time between two tries of KeepTrying; 0 means one second.
	Pause time.Duration

	service        Service
	registrationID string
	credential     Credential

	setup  sync.Once
	client *http.Client
	fault  error // why there is no client

	mu           sync.Mutex
	challengeKey []byte // what the latest TPM challenge contained; signs the polls of that registration
	hubKey       []byte // what came with the latest TPM assignment; signs for the hub
}

// New makes a device that registers under the given ID with the given credential.
func New(s Service, registrationID string, c Credential) *Device {
	return &Device{service: s, registrationID: registrationID, credential: c}
}

// RegistrationID returns the device's name towards DPS.
func (d *Device) RegistrationID() string { return d.registrationID }

// Close drops the device's connections. The device can be used again afterwards.
func (d *Device) Close() {
	if client, err := d.http(); err == nil {
		client.CloseIdleConnections()
	}
}

// Yield is a [Device.Wait] that lets other goroutines run and returns at once.
func Yield(ctx context.Context, _ time.Duration) error {
	runtime.Gosched()
	return ctx.Err()
}

func (d *Device) wait(ctx context.Context, pause time.Duration) error {
	if d.Wait != nil {
		return d.Wait(ctx, pause)
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (d *Device) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}

func (d *Device) http() (*http.Client, error) {
	d.setup.Do(func() { d.client, d.fault = newHTTPClient(d.service.CACertificatePEM, d.credential.certificate) })
	return d.client, d.fault
}

func newTLSConfig(caPEM []byte, certificate *tls.Certificate) (*tls.Config, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if len(caPEM) > 0 && !roots.AppendCertsFromPEM(caPEM) {
		return nil, errors.New("the CA certificate to trust is not PEM")
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	if certificate != nil {
		// A device presents its certificate whatever authorities the server says it would like: it has only one.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return certificate, nil
		}
	}
	return config, nil
}

func newHTTPClient(caPEM []byte, certificate *tls.Certificate) (*http.Client, error) {
	config, err := newTLSConfig(caPEM, certificate)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSClientConfig:     config,
			MaxIdleConnsPerHost: 2,
			IdleConnTimeout:     10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}, nil
}
