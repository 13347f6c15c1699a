// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

func fixedClock() time.Time { return time.Unix(1_700_000_000, 0) }

// recorder answers each request with 200 and keeps its Authorization header.
type recorder struct {
	mu   sync.Mutex
	seen []string
}

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, req.Header.Get("Authorization"))
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
}

// send signs one request to target with p, and returns the header that was sent.
func send(t *testing.T, p policy.Policy, target string) (string, error) {
	t.Helper()
	var r recorder
	pipeline := runtime.NewPipeline("sas_test", "v0.0.0", runtime.PipelineOptions{PerRetry: []policy.Policy{p}},
		&policy.ClientOptions{Transport: &r, Retry: policy.RetryOptions{MaxRetries: -1}})
	req, err := runtime.NewRequest(t.Context(), http.MethodGet, target)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pipeline.Do(req)
	if len(r.seen) == 0 {
		return "", err
	}
	return r.seen[0], err
}

func TestPolicy_signsForTheHostInLowerCase(t *testing.T) {
	t.Parallel()
	now := time.Unix(1767222000, 0) // an hour before the expiry of the vector
	c := parse(t, "HostName=MyHub.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey="+testKey)
	got, err := send(t, sas.NewPolicy(c, func() time.Time { return now }), "https://myhub.AZURE-devices.net/devices/d")
	want := "SharedAccessSignature sr=myhub.azure-devices.net&sig=rny7eWZSBNZ9YeCNiuTjnwBzU9k6y3yqorNu3ifboBQ%3D" +
		"&se=1767225600&skn=iothubowner"
	if err != nil || got != want {
		t.Errorf("sent %q, %v", got, err)
	}
}

func TestPolicy_signsAnewWhenTheTokenIsAboutToEnd(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	c := parse(t, "HostName=h:1;SharedAccessKeyName=p;SharedAccessKey="+testKey)
	p := sas.NewPolicy(c, func() time.Time { return now })
	first, err := send(t, p, "https://h:1/")
	if err != nil || !strings.Contains(first, "se=1700003600") {
		t.Fatalf("sent %q, %v", first, err)
	}
	for _, step := range []struct {
		after time.Duration
		fresh bool
	}{{49 * time.Minute, false}, {2 * time.Minute, true}, {-2 * time.Hour, true}} {
		now = now.Add(step.after)
		got, err := send(t, p, "https://h:1/")
		if err != nil || (got != first) != step.fresh {
			t.Errorf("after %s sent %q, %v", step.after, got, err)
		}
		first = got
	}
}

func TestPolicy_sendsNothingToOtherHostsOrWithoutTLS(t *testing.T) {
	t.Parallel()
	c := parse(t, "HostName=h.example;SharedAccessKeyName=p;SharedAccessKey="+testKey)
	for target, want := range map[string]string{
		"http://h.example/":      "only sent over https",
		"https://g.example/":     "is for h.example, not for g.example",
		"https://h.example:444/": "is for h.example, not for h.example:444",
	} {
		got, err := send(t, sas.NewPolicy(c, fixedClock), target)
		if got != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("to %s: sent %q, %v", target, got, err)
		}
	}
}

func TestPolicy_isSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	c := parse(t, "HostName=h.example;SharedAccessKeyName=p;SharedAccessKey="+testKey)
	p := sas.NewPolicy(c, fixedClock)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got, err := send(t, p, "https://h.example/"); err != nil || got == "" {
				t.Errorf("sent %q, %v", got, err)
			}
		})
	}
	wg.Wait()
}
