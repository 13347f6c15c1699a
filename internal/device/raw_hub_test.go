// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// rawHub talks to the hub north as other tools do, in what the clients of the provider do not cover.
type rawHub struct {
	t     testing.TB
	http  *http.Client
	host  string
	token string
}

func (p plant) raw() rawHub {
	p.T.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(p.Emulator.CACertificatePEM())
	connection, err := sas.ParseConnectionString(p.Emulator.Hub("north").ConnectionString())
	if err != nil {
		p.T.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	p.T.Cleanup(transport.CloseIdleConnections)
	return rawHub{
		t: p.T, http: &http.Client{Transport: transport}, host: p.Hostname("north"),
		token: connection.Token(p.Hostname("north"), p.Clock.Now().Add(time.Hour)),
	}
}

// call sends a request and returns the answer, an object; none for an answer without a body.
func (h rawHub) call(method, path, body, ifMatch string) map[string]any {
	h.t.Helper()
	// The newest version of the API shows members that the provider's clients do not know.
	target := "https://" + h.host + path + "?api-version=2024-03-31"
	request, err := http.NewRequestWithContext(h.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	request.Header.Set("Authorization", h.token)
	if ifMatch != "" {
		request.Header.Set("If-Match", ifMatch)
	}
	response, err := h.http.Do(request)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if response.StatusCode > 299 {
		h.t.Fatalf("%s %s: %s: %s", method, path, response.Status, raw)
	}
	var answer map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &answer); err != nil {
			h.t.Fatal(err)
		}
	}
	return answer
}

func (h rawHub) get(path string) map[string]any {
	h.t.Helper()
	return h.call(http.MethodGet, path, "", "")
}

// accepts tells whether the hub takes a message of pump-1 with a token.
func (h rawHub) accepts(token string) bool {
	h.t.Helper()
	return h.acceptsFrom(deviceID, token)
}

func (h rawHub) acceptsFrom(id, token string) bool {
	h.t.Helper()
	target := "https://" + h.host + "/devices/" + url.PathEscape(id) + "/messages/events?api-version=2021-04-12"
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, target, strings.NewReader("{}"))
	if err != nil {
		h.t.Fatal(err)
	}
	request.Header.Set("Authorization", token)
	response, err := h.http.Do(request)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusNoContent
}
