// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

func TestPipeline_runsPoliciesPerCallAndPerTry(t *testing.T) {
	t.Parallel()
	tr, c := &transport{replies: []reply{status(429), ok(`{}`)}}, newClock()
	var ran []string
	named := func(name string) policy.Policy {
		return policyFunc(func(req *policy.Request) (*http.Response, error) {
			ran = append(ran, name)
			return req.Next()
		})
	}
	o := options(tr, c)
	o.PerCallPolicies = []policy.Policy{named("call")}
	o.PerRetryPolicies = []policy.Policy{named("try")}
	p := azrest.NewPipeline(testService(), "h.example", named("auth"), o)
	if _, err := azrest.Do[thing](t.Context(), p, getThing()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"call", "auth", "try", "auth", "try"}; !slices.Equal(ran, want) {
		t.Errorf("ran %v, want %v", ran, want)
	}
}

func TestPipeline_keepsItsOwnVersionAndRetries(t *testing.T) {
	t.Parallel()
	tr, c := &transport{replies: []reply{status(500)}}, newClock()
	o := options(tr, c)
	o.APIVersion = "1999-01-01"
	o.ClientOptions.Retry = policy.RetryOptions{MaxRetries: 50}
	o.Retry.Tries = 2
	p := azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
	if _, err := azrest.Do[thing](t.Context(), p, getThing()); err == nil || len(tr.requests) != 2 {
		t.Errorf("%v after %d requests", err, len(tr.requests))
	}
	if got := tr.requests[0].URL.RawQuery; got != "api-version=2000-01-01" {
		t.Errorf("sent %s", got)
	}
}

func TestPipeline_hasItsHostInLowerCase(t *testing.T) {
	t.Parallel()
	p := azrest.NewPipeline(testService(), "My-Hub.Example:8443", anonymous{}, nil)
	if p.Host() != "my-hub.example:8443" {
		t.Errorf("host is %s", p.Host())
	}
}
