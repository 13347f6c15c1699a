// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
	"github.com/azureiot/terraform-provider-azureiot/internal/tfserver"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// World is one DPS instance with its hubs, a certificate authority, an operator, and the provider configured for them.
type World struct {
	T        testing.TB
	Emulator *emulator.Emulator
	Clock    *Clock
	// DPS is the operator's client: whoever works in the portal.
	DPS *azdps.Client
	// Root signs Intermediate, which signs the devices that come through a group.
	Root, Intermediate *devicesim.Authority

	// Adjust changes the options of each provider that is started from then on; nil leaves them as they are.
	Adjust func(*provider.Options)
	// Beside are stand-ins for other providers, by source such as "hashicorp/azurerm", for the Terraform command.
	Beside map[string]func() tfprotov6.ProviderServer

	// version makes another version of the provider's server; nil leaves it as it is.
	version func(wholeServer) tfprotov6.ProviderServer
	env     map[string]string
	block   map[string]any
	secrets *secrets
	clis    *[]*CLI
	// trusting is an HTTP client that connects to the services, and hubs are the operator's clients of hubs.
	trusting *http.Client
	hubs     *hubs
	// clients are the provider's HTTP clients: Terraform configures a provider anew for each walk, and a process of its
	// own ends with its connections.
	clients *clients
}

// hubs are clients of hubs, by name.
type hubs struct {
	mu   sync.Mutex
	made map[string]*aziothub.Client
}

// clients are HTTP clients by the authorities that they trust.
type clients struct {
	mu   sync.Mutex
	made []client
}

type client struct {
	roots *x509.CertPool
	http  *http.Client
}

func (c *clients) of(roots *x509.CertPool) *http.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range c.made {
		if roots == known.roots || roots != nil && known.roots != nil && roots.Equal(known.roots) {
			return known.http
		}
	}
	made := client{roots, azrest.NewHTTPClient(roots)}
	c.made = append(c.made, made)
	return made.http
}

func (c *clients) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range c.made {
		known.http.CloseIdleConnections()
	}
}

// Option changes the emulator that a world starts.
type Option func(*emulator.Options)

// Hubs names the world's hubs; one called "hub1" by default.
func Hubs(names ...string) Option {
	return func(o *emulator.Options) {
		o.Hubs = nil
		for _, name := range names {
			o.Hubs = append(o.Hubs, emulator.HubOptions{Name: name})
		}
	}
}

// Emulate changes the emulator's options directly.
func Emulate(change func(*emulator.Options)) Option { return change }

// NewWorld starts a world that ends with the test.
func NewWorld(t testing.TB, options ...Option) *World {
	t.Helper()
	w := &World{
		T: t, Clock: newClock(), block: map[string]any{}, secrets: newSecrets(), clis: new([]*CLI), clients: &clients{},
		hubs: &hubs{made: map[string]*aziothub.Client{}},
	}
	o := emulator.Options{Now: w.Clock.Now, Observe: wiretest.Inspect(t)}
	for _, option := range options {
		option(&o)
	}
	if o.Choices.KeepUnknownMembers {
		o.Observe = nil // The members of a newer version are in no specification yet.
	}
	o.Observe = w.secrets.overhear(o.Observe)
	var err error
	w.Emulator, err = emulator.Start(o)
	must(t, err)
	t.Cleanup(func() { must(t, w.Emulator.Close()) })
	w.trusting = newTrusting(w.Emulator.CACertificatePEM())
	t.Cleanup(w.trusting.CloseIdleConnections)
	t.Cleanup(w.clients.close)
	w.setEnv()
	t.Cleanup(w.searchForSecrets)
	w.DPS, err = azdps.NewClientFromConnectionString(parse(t, w.Emulator.DPSConnectionString()),
		&azdps.ClientOptions{Options: w.clientOptions()})
	must(t, err)
	w.Root, err = devicesim.NewAuthority("Plant Root")
	must(t, err)
	w.Intermediate, err = w.Root.Intermediate("Plant Factory")
	must(t, err)
	return w
}

// searchForSecrets fails the test when anything that its run wrote has a secret of the world. It runs while the working
// directories are still there.
func (w *World) searchForSecrets() {
	w.T.Helper()
	for _, c := range *w.clis {
		c.keepFiles()
	}
	w.secrets.keepOf(w.Emulator, w.env)
	w.secrets.mustStayOut(w.T)
}

