// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

const (
	apiVersion = "2021-10-01"

	// DefaultScope is the scope of tokens for every cloud's DPS.
	DefaultScope = "https://azure-devices-provisioning.net/.default"
)

// ClientOptions configures a Client: see azrest.ClientOptions. Its Scope is DefaultScope unless it says otherwise.
type ClientOptions = azrest.ClientOptions

// WriteOptions says on what condition a write is carried out: see azrest.WriteOptions.
type WriteOptions = azrest.WriteOptions

// ListOptions says how a list is read: see azrest.ListOptions. The service counts each page as one operation.
type ListOptions = azrest.ListOptions

// Client calls one DPS instance. It is safe for concurrent use.
type Client struct {
	pipeline *azrest.Pipeline
}

// service is what the DPS does in its own way. Quotes around its ETags would be part of them.
func service() azrest.Service {
	return azrest.Service{
		Name: "DPS", Module: moduleName, Version: moduleVersion, APIVersion: apiVersion, Scope: DefaultScope,
		CheckHost: cloud.CheckHost, ReadFault: readFault, ThrottleBase: time.Second,
	}
}

// NewClient returns a client of the DPS at host (bare, with an optional port) that authenticates with cred. Nothing
// is sent before the first call. o may be nil.
func NewClient(host string, cred azcore.TokenCredential, o *ClientOptions) (*Client, error) {
	return newClient(azrest.ConnectWithCredential(service(), host, cred, o))
}

// NewClientFromConnectionString returns a client of the DPS that cs names, authenticating with its key. o may be nil.
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
