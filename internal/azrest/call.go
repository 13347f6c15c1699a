// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Call is one request to a service.
type Call struct {
	// Method is the HTTP method.
	Method string
	// Path holds the segments of the path, not escaped: each becomes exactly one segment, whatever it contains.
	Path []string
	// Condition is that of a write; nil means none.
	Condition *WriteOptions
	// Header holds further headers.
	Header http.Header
	// Body is sent as JSON; nil means no body.
	Body any
	// Bucket is the throttle that the call counts against: after a 429, calls of the same bucket wait as well.
	Bucket Bucket
	// KeepBody keeps the body of an answer that says no in the error, for a call whose refusals say more than a code.
	KeepBody bool
}

// Do sends a call and decodes the answer.
func Do[T any](ctx context.Context, p *Pipeline, c Call) (T, error) {
	var value T
	req, resp, body, err := p.send(ctx, c)
	if err != nil {
		return value, err
	}
	if err := decode(body, &value); err != nil {
		var none T
		return none, newError(p.service, req, resp, Fault{Message: err.Error()})
	}
	return value, nil
}

// DoNoContent sends a call whose answer, if it succeeds, says nothing more. A success that comes as a page is not the
// service's, so that nobody knows whether the call reached it.
func DoNoContent(ctx context.Context, p *Pipeline, c Call) error {
	req, resp, body, err := p.send(ctx, c)
	if err != nil {
		return err
	}
	if body = trim(body); len(body) > 0 && !json.Valid(body) {
		return newError(p.service, req, resp, Fault{Message: notJSON(body)})
	}
	return nil
}

// send sends a call, with its retries, and returns the answer if it is a success.
func (p *Pipeline) send(ctx context.Context, c Call) (*policy.Request, *http.Response, []byte, error) {
	req, err := p.newRequest(ctx, c)
	if err != nil {
		return nil, nil, nil, err
	}
	resp, err := p.azcore.Do(req)
	var end ending
	if err != nil && ctx.Err() != nil && req.OperationValue(&end) {
		resp, err = end.response, end.err
	}
	if err != nil {
		return nil, nil, nil, p.sendError(req, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil { // cannot be: the transport has read it already
		return nil, nil, nil, p.sendError(req, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		refusal := newError(p.service, req, resp, readFault(p.service, resp, body))
		refusal.Skew = skewOf(resp.Header, p.now())
		if c.KeepBody {
			refusal.Body = string(body)
		}
		return nil, nil, nil, refusal
	}
	return req, resp, body, nil
}

func (p *Pipeline) newRequest(ctx context.Context, c Call) (*policy.Request, error) {
	path, err := escapePath(c.Path)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", p.service.Name, p.host, err)
	}
	ifMatch, err := p.service.ifMatch(c.Condition)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %s %s: %w", p.service.Name, p.host, c.Method, path, err)
	}
	target := "https://" + p.host + path + "?api-version=" + url.QueryEscape(p.service.APIVersion)
	req, err := runtime.NewRequest(ctx, c.Method, target)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %s %s: %w", p.service.Name, p.host, c.Method, path, WithoutURL(err))
	}
	for name, values := range c.Header {
		req.Raw().Header[http.CanonicalHeaderKey(name)] = values
	}
	req.Raw().Header.Set("Accept", "application/json")
	if ifMatch != "" {
		req.Raw().Header.Set("If-Match", ifMatch)
	}
	if c.Body != nil {
		if err := runtime.MarshalAsJSON(req, c.Body); err != nil {
			return nil, fmt.Errorf("%s %s: %s %s: the body cannot be encoded: %w",
				p.service.Name, p.host, c.Method, path, err)
		}
	}
	req.SetOperationValue(c.Bucket)
	return req, nil
}

// escapePath joins segments. "." and ".." are refused although both services allow them in IDs: proxies and servers
// resolve them, and the request would reach another object.
func escapePath(segments []string) (string, error) {
	var b strings.Builder
	for _, segment := range segments {
		switch segment {
		case "":
			return "", errors.New("an ID is empty")
		case ".", "..":
			return "", fmt.Errorf("the ID %q cannot be part of a URL, so the service cannot be asked for it", segment)
		}
		b.WriteString("/" + url.PathEscape(segment))
	}
	return b.String(), nil
}

// decode reads a successful answer's body. Its error is a sentence without any of the body.
func decode(body []byte, value any) error {
	body = trim(body)
	if len(body) == 0 || string(body) == "null" {
		return errors.New("the answer is empty")
	}
	if err := json.Unmarshal(body, value); err != nil {
		if !json.Valid(body) {
			return errors.New(notJSON(body))
		}
		return fmt.Errorf("the answer cannot be read: %w", describe(err))
	}
	return nil
}

// trim removes what may stand around JSON.
func trim(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
}

func notJSON(body []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return "the answer is HTML, not JSON: does a proxy answer instead of the service?"
	}
	return "the answer is not JSON: does a proxy answer instead of the service?"
}

// readFault reads an answer that says no. Where the answer is not one that the service writes, the message says so.
func readFault(s Service, resp *http.Response, body []byte) Fault {
	body = trim(body)
	fault := s.ReadFault(resp.StatusCode, resp.Header, body)
	nobodys := resp.StatusCode == http.StatusNotFound && fault.Code == "" && fault.Message == ""
	switch {
	case fault.Code == "" && len(body) > 0 && !json.Valid(body):
		fault.Message = notJSON(body)
	case nobodys:
		fault.Message = "the answer does not have the service's code: does a proxy answer instead of the service?"
	}
	return fault
}

func newError(s Service, req *policy.Request, resp *http.Response, fault Fault) *Error {
	var history tries
	req.OperationValue(&history)
	raw := req.Raw()
	return &Error{
		Service: s.Name, Host: raw.URL.Host, Method: raw.Method, Path: raw.URL.EscapedPath(),
		Status: resp.StatusCode, Code: cleanMessage(fault.Code), Message: cleanMessage(fault.Message),
		TrackingID: cleanMessage(fault.TrackingID), RequestID: cleanMessage(resp.Header.Get("x-ms-request-id")),
		Tries: history.count, Elapsed: history.elapsed, Uncertain: history.uncertain,
		unsaid: resp.StatusCode == http.StatusNotFound && !fault.Absent,
	}
}

// sendError is the error of a call that got no answer.
func (p *Pipeline) sendError(req *policy.Request, err error) error {
	_, interrupted := errors.AsType[*interruptedError](err)
	_, answered := AsError(err)
	if interrupted || answered || IsTransport(err) {
		return err
	}
	raw := req.Raw()
	return &UnsentError{
		Service: p.service.Name, Host: p.host, Method: raw.Method, Path: raw.URL.EscapedPath(), Err: err,
	}
}
