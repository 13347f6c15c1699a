// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// Config is what a provider block says, decoded and checked.
type Config struct {
	// Unknown says that an endpoint or a credential is not known yet, as when it is made in the same apply.
	Unknown bool
	// DPSHostname is the DPS instance of resources that name none; empty when the block names none.
	DPSHostname string
	// DPSConnectionString authenticates at the host that it names.
	DPSConnectionString *sas.ConnectionString
	// IoTHubHostname is a hub that the block names without a connection string.
	IoTHubHostname string
	// HubConnectionStrings authenticate at the hosts that they name.
	HubConnectionStrings []sas.ConnectionString
	// AllowedHubs, when not empty, limits every hub that is read or written.
	AllowedHubs []string
	// DefaultHub is the hub of resources that name none; empty when the block names none.
	DefaultHub string
	// Credential is the block's Microsoft Entra credential, CredentialName what it is called in messages. Without one,
	// NoCredential says why.
	Credential     azcore.TokenCredential
	CredentialName string
	NoCredential   string
	// Cloud is the Azure cloud that gives the credential's tokens.
	Cloud cloud.Cloud
	// Transport sends requests; nil is Go's own.
	Transport policy.Transporter
	// PerCallPolicies are added to every pipeline (the provider's logging).
	PerCallPolicies []policy.Policy
	// OnWait is told of calls that wait for a service; nil means that nobody wants to know.
	OnWait func(ctx context.Context, w azrest.Wait)
	// Now and Sleep replace the clock in tests.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Services are the configured clients of one provider block. It is safe for concurrent use.
type Services struct {
	config Config

	mu        sync.Mutex
	instances map[string]*Instance // by folded host
	hubs      map[string]*Hub      // by folded host

	// Handover carries what a Delete knows to the Create of the same object in the same apply.
	Handover Handover
	// Claims finds resources that contradict each other about the status of an object.
	Claims Claims
	// Blocks finds two blocks of one object.
	Blocks Blocks
}

// New makes the services of one provider block; it calls nobody.
func New(config Config) *Services {
	return &Services{config: config, instances: map[string]*Instance{}, hubs: map[string]*Hub{}}
}

// Known tells whether the provider block is fully known, so that a plan may call the services.
func (s *Services) Known() bool { return s != nil && !s.config.Unknown }

// Now is the moment, by the provider's clock.
func (s *Services) Now() time.Time { return s.config.Now() }

// Sleep waits for d or until ctx ends.
func (s *Services) Sleep(ctx context.Context, d time.Duration) error { return s.config.Sleep(ctx, d) }

// MissingError says that the provider block lacks what a call needs, and what to do.
type MissingError struct{ What, Advice string }

func (e *MissingError) Error() string { return e.What + ". " + e.Advice }

// DPSHost is the DPS instance that a resource means: its own override, or the block's; empty when that is none, or not
// known yet.
func (s *Services) DPSHost(override string) string {
	switch {
	case override != "":
		return override
	case s == nil:
		return ""
	case s.config.DPSHostname != "":
		return s.config.DPSHostname
	case s.config.DPSConnectionString != nil:
		return s.config.DPSConnectionString.HostName
	}
	return ""
}

// DPS is the DPS instance at override, or the block's own when override is empty.
func (s *Services) DPS(override string) (*Instance, error) {
	host := s.DPSHost(override)
	if host == "" || s == nil {
		return nil, &MissingError{"No DPS instance is configured", "Set dps_hostname or dps_connection_string in the " +
			"provider block, or AZUREIOT_DPS_HOSTNAME or AZUREIOT_DPS_CONNECTION_STRING."}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := azrest.FoldHost(host)
	if instance := s.instances[key]; instance != nil {
		return instance, nil
	}
	client, err := s.newDPS(host)
	if err != nil {
		return nil, err
	}
	s.instances[key] = NewInstance(client)
	return s.instances[key], nil
}

func (s *Services) newDPS(host string) (*azdps.Client, error) {
	options := &azdps.ClientOptions{Options: s.options(), Scope: s.config.Cloud.DPSScope()}
	if cs := s.config.DPSConnectionString; cs != nil && azrest.SameHost(cs.HostName, host) {
		return azdps.NewClientFromConnectionString(*cs, options)
	}
	if err := s.tokenFor("DPS instance", host, "dps_connection_string"); err != nil {
		return nil, err
	}
	return azdps.NewClient(host, s.config.Credential, options)
}

// HubOrigin says where the name of a hub comes from, which decides whether a token may be sent there.
type HubOrigin bool

const (
	// HubNamed is a hub that the provider block or a resource names.
	HubNamed HubOrigin = true
	// HubFound is a hub that an answer of a service names.
	HubFound HubOrigin = false
)

// HubHost is the hub that a resource means: its own override, or the block's; empty when that is none, or not known
// yet.
func (s *Services) HubHost(override string) string {
	if override != "" || s == nil {
		return override
	}
	return s.config.DefaultHub
}

// Hub is the hub at override, or the block's own when override is empty. A connection string for the host wins;
// otherwise the block's Entra credential is used, which a host found in an answer gets only when it belongs to the
// environment's hubs.
func (s *Services) Hub(override string, origin HubOrigin) (*Hub, error) {
	host := s.HubHost(override)
	switch {
	case host == "" || s == nil:
		return nil, &MissingError{"No IoT hub is configured", "Set iothub_hostname here or in the provider block, or " +
			"AZUREIOT_IOTHUB_HOSTNAME. A single connection string in iothub_connection_strings names it as well."}
	case len(s.config.AllowedHubs) > 0 && !s.allows(host):
		return nil, fmt.Errorf("the hub %s is not among allowed_iothub_hostnames of the provider block", host)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := azrest.FoldHost(host)
	if hub := s.hubs[key]; hub != nil {
		return hub, nil
	}
	client, err := s.newHub(host, origin)
	if err != nil {
		return nil, err
	}
	s.hubs[key] = NewHub(client)
	return s.hubs[key], nil
}

func (s *Services) newHub(host string, origin HubOrigin) (*aziothub.Client, error) {
	options := &aziothub.ClientOptions{Options: s.options(), Scope: s.config.Cloud.HubScope()}
	for _, cs := range s.config.HubConnectionStrings {
		if azrest.SameHost(cs.HostName, host) {
			return aziothub.NewClientFromConnectionString(cs, options)
		}
	}
	if err := s.tokenFor("hub", host, "iothub_connection_strings"); err != nil {
		return nil, err
	}
	named := origin == HubNamed || azrest.SameHost(host, s.config.IoTHubHostname) || s.allows(host)
	if !named && !s.config.Cloud.OwnsHub(host) {
		return nil, &MissingError{fmt.Sprintf("No credential for the hub %s is configured", host), fmt.Sprintf(
			"Only an answer of a service names it, and it is not called *%s: a token is good for every hub, and is not sent "+
				"there. If the hub is yours, name it in allowed_iothub_hostnames or iothub_hostname of the provider block, or "+
				"give its connection string in iothub_connection_strings.", s.config.Cloud.HubSuffix)}
	}
	return aziothub.NewClient(host, s.config.Credential, options)
}

// allows tells whether the block lists the hub among those that may be read or written.
func (s *Services) allows(host string) bool {
	return slices.ContainsFunc(s.config.AllowedHubs, func(allowed string) bool { return azrest.SameHost(allowed, host) })
}

// KnownHubs are the hubs that the provider block names, sorted.
func (s *Services) KnownHubs() []string {
	var hosts []string
	if s.config.IoTHubHostname != "" {
		hosts = append(hosts, s.config.IoTHubHostname)
	}
	for _, cs := range s.config.HubConnectionStrings {
		hosts = append(hosts, cs.HostName)
	}
	hosts = append(hosts, s.config.AllowedHubs...)
	slices.Sort(hosts)
	return slices.CompactFunc(hosts, azrest.SameHost)
}

func (s *Services) options() azrest.Options {
	options := azrest.Options{Now: s.config.Now}
	options.Transport = s.config.Transport
	options.PerCallPolicies = s.config.PerCallPolicies
	options.Retry.Sleep = s.config.Sleep
	options.OnWait = s.config.OnWait
	return options
}