// For is the same world for a part of the test: what goes wrong fails t.
func (w *World) For(t testing.TB) *World {
	t.Helper()
	own := *w
	own.T = t
	return &own
}

// setEnv is the environment from which the provider block of a world takes what a configuration leaves out.
func (w *World) setEnv() {
	w.T.Helper()
	ca := filepath.Join(w.T.TempDir(), "ca.pem")
	must(w.T, os.WriteFile(ca, w.Emulator.CACertificatePEM(), 0o600))
	var hubs []string
	for _, hub := range w.Emulator.Hubs() {
		hubs = append(hubs, hub.ConnectionString())
	}
	w.env = map[string]string{
		"AZUREIOT_DPS_CONNECTION_STRING":     w.Emulator.DPSConnectionString(),
		"AZUREIOT_IOTHUB_CONNECTION_STRINGS": strings.Join(hubs, "\n"),
		"AZUREIOT_CA_CERTIFICATE_FILE":       ca,
	}
}

// Setenv sets a variable of the provider's environment in this world; an empty value unsets it.
func (w *World) Setenv(name, value string) { w.env[name] = value }

// Getenv reads the provider's environment in this world.
func (w *World) Getenv(name string) string { return w.env[name] }

// Hub is the operator's client of a hub.
func (w *World) Hub(name string) *aziothub.Client {
	w.T.Helper()
	w.hubs.mu.Lock()
	defer w.hubs.mu.Unlock()
	if client := w.hubs.made[name]; client != nil {
		return client
	}
	client, err := aziothub.NewClientFromConnectionString(parse(w.T, w.Emulator.Hub(name).ConnectionString()),
		&aziothub.ClientOptions{Options: w.clientOptions()})
	must(w.T, err)
	w.hubs.made[name] = client
	return client
}

// Hostname is the host name of a hub.
func (w *World) Hostname(hub string) string { return w.Emulator.Hub(hub).Hostname() }

func (w *World) clientOptions() azrest.Options {
	options := azrest.Options{Now: w.Clock.Now}
	options.Transport = &http.Client{Transport: w.Emulator.Transport()} // No test is about the operator's connections.
	options.Retry.Sleep = w.Clock.Sleep
	return options
}

// newTrusting makes an HTTP client that trusts an authority alone.
func newTrusting(ca []byte) *http.Client {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	}}
}

// Schemas are those of a provider of its own, which is not configured.
func (w *World) Schemas() *tfprotov6.GetProviderSchemaResponse {
	w.T.Helper()
	server, err := w.Server()
	must(w.T, err)
	return w.schemasOf(server)
}

func (w *World) schemasOf(server tfprotov6.ProviderServer) *tfprotov6.GetProviderSchemaResponse {
	w.T.Helper()
	schemas, err := server.GetProviderSchema(w.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(w.T, err)
	return schemas
}

// Server makes the provider's server, the same that main serves, and keeps what it says.
func (w *World) Server() (tfprotov6.ProviderServer, error) {
	options := provider.Options{
		Getenv: w.Getenv, Now: w.Clock.Now, Sleep: w.Clock.Sleep, HTTPClient: w.clients.of,
	}
	if w.Adjust != nil {
		w.Adjust(&options)
	}
	made := tfserver.Factory(provider.New("test", options))()
	whole, ok := made.(wholeServer)
	if !ok {
		return nil, fmt.Errorf("the server is no whole one but %T", made)
	}
	heard := overheard{whole, w.secrets}
	if w.version != nil {
		return w.version(heard), nil
	}
	return heard, nil
}

// HTTPClient is a client that trusts the services of this world.
func (w *World) HTTPClient() *http.Client { return w.trusting }

// Providers are the provider factories for terraform-plugin-testing.
func (w *World) Providers() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){provider.TypeName: w.Server}
}

func parse(t testing.TB, connectionString string) sas.ConnectionString {
	t.Helper()
	parsed, err := sas.ParseConnectionString(connectionString)
	must(t, err)
	return parsed
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Context is a context that ends with the test.
func (w *World) Context() context.Context { return w.T.Context() }
