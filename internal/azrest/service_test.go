// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// testService is a service whose error bodies are {"code","message","tracking","transient"}. The codes
// that begin with "gone" say that an object does not exist.
func testService() azrest.Service {
	return azrest.Service{
		Name: "Test", Module: "test", Version: "v0.0.0", APIVersion: "2000-01-01", ThrottleBase: 10 * time.Second,
		Scope: "https://test/.default",
		CheckHost: func(host string) error {
			if host == "bad" {
				return errors.New("it is bad")
			}
			return nil
		},
		ReadFault: func(_ int, header http.Header, body []byte) azrest.Fault {
			var fault azrest.Fault
			if json.Unmarshal(body, &struct {
				Code, Message *string
				Tracking      *string
				Transient     *bool
			}{&fault.Code, &fault.Message, &fault.TrackingID, &fault.Transient}) != nil {
				fault.Code = header.Get("x-code")
			}
			fault.Absent = strings.HasPrefix(fault.Code, "gone")
			return fault
		},
	}
}

// reply is one canned answer: a response, or an error instead.
type reply struct {
	status int
	header map[string]string
	body   string
	err    error
}

func ok(body string) reply { return reply{status: http.StatusOK, body: body} }

func status(code int) reply { return reply{status: code, body: `{"code":"c","message":"m"}`} }

// transport answers with canned replies in order, the last one for ever, and keeps what it was sent.
type transport struct {
	replies []reply

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (tr *transport) Do(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.requests = append(tr.requests, req)
	tr.bodies = append(tr.bodies, string(body))
	r := tr.replies[min(len(tr.requests), len(tr.replies))-1]
	if r.err != nil {
		return nil, r.err
	}
	header := http.Header{}
	for name, value := range r.header {
		header.Set(name, value)
	}
	return &http.Response{
		StatusCode: r.status, Header: header, Body: io.NopCloser(strings.NewReader(r.body)), Request: req,
	}, nil
}

// clock is a clock that only sleeping moves.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func newClock() *clock { return &clock{now: time.Unix(1_700_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waits = append(c.waits, d)
	return nil
}

// anonymous is a policy that authorizes nothing.
type anonymous struct{}

func (anonymous) Do(req *policy.Request) (*http.Response, error) { return req.Next() }

// policyFunc is a policy that is a function.
type policyFunc func(*policy.Request) (*http.Response, error)

func (f policyFunc) Do(req *policy.Request) (*http.Response, error) { return f(req) }

// options returns what a test's pipeline is made of; jitter is none.
func options(tr policy.Transporter, c *clock) *azrest.Options {
	o := &azrest.Options{Now: c.Now, Retry: azrest.RetryOptions{
		Sleep: c.Sleep, Jitter: func() float64 { return 0 },
	}}
	o.Transport = tr
	return o
}

// pipeline returns a pipeline that is answered with replies, its transport and its clock.
func pipeline(t *testing.T, replies ...reply) (*azrest.Pipeline, *transport, *clock) {
	t.Helper()
	tr, c := &transport{replies: replies}, newClock()
	return azrest.NewPipeline(testService(), "h.example", anonymous{}, options(tr, c)), tr, c
}

func getThing() azrest.Call {
	return azrest.Call{Method: http.MethodGet, Path: []string{"things", "a"}}
}

// thing is an object of the test's service.
type thing struct {
	Name string `json:"name"`
}
