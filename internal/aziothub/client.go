// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

const (
	serviceName = "IoT Hub"

	apiVersion = "2021-04-12"

	// DefaultScope is the scope of tokens for every hub.
	DefaultScope = "https://iothubs.azure.net/.default"

	// throttleBase is the first wait after a 429. The hub sends no Retry-After (observed live); its message asks for
	// ten seconds.
	throttleBase = 10 * time.Second
)

// ClientOptions configures a Client: see azrest.ClientOptions. Its Scope is DefaultScope unless it says otherwise.
type ClientOptions = azrest.ClientOptions

// WriteOptions says on what condition a write is carried out: see azrest.WriteOptions. The object is the identity.
type WriteOptions = azrest.WriteOptions

// ListOptions says how a list is read: see azrest.ListOptions. A hub's pages have at most 100 items.
type ListOptions = azrest.ListOptions

// Client calls one IoT hub. It is safe for concurrent use.
type Client struct {
	pipeline *azrest.Pipeline
}

// service is what a hub does in its own way. Its ETags come from bodies, where they have no quotes, and are sent with
// them, the star included, as Microsoft's clients do.
func service() azrest.Service {
	return azrest.Service{
		Name: serviceName, Module: moduleName, Version: moduleVersion, APIVersion: apiVersion, Scope: DefaultScope,
		CheckHost: cloud.CheckHost, QuotedETags: true, ReadFault: readFault, ThrottleBase: throttleBase,
	}
}

// NewClient returns a client of the hub at host (bare, with an optional port) that authenticates with cred. Nothing
// is sent before the first call. o may be nil.
func NewClient(host string, cred azcore.TokenCredential, o *ClientOptions) (*Client, error) {
	return newClient(azrest.ConnectWithCredential(service(), host, cred, o))
}

// NewClientFromConnectionString returns a client of the hub that cs names, authenticating with its key. o may be nil.
func NewClientFromConnectionString(cs sas.ConnectionString, o *ClientOptions) (*Client, error) {
	sign := func(now func() time.Time) policy.Policy { return sas.NewPolicy(cs, now) }
	return newClient(azrest.Connect(service(), cs.HostName, sign, o))
}

func newClient(pipeline *azrest.Pipeline, err error) (*Client, error) {
	if err != nil {
		return nil, err
	}
	return &Client{pipeline: pipeline}, nil
}

// Host returns the host in lower case, with its port when it has one.
func (c *Client) Host() string { return c.pipeline.Host() }
