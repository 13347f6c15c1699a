// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/seedfile"
)

// Options say what to start. The zero value is a provisioning service with one hub, "hub1", without an enrollment.
type Options struct {
	// Hubs are the names of the linked hubs.
	Hubs []string
	// SeedFile is the world to start with, in JSON or YAML: see "iotemulator -help seeds".
	SeedFile string
	// Choices are what the services do where nobody knows, by name: see "iotemulator -help choices".
	Choices []string
	// Throttles answers 429 at the rates of the real services.
	Throttles bool
	// Now is the clock of the services; nil means time.Now.
	Now func() time.Time
}

// Emulator is a provisioning service with its hubs. It ends with the test.
type Emulator struct {
	t      testing.TB
	e      *emulator.Emulator
	caFile string
}

// Start starts an emulator that ends with the test.
func Start(t testing.TB, o Options) *Emulator {
	t.Helper()
	options := emulator.Options{AdminAddr: "127.0.0.1:0", Now: o.Now}
	for _, name := range o.Hubs {
		options.Hubs = append(options.Hubs, emulator.HubOptions{Name: name})
	}
	for _, name := range o.Choices {
		must(t, options.Choices.Choose(name))
	}
	var err error
	if o.SeedFile != "" {
		options.Seed, err = seedfile.Read(o.SeedFile)
		must(t, err)
	}
	e, err := emulator.Start(options)
	must(t, err)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("the emulator: %v", err)
		}
	})
	if o.Throttles {
		e.SetThrottles(emulator.ServiceThrottles())
	}
	caFile := filepath.Join(t.TempDir(), "emulator.ca.pem")
	must(t, os.WriteFile(caFile, e.CACertificatePEM(), 0o600))
	return &Emulator{t, e, caFile}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("the emulator: %v", err)
	}
}

// DPSHostname is the host and port of the provisioning service, for services and devices alike.
func (e *Emulator) DPSHostname() string { return e.e.DPSHostname() }

// DPSConnectionString is that of the policy that may do everything.
func (e *Emulator) DPSConnectionString() string { return e.e.DPSConnectionString() }

// IDScope is the scope that devices name when they register.
func (e *Emulator) IDScope() string { return e.e.IDScope() }

// HubHostname is the host and port of a hub, which is found by its name.
func (e *Emulator) HubHostname(name string) string { return e.hub(name).Hostname() }

// HubConnectionString is that of the policy iothubowner of a hub.
func (e *Emulator) HubConnectionString(name string) string { return e.hub(name).ConnectionString() }

func (e *Emulator) hub(name string) *emulator.Hub {
	h := e.e.Hub(name)
	if h == nil {
		e.t.Fatalf("the emulator: there is no hub %q", name)
	}
	return h
}

// AdminURL is where the admin listener is, with a page for browsers.
func (e *Emulator) AdminURL() string { return "http://" + e.e.AdminAddress() }

// CAFile is a file with the certificate to trust, in PEM.
func (e *Emulator) CAFile() string { return e.caFile }

// Env are the variables by which clients find and trust the emulator, such as AZUREIOT_DPS_CONNECTION_STRING.
func (e *Emulator) Env() map[string]string {
	all := map[string]string{}
	for _, v := range e.e.Env(e.caFile) {
		all[v.Key] = v.Value
	}
	return all
}

// Setenv sets these variables until the test ends; as with testing.T.Setenv, the test must not be parallel.
func (e *Emulator) Setenv() {
	e.t.Helper()
	for name, value := range e.Env() {
		e.t.Setenv(name, value)
	}
}

// Client is an HTTP client that trusts the emulator, and shows a certificate if one is given, as a device does.
func (e *Emulator) Client(certificates ...tls.Certificate) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(e.e.CACertificatePEM())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: certificates}}
	e.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// Exchange is one request that reached the emulator, with the status of the answer, which is 0 while there is none.
type Exchange struct {
	Host, Method, Path string
	Status             int
}

// Journal lists what was asked, in order.
func (e *Emulator) Journal() []Exchange {
	var all []Exchange
	for _, x := range e.e.Journal() {
		all = append(all, Exchange{x.Host, x.Method, x.Path, x.Status})
	}
	return all
}

// Fault is a failure of requests, as many as Times says; 0 means all.
type Fault struct {
	// Method and Path, a regular expression, say of which requests; empty means any.
	Method, Path string
	// Status is the answer to a request that is not carried out. Without one the request is carried out, and its answer
	// is lost.
	Status int
	Times  int
}

// Fail has requests fail from now on, until Reset.
func (e *Emulator) Fail(f Fault) {
	e.t.Helper()
	path, err := regexp.Compile(f.Path)
	must(e.t, err)
	fault := emulator.Fault{Method: f.Method, Path: path, Status: f.Status, Times: f.Times}
	if f.Status == 0 {
		fault.Cut = emulator.CutAfter
	}
	e.e.AddFault(fault)
}

// Send sends a message to a device of a hub, as services do over AMQP.
func (e *Emulator) Send(hub, deviceID, body string) {
	e.t.Helper()
	must(e.t, e.e.SendMessage(hub, deviceID, body))
}

// Reset makes the world what it was at the start, and ends all faults.
func (e *Emulator) Reset() {
	e.t.Helper()
	must(e.t, e.e.Reset())
}

// Dump writes the world down as a seed, in JSON. It holds every key.
func (e *Emulator) Dump() []byte {
	e.t.Helper()
	text, err := e.e.Dump()
	must(e.t, err)
	return text
}
