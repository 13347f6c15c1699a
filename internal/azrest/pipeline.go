// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Service is what a service does in its own way.
type Service struct {
	// Name is the service's name in sentences, such as "DPS".
	Name string
	// Module and Version name the client in the User-Agent header.
	Module, Version string
	// APIVersion is sent with each call.
	APIVersion string
	// ReadFault reads the body of an answer that says no.
	ReadFault func(status int, header http.Header, body []byte) Fault
	// CheckHost says what is wrong with a host name.
	CheckHost func(host string) error
	// Scope is the scope of tokens for the service.
	Scope string
	// QuotedETags says that the service wants ETags in quotes, the star included; otherwise they are sent as they
	// stand.
	QuotedETags bool
	// ThrottleBase is the first wait after a 429 or 503 that does not say how long to wait; zero means one second.
	ThrottleBase time.Duration
}

// Fault is what a service's error body says.
type Fault struct {
	// Code is the service's code, empty when the body has none. A body without a code is not the service's.
	Code string
	// Message is the service's sentence as it stands; it is cleaned on its way into an Error.
	Message string
	// TrackingID is the service's, empty when there is none.
	TrackingID string
	// Absent says that the code is the service's word that it does not have the object. A 404 without it is a proxy's, or
	// about something else.
	Absent bool
	// Transient says that the code, whatever the status, passes: the call is tried again within the budget.
	Transient bool
}

// Pipeline is one service at one host. It is safe for concurrent use.
type Pipeline struct {
	service Service
	host    string
	now     func() time.Time
	azcore  runtime.Pipeline
}

// NewPipeline returns the pipeline of service at host (with a port where it has one, and checked by the caller), each
// try of a call being authorized by auth. o may be nil.
func NewPipeline(service Service, host string, auth policy.Policy, o *Options) *Pipeline {
	var options Options
	if o != nil {
		options = *o
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	p := &Pipeline{service: service, host: strings.ToLower(host), now: options.Now}

	core := options.ClientOptions
	core.Retry = policy.RetryOptions{MaxRetries: -1} // one loop decides about retries, and it is ours
	core.Logging.IncludeBody = false                 // bodies hold keys
	core.APIVersion = ""                             // the models fit one version only
	if core.Transport == nil {
		core.Transport = NewHTTPClient(nil)
	}
	core.Transport = &wholeAnswers{service: service.Name, next: core.Transport}
	p.azcore = runtime.NewPipeline(service.Module, service.Version, runtime.PipelineOptions{
		AllowedHeaders: []string{
			"iothub-errorcode", "x-ms-error-code", "x-ms-request-id", "x-ms-item-type", "x-ms-max-item-count",
		},
		PerRetry: []policy.Policy{newRetries(service, p.host, options), auth},
	}, &core)
	return p
}

// Host returns the host in lower case, with its port when it has one.
func (p *Pipeline) Host() string { return p.host }
