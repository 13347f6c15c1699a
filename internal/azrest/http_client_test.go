// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// serve starts a TLS server and returns its host and the authorities that vouch for it.
func serve(t *testing.T, handler http.HandlerFunc) (string, *x509.CertPool) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return strings.TrimPrefix(server.URL, "https://"), roots
}

// served returns a pipeline whose requests really reach host.
func served(host string, roots *x509.CertPool) *azrest.Pipeline {
	return azrest.NewPipeline(testService(), host, anonymous{}, options(azrest.NewHTTPClient(roots), newClock()))
}

func TestHTTPClient_reachesAHostOfATrustedAuthority(t *testing.T) {
	t.Parallel()
	host, roots := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != `{"name":"n"}` || r.URL.EscapedPath() != "/things/a%2Fb%23" ||
			r.URL.RawQuery != "api-version=2000-01-01" || !strings.Contains(r.UserAgent(), "azsdk-go-test/v0.0.0") {
			t.Errorf("received %s %s %s %v", r.Method, r.URL, body, r.Header)
		}
		_, _ = io.WriteString(w, `{"name":"m"}`)
	})
	call := azrest.Call{Method: http.MethodPut, Path: []string{"things", "a/b#"}, Body: thing{"n"}}
	if got, err := azrest.Do[thing](t.Context(), served(host, roots), call); err != nil || got.Name != "m" {
		t.Errorf("read %v, %v", got, err)
	}
}

func TestHTTPClient_trustsNoOtherAuthority(t *testing.T) {
	t.Parallel()
	host, _ := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the request was sent") })
	_, err := azrest.Do[thing](t.Context(), served(host, x509.NewCertPool()), getThing())
	failure, ok := errors.AsType[*azrest.TransportError](err)
	if !ok || !azrest.IsUntrusted(err) || !failure.NotSent || failure.Tries != 1 {
		t.Errorf("error is %#v", err)
	}
}

func TestHTTPClient_doesNotFollowRedirects(t *testing.T) {
	t.Parallel()
	host, roots := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/things/a" {
			t.Error("the redirect was followed")
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	})
	_, err := azrest.Do[thing](t.Context(), served(host, roots), getThing())
	if e, ok := azrest.AsError(err); !ok || e.Status != http.StatusFound {
		t.Errorf("error is %v", err)
	}
}

func TestHTTPClient_noticesAnAnswerThatEndsEarly(t *testing.T) {
	t.Parallel()
	host, roots := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"name":`)
	})
	_, err := azrest.Do[thing](t.Context(), served(host, roots), getThing())
	failure, ok := errors.AsType[*azrest.TransportError](err)
	if !ok || failure.NotSent || failure.Tries != 5 || !strings.Contains(err.Error(), "the answer ended early") {
		t.Errorf("error is %v", err)
	}
}

func TestHTTPClient_namesHostAndPathButNoQueryWhenNobodyListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	host := strings.TrimPrefix(server.URL, "http://")
	server.Close()
	_, err := azrest.Do[thing](t.Context(), served(host, nil), getThing())
	if !azrest.IsTransport(err) || !strings.Contains(err.Error(), "Test "+host+": GET /things/a: no answer: dial tcp") ||
		strings.Contains(err.Error(), "api-version") {
		t.Errorf("error is %v", err)
	}
}

func TestHTTPClient_saysWhenAHostDoesNotSpeakTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	_, err := azrest.Do[thing](t.Context(), served(strings.TrimPrefix(server.URL, "http://"), nil), getThing())
	failure, ok := errors.AsType[*azrest.TransportError](err)
	if !ok || failure.Tries != 1 || !strings.Contains(err.Error(), "HTTP response to HTTPS client") {
		t.Errorf("error is %v", err)
	}
}

// Older versions of TLS are spoken to nobody.
func TestHTTPClient_speaksTLS12AtLeast(t *testing.T) {
	t.Parallel()
	for version, want := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true,
	} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"name":"m"}`)
		}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{MinVersion: version, MaxVersion: version} //nolint:gosec // what is to be refused
		server.StartTLS()
		t.Cleanup(server.Close)
		roots := x509.NewCertPool()
		roots.AddCert(server.Certificate())
		host := strings.TrimPrefix(server.URL, "https://")
		_, err := azrest.Do[thing](t.Context(), served(host, roots), getThing())
		if got := err == nil; got != want {
			t.Errorf("%s is spoken: %t, %v", tls.VersionName(version), got, err)
		}
	}
}

// What is on the machine itself is asked past the proxy.
func TestWithoutProxy_asksNoProxy(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	client := azrest.NewHTTPClient(nil)
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is %T", client.Transport)
	}
	transport.Proxy = func(r *http.Request) (*url.URL, error) {
		return nil, errors.New("the proxy was asked for " + r.URL.Host)
	}
	for name, test := range map[string]struct {
		client *http.Client
		asks   bool
	}{"the client": {client, true}, "the direct one": {azrest.WithoutProxy(client), false}} {
		resp, err := test.client.Get(server.URL)
		if err == nil {
			_ = resp.Body.Close()
		}
		if asked := err != nil; asked != test.asks {
			t.Errorf("%s asks the proxy: %t, %v", name, asked, err)
		}
	}
}

// A host may be an IPv6 literal, with a port or without.
func TestPipeline_reachesAnIPv6Literal(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"[fd00::1]", "[fd00::1]:8443"} {
		var asked string
		transport := transportFunc(func(req *http.Request) (*http.Response, error) {
			asked = req.URL.Scheme + "://" + req.URL.Host
			return &http.Response{
				StatusCode: http.StatusOK, Request: req, Body: io.NopCloser(strings.NewReader(`{"name":"m"}`)),
			}, nil
		})
		p := azrest.NewPipeline(testService(), host, anonymous{}, options(transport, newClock()))
		if _, err := azrest.Do[thing](t.Context(), p, getThing()); err != nil || asked != "https://"+host {
			t.Errorf("%s: asked %s, %v", host, asked, err)
		}
	}
}
