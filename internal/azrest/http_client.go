// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// MaxAnswerBytes is the size up to which an answer is read. A page of a hundred twins of full size is 7 MiB.
const MaxAnswerBytes = 16 << 20

// NewHTTPClient returns a client that trusts roots (nil: what the system trusts), uses the proxy of the environment,
// and follows no redirects: neither service redirects, so one that does is a login page in between.
func NewHTTPClient(roots *x509.CertPool) *http.Client {
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dialer.DialContext,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 10, // Terraform's default parallelism
			IdleConnTimeout:     90 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// WithoutProxy is a client that goes past the proxies of the environment, for addresses of the machine itself: the
// metadata service "never leaves the host", and proxies must be bypassed ("Azure Instance Metadata Service").
func WithoutProxy(client *http.Client) *http.Client {
	direct := *client
	if transport, ok := client.Transport.(*http.Transport); ok {
		transport = transport.Clone()
		transport.Proxy = nil
		direct.Transport = transport
	}
	return &direct
}

// wholeAnswers sends requests and reads each answer to its end, within bounds. So an answer is there completely or
// not at all, and everything that can go wrong on the wire goes wrong here.
type wholeAnswers struct {
	service string
	next    policy.Transporter
}

// Do sends the request. Its error is a *TransportError or, when an answer came that cannot be used, an *Error.
func (t *wholeAnswers) Do(req *http.Request) (*http.Response, error) {
	resp, err := t.next.Do(req)
	if err == nil && resp == nil {
		err = errors.New("the transport returned nothing")
	}
	if err != nil {
		cause := WithoutURL(err)
		return nil, t.noAnswer(req, cause, beforeSending(cause))
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswerBytes+1))
	closeErr := resp.Body.Close()
	if err != nil {
		return nil, t.noAnswer(req, fmt.Errorf("the answer ended early: %w", errors.Join(err, closeErr)), false)
	}
	if len(body) > MaxAnswerBytes {
		return nil, t.unusable(req, resp, fmt.Sprintf("the answer is larger than %d MiB", MaxAnswerBytes>>20))
	}
	if resp.Request != nil && resp.Request.URL != nil && !strings.EqualFold(resp.Request.URL.Host, req.URL.Host) {
		return nil, t.unusable(req, resp, "the answer comes from another host, "+resp.Request.URL.Host+
			": does a proxy answer instead of the service?")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func (t *wholeAnswers) noAnswer(req *http.Request, cause error, notSent bool) error {
	return &TransportError{
		Service: t.service, Host: req.URL.Host, Method: req.Method, Path: req.URL.EscapedPath(),
		NotSent: notSent, Tries: 1, Err: cause,
	}
}

func (t *wholeAnswers) unusable(req *http.Request, resp *http.Response, message string) error {
	return &Error{
		Service: t.service, Host: req.URL.Host, Method: req.Method, Path: req.URL.EscapedPath(),
		Status: resp.StatusCode, Message: message, RequestID: cleanMessage(resp.Header.Get("x-ms-request-id")),
		Tries: 1, unsaid: true,
	}
}
