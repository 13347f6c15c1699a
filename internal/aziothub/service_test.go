// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// testKey is base64 of 32 bytes.
const testKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// exchange is one request and the answer it gets.
type exchange struct {
	method, target string // target is the path, escaped, and the query
	ifMatch        string
	body           string // of the request; not compared where it is "-"
	status         int
	headers        map[string]string
	answer         string
}

// service answers requests with its exchanges, in order, and fails the test when a request is another.
type service struct {
	t         *testing.T
	exchanges []exchange
}

func (s *service) Do(req *http.Request) (*http.Response, error) {
	if len(s.exchanges) == 0 {
		s.t.Errorf("unexpected request: %s %s", req.Method, req.URL)
		return nil, io.EOF
	}
	e := s.exchanges[0]
	s.exchanges = s.exchanges[1:]
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	if got := req.URL.EscapedPath() + "?" + req.URL.RawQuery; req.Method != e.method || got != e.target {
		s.t.Errorf("sent %s %s, want %s %s", req.Method, got, e.method, e.target)
	}
	if got := req.Header.Get("If-Match"); got != e.ifMatch {
		s.t.Errorf("%s %s: If-Match is %q, want %q", req.Method, req.URL, got, e.ifMatch)
	}
	if e.body != "-" && string(body) != e.body {
		s.t.Errorf("%s %s: body is\n%s, want\n%s", req.Method, req.URL, body, e.body)
	}
	header := http.Header{}
	for name, value := range e.headers {
		header.Set(name, value)
	}
	return &http.Response{
		StatusCode: e.status, Header: header, Body: io.NopCloser(strings.NewReader(e.answer)), Request: req,
	}, nil
}

func clientOptions(transport policy.Transporter) *aziothub.ClientOptions {
	o := &aziothub.ClientOptions{Options: azrest.Options{
		Now: func() time.Time { return time.Unix(1_700_000_000, 0) },
		Retry: azrest.RetryOptions{
			Sleep:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
			Jitter: func() float64 { return 0 },
		},
	}}
	o.Transport = transport
	return o
}

// client returns a client whose requests are the given exchanges; all of them must have happened when the test ends.
func client(t *testing.T, exchanges ...exchange) *aziothub.Client {
	t.Helper()
	s := &service{t: t, exchanges: exchanges}
	t.Cleanup(func() {
		if len(s.exchanges) > 0 {
			t.Errorf("%d requests were not sent", len(s.exchanges))
		}
	})
	cs, err := sas.ParseConnectionString("HostName=MyHub.azure-devices.net;" +
		"SharedAccessKeyName=iothubowner;SharedAccessKey=" + testKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := aziothub.NewClientFromConnectionString(cs, clientOptions(s))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func pointer[T any](value T) *T { return &value }

func onlyIf(etag azcore.ETag) *aziothub.WriteOptions {
	return &aziothub.WriteOptions{OnlyIfUnchanged: &etag}
}
