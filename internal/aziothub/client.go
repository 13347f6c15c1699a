// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

const (
	apiVersion = "2021-04-12"

	// DefaultScope is the scope of tokens for every hub.
	DefaultScope = "https://iothubs.azure.net/.default"

	// throttleBase is the first wait after a 429. The hub sends no Retry-After (observed live); its message asks for
	// ten seconds.
	throttleBase = 10 * time.Second
)

// ClientOptions configures a Client. Nil and the zero value are what production uses.
type ClientOptions struct {
	azrest.Options
	// Scope is the scope of the tokens that NewClient's credential is asked for; empty means DefaultScope.
	Scope string
}

// Client calls one IoT hub. It is safe for concurrent use.
type Client struct {
	pipeline *azrest.Pipeline
}

// NewClient returns a client of the hub at host (bare, with an optional port) that authenticates with cred. Nothing
// is sent before the first call. o may be nil.
func NewClient(host string, cred azcore.TokenCredential, o *ClientOptions) (*Client, error) {
	if cred == nil {
		return nil, errors.New("an IoT Hub client needs a credential")
	}
	scope := DefaultScope
	if o != nil && o.Scope != "" {
		scope = o.Scope
	}
	return newClient(host, azrest.NewBearerPolicy(cred, scope), o)
}

// NewClientFromConnectionString returns a client of the hub that cs names, authenticating with its key. o may be nil.
func NewClientFromConnectionString(cs sas.ConnectionString, o *ClientOptions) (*Client, error) {
	var now func() time.Time
	if o != nil {
		now = o.Now
	}
	return newClient(cs.HostName, sas.NewPolicy(cs, now), o)
}

func newClient(host string, auth policy.Policy, o *ClientOptions) (*Client, error) {
	if err := sas.CheckHostName(host); err != nil {
		return nil, fmt.Errorf("the IoT hub's host name is not usable: %w", err)
	}
	var options azrest.Options
	if o != nil {
		options = o.Options
	}
	service := azrest.Service{
		Name: "IoT Hub", Module: moduleName, Version: moduleVersion, APIVersion: apiVersion,
		ReadFault: readFault, ThrottleBase: throttleBase,
	}
	return &Client{pipeline: azrest.NewPipeline(service, host, auth, &options)}, nil
}

// Host returns the host in lower case, with its port when it has one.
func (c *Client) Host() string { return c.pipeline.Host() }

// WriteOptions says on what condition a write is carried out.
type WriteOptions struct {
	// OnlyIfUnchanged is the ETag that the identity must still have, or azcore.ETagAny for any. Nil means: a PUT only
	// creates and fails with a conflict (409) if the identity exists; a DELETE has no condition.
	OnlyIfUnchanged *azcore.ETag
}

// ifMatch is the If-Match header. ETags come from bodies, where they have no quotes, and are sent with them, the star
// included, as Microsoft's clients do.
func (o *WriteOptions) ifMatch() (string, error) {
	if o == nil || o.OnlyIfUnchanged == nil {
		return "", nil
	}
	bare := strings.Trim(string(*o.OnlyIfUnchanged), `"`)
	if bare == "" {
		return "", errors.New("the ETag is empty, which would make the write unconditional")
	}
	return `"` + bare + `"`, nil
}

// ListOptions says how a list is read.
type ListOptions struct {
	// PageSize is the number of items asked for in one page, at most 100; zero means 100.
	PageSize int
}
