// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// entra is a credential that a test never asks.
type entra struct{}

func (entra) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, errors.New("no test should ask for a token")
}

func connection(t *testing.T, host string) sas.ConnectionString {
	t.Helper()
	parsed, err := sas.ParseConnectionString(
		"HostName=" + host + ";SharedAccessKeyName=own;SharedAccessKey=c2VjcmV0IHNlY3JldA==")
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func public(t *testing.T, change func(*azure.Config)) *azure.Services {
	t.Helper()
	config := azure.Config{
		Cloud: cloud.All()[0], Credential: entra{}, CredentialName: "a test",
		Now:   func() time.Time { return time.Unix(0, 0) },
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	if change != nil {
		change(&config)
	}
	return azure.New(config)
}

// A token is good for every hub that its principal may touch. It goes to hosts that the user named, and to hosts that
// an answer names only when they are hubs of this cloud.
func TestServices_tokenGoesOnlyWhereItBelongs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		host   string
		origin azure.HubOrigin
		change func(*azure.Config)
		want   bool
	}{
		"hub of this cloud, found":       {host: "a.azure-devices.net", origin: azure.HubFound, want: true},
		"hub of this cloud with a port":  {host: "a.azure-devices.net:443", origin: azure.HubFound, want: true},
		"hub of this cloud, other case":  {host: "A.Azure-Devices.NET", origin: azure.HubFound, want: true},
		"foreign host, found":            {host: "evil.example", origin: azure.HubFound},
		"host that only looks like one":  {host: "a.azure-devices.net.evil.example", origin: azure.HubFound},
		"suffix without a dot":           {host: "evilazure-devices.net", origin: azure.HubFound},
		"hub of another cloud, found":    {host: "a.azure-devices.cn", origin: azure.HubFound},
		"foreign host, named by a block": {host: "hub.example", origin: azure.HubNamed, want: true},
		"the block's own hub, found": {
			host: "HUB.example", origin: azure.HubFound, want: true,
			change: func(c *azure.Config) { c.IoTHubHostname = "hub.example" },
		},
		"hub of another cloud, named": {host: "a.azure-devices.us", origin: azure.HubNamed},
		"allowed host, found": {
			host: "hub.example", origin: azure.HubFound, want: true,
			change: func(c *azure.Config) { c.AllowedHubs = []string{"hub.example"} },
		},
		"not allowed, though named": {
			host: "other.example", origin: azure.HubNamed,
			change: func(c *azure.Config) { c.AllowedHubs = []string{"hub.example"} },
		},
		"no credential": {
			host: "a.azure-devices.net", origin: azure.HubNamed, change: func(c *azure.Config) { c.Credential = nil },
		},
		"connection string for the host": {
			host: "evil.example", origin: azure.HubFound, want: true,
			change: func(c *azure.Config) { c.HubConnectionStrings = []sas.ConnectionString{connection(t, "EVIL.example")} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := public(t, test.change).Hub(test.host, test.origin)
			if got := err == nil; got != test.want {
				t.Errorf("a client should be made: %v; error %v", test.want, err)
			}
		})
	}
}

// What is missing is said with what there is, and with what would help.
func TestServices_missingCredentialSaysWhatWouldHelp(t *testing.T) {
	t.Parallel()
	without := func(c *azure.Config) { c.Credential, c.NoCredential = nil, " (use_cli is false)" }
	withOthers := func(c *azure.Config) {
		without(c)
		own := connection(t, "one.example")
		c.DPSConnectionString = &own
		c.HubConnectionStrings = []sas.ConnectionString{connection(t, "two.example")}
	}
	dps := func(host string) func(*azure.Services) error {
		return func(s *azure.Services) error { _, err := s.DPS(host); return err }
	}
	hub := func(host string, origin azure.HubOrigin) func(*azure.Services) error {
		return func(s *azure.Services) error { _, err := s.Hub(host, origin); return err }
	}
	for name, test := range map[string]struct {
		change func(*azure.Config)
		ask    func(*azure.Services) error
		says   []string
	}{
		"no host":            {without, dps(""), []string{"dps_hostname", "AZUREIOT_DPS_HOSTNAME"}},
		"no credential":      {without, dps("dps.example"), []string{"dps_connection_string", "use_cli is false"}},
		"no credential, hub": {without, hub("h.example", azure.HubNamed), []string{"iothub_connection_strings"}},
		"strings for others": {withOthers, dps("dps.example"), []string{"are for one.example, two.example"}},
		"another cloud":      {nil, dps("a.azure-devices-provisioning.cn"), []string{`environment = "china"`}},
		"found outside": {
			nil, hub("h.example", azure.HubFound), []string{"allowed_iothub_hostnames", "*.azure-devices.net"},
		},
		"found, other cloud": {nil, hub("h.azure-devices.us", azure.HubFound), []string{`environment = "usgovernment"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.ask(public(t, test.change))
			missing, ok := errors.AsType[*azure.MissingError](err)
			if !ok {
				t.Fatalf("the error is %v", err)
			}
			for _, part := range test.says {
				if !strings.Contains(missing.Advice, part) {
					t.Errorf("%q should be said: %s", part, missing.Advice)
				}
			}
		})
	}
}

func TestServices_connectionStringIsUsedForItsHostOnly(t *testing.T) {
	t.Parallel()
	own := connection(t, "dps.example")
	services := public(t, func(c *azure.Config) { c.DPSConnectionString = &own })
	if host := services.DPSHost(""); host != "dps.example" {
		t.Errorf("the block's DPS should be that of the connection string, not %q", host)
	}
	if mode := services.Mode("DPS.example"); mode != `the shared access policy "own"` {
		t.Errorf("the mode should be the policy, not %q", mode)
	}
	if mode := services.Mode("other.example"); mode !=
		"Microsoft Entra ID (a test), because no connection string names this host" {
		t.Errorf("the mode elsewhere should be Entra, not %q", mode)
	}
}

func TestServices_clientIsMadeOnceForAHost(t *testing.T) {
	t.Parallel()
	services := public(t, nil)
	first, err := services.Hub("a.azure-devices.net", azure.HubFound)
	if err != nil {
		t.Fatal(err)
	}
	second, err := services.Hub("A.azure-devices.net:443", azure.HubNamed)
	if err != nil || first != second {
		t.Errorf("both spellings should give one client: %v", err)
	}
}

func TestServices_knownHubsAreSortedAndNamedOnce(t *testing.T) {
	t.Parallel()
	services := public(t, func(c *azure.Config) {
		c.IoTHubHostname = "b.example"
		c.HubConnectionStrings = []sas.ConnectionString{connection(t, "c.example"), connection(t, "b.example")}
		c.AllowedHubs = []string{"a.example"}
	})
	if got := services.KnownHubs(); !slices.Equal(got, []string{"a.example", "b.example", "c.example"}) {
		t.Errorf("the known hubs are %v", got)
	}
}

func TestServices_unknownBlockAllowsNoCall(t *testing.T) {
	t.Parallel()
	var none *azure.Services
	if none.Known() || public(t, func(c *azure.Config) { c.Unknown = true }).Known() || !public(t, nil).Known() {
		t.Error("only a configured and fully known block may be called with")
	}
}
