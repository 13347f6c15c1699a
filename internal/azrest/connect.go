// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"context"
	"fmt"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// ClientOptions configures a client of a service. Nil and the zero value are what production uses.
type ClientOptions struct {
	Options
	// Scope is the scope of the tokens that a credential is asked for; empty means the service's own.
	Scope string
}

// Connect returns the pipeline of service at host (bare, with an optional port). authorize makes the policy that
// authorizes each try of a call; now is the clock to sign by, nil for the real one. Nothing is sent before the first
// call. o may be nil.
func Connect(
	service Service, host string, authorize func(now func() time.Time) policy.Policy, o *ClientOptions,
) (*Pipeline, error) {
	if err := service.CheckHost(host); err != nil {
		return nil, fmt.Errorf("the %s host name is not usable: %w", service.Name, err)
	}
	var options Options
	if o != nil {
		options = o.Options
	}
	return NewPipeline(service, host, authorize(options.Now), &options), nil
}

// ConnectWithCredential is Connect with a token of cred for each try.
func ConnectWithCredential(
	service Service, host string, cred azcore.TokenCredential, o *ClientOptions,
) (*Pipeline, error) {
	if cred == nil {
		return nil, fmt.Errorf("the %s client needs a credential", service.Name)
	}
	scope := service.Scope
	if o != nil && o.Scope != "" {
		scope = o.Scope
	}
	return Connect(service, host, func(func() time.Time) policy.Policy {
		return runtime.NewBearerTokenPolicy(tokenSource{cred}, []string{scope}, nil)
	}, o)
}

// tokenSource is a credential whose failures are sentences.
type tokenSource struct{ credential azcore.TokenCredential }

// GetToken asks the credential.
func (s tokenSource) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := s.credential.GetToken(ctx, o)
	if err != nil {
		return azcore.AccessToken{}, &tokenError{err}
	}
	return token, nil
}
