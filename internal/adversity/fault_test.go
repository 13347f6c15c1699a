// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
)

// fault is a way in which a call fails.
type fault struct {
	name string
	// lasting says that every later call to the same path fails as well, until all retries are exhausted.
	lasting bool
	// status is what the service answers, in its own words, without doing anything; 0 leaves it to another way.
	status int
	header map[string]string
	// done says that the service does what it is asked, and that only its answer does not come through.
	done bool
	// replace is what comes instead of an answer.
	replace func(answer *http.Response) (*http.Response, error)
}

const (
	// trackingID is what the answers of faults say that support should be told.
	trackingID = "5c1d7a520c0f4d8e9a556f2f3f1f0a04"
	signInPage = "<html><head><title>Sign in, please</title></head></html>"
)

// faults are all of them, each happening once and lasting.
func faults() []fault {
	var all []fault
	for _, status := range []int{400, 401, 403, 404, 409, 412, 429, 500, 503} {
		all = append(all, fault{name: fmt.Sprint(status), status: status})
	}
	all = append(all,
		fault{name: "429 for 30s", status: http.StatusTooManyRequests, header: map[string]string{"Retry-After": "30"}},
		fault{name: "404 of a proxy", replace: page(http.StatusNotFound, signInPage)},
		fault{name: "403 of a proxy", replace: page(http.StatusForbidden, signInPage)},
		fault{name: "page instead of the call", replace: page(http.StatusOK, signInPage)},
		fault{name: "page instead of the answer", replace: page(http.StatusOK, signInPage), done: true},
		fault{name: "empty answer", replace: page(http.StatusOK, ""), done: true},
		fault{name: "truncated answer", replace: truncated, done: true},
		fault{name: "cut before", replace: cut},
		fault{name: "cut after", replace: cut, done: true},
		fault{name: "timeout before", replace: timeout},
		fault{name: "timeout after", replace: timeout, done: true},
	)
	for _, f := range all {
		f.name, f.lasting = f.name+", lasting", true
		all = append(all, f)
	}
	return all
}

// meets tells whether a call is one that fails.
func (f fault) meets(c, target call) bool {
	nth := c.nth
	c.nth = target.nth
	return c == target && (nth == target.nth || f.lasting && nth > target.nth)
}

// fits tells whether the fault makes a difference for a call.
func (f fault) fits(c call) bool {
	return !c.reads() || f.done || f.replace == nil || f.name == "404 of a proxy" || f.name == "403 of a proxy"
}

func (f fault) happen(c call, r *http.Request, next http.RoundTripper) (*http.Response, error) {
	answer := answerWith(http.StatusOK, nil)
	if f.done {
		arrived, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(arrived.Body)
		if err = errors.Join(err, arrived.Body.Close()); err != nil {
			return nil, err
		}
		arrived.Body = io.NopCloser(bytes.NewReader(body))
		answer = arrived
	}
	if f.replace != nil {
		return f.replace(answer)
	}
	return f.refuse(c), nil
}

// refuse is the answer of a service that does not do what it was asked.
func (f fault) refuse(c call) *http.Response {
	body := fmt.Sprintf(`{"errorCode":%s,"trackingId":%q,"message":"Refused by a test."}`, f.code(c), trackingID)
	if c.service != dps {
		body = fmt.Sprintf(`{"Message":"ErrorCode:%s;Refused by a test.","ExceptionMessage":"Tracking ID:%s-G:5"}`,
			f.code(c), trackingID)
	}
	answer := answerWith(f.status, []byte(body))
	for name, value := range f.header {
		answer.Header.Set(name, value)
	}
	return answer
}

// code is the service's own for the status of a fault.
func (f fault) code(c call) string {
	if c.service == dps {
		return fmt.Sprintf("%d201", f.status)
	}
	return map[int]string{
		400: "ArgumentInvalid", 401: "IotHubUnauthorized", 403: "GenericForbidden", 404: "DeviceNotFound",
		409: "DeviceAlreadyExists", 412: "PreconditionFailed", 429: "ThrottlingBacklogTimeout", 500: "ServerError",
		503: "ServiceUnavailable",
	}[f.status]
}

func answerWith(status int, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// page is what a proxy answers.
func page(status int, text string) func(*http.Response) (*http.Response, error) {
	return func(*http.Response) (*http.Response, error) {
		answer := answerWith(status, []byte(text))
		answer.Header.Set("Content-Type", "text/html")
		return answer, nil
	}
}

// truncated has the first half of an answer arrive as if it were the whole.
func truncated(answer *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(answer.Body)
	if len(body) < 2 {
		body = []byte(`{"`)
	}
	half := answerWith(answer.StatusCode, body[:(len(body)+1)/2])
	for name, values := range answer.Header {
		half.Header[name] = values
	}
	half.Header.Del("Content-Length")
	return half, err
}

// cut is a connection that ends before the answer.
func cut(*http.Response) (*http.Response, error) {
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// timeout is an answer that does not come while anybody waits for it.
func timeout(*http.Response) (*http.Response, error) { return nil, context.DeadlineExceeded }
