// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// AnyBody as an Exchange's Body leaves the request's body uncompared.
const AnyBody = "-"

// Exchange is one request and the answer it gets.
type Exchange struct {
	// Method and Target are the request's; the target is the path, escaped, and the query.
	Method, Target string
	// IfMatch is the request's header as it stands; empty means that there must be none.
	IfMatch string
	// Body is the request's, or AnyBody.
	Body string
	// Status, Headers and Answer are the answer.
	Status  int
	Headers map[string]string
	Answer  string
}

// Service is a transport that answers requests with its exchanges, in order, and fails the test when a request is
// another.
type Service struct {
	t         *testing.T
	exchanges []Exchange
}

// NewService returns a service whose exchanges must all have happened when the test ends.
func NewService(t *testing.T, exchanges ...Exchange) *Service {
	t.Helper()
	s := &Service{t: t, exchanges: exchanges}
	t.Cleanup(func() {
		if len(s.exchanges) > 0 {
			t.Errorf("%d requests were not sent", len(s.exchanges))
		}
	})
	return s
}

// Do compares a request with the next exchange and answers it.
func (s *Service) Do(req *http.Request) (*http.Response, error) {
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
	if got := req.URL.EscapedPath() + "?" + req.URL.RawQuery; req.Method != e.Method || got != e.Target {
		s.t.Errorf("sent %s %s, want %s %s", req.Method, got, e.Method, e.Target)
	}
	if got := req.Header.Get("If-Match"); got != e.IfMatch {
		s.t.Errorf("%s %s: If-Match is %q, want %q", req.Method, req.URL, got, e.IfMatch)
	}
	if e.Body != AnyBody && string(body) != e.Body {
		s.t.Errorf("%s %s: body is\n%s, want\n%s", req.Method, req.URL, body, e.Body)
	}
	header := http.Header{}
	for name, value := range e.Headers {
		header.Set(name, value)
	}
	return &http.Response{
		StatusCode: e.Status, Header: header, Body: io.NopCloser(strings.NewReader(e.Answer)), Request: req,
	}, nil
}

// Authorizations is a transport that answers 204 to everything and keeps each request's Authorization header.
type Authorizations []string

// Do answers a request.
func (a *Authorizations) Do(req *http.Request) (*http.Response, error) {
	*a = append(*a, req.Header.Get("Authorization"))
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: req}, nil
}
