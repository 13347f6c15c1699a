// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// wireHub is a hub behind its real listener.
type wireHub struct {
	t *testing.T
	e *Emulator
	h *Hub
}

func startWireHub(t *testing.T) *wireHub {
	t.Helper()
	clock := &testClock{now: testBirth()}
	e, err := Start(Options{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &wireHub{t: t, e: e, h: e.Hub("hub1")}
}

// client trusts the emulator's CA; its certificates are a device's.
func (w *wireHub) client(certificates ...tls.Certificate) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.e.CACertificatePEM())
	// The server's certificate is of today, whatever the emulator's clock says.
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: certificates}}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (w *wireHub) send(c *http.Client, method, path, token, ifMatch, body string) (*http.Response, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, "https://"+w.h.Hostname()+path+"?api-version=2021-04-12", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	if ifMatch != "" {
		r.Header.Set("If-Match", ifMatch)
	}
	answer, err := c.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer, string(raw)
}

// token signs as a policy for the whole hub.
func (w *wireHub) token(policy string) string {
	found, _ := w.h.policies.Find(policy)
	return deviceToken(w.h.Hostname(), found.Keys[0], policy, testBirth().Add(time.Hour))
}

func TestListener_servesTheRegistryByPolicy(t *testing.T) {
	t.Parallel()
	w := startWireHub(t)
	c := w.client()
	const path, body = "/devices/a%2525%23%2F%3Fx", `{"deviceId":"dev1"}`
	for policy, want := range map[string]int{
		"registryRead": 401, "service": 401, "device": 401, "registryReadWrite": 200,
	} {
		answer, text := w.send(c, http.MethodPut, "/devices/dev1", w.token(policy), "", body)
		if answer.StatusCode != want {
			t.Errorf("%s: %d %s", policy, answer.StatusCode, text)
		}
	}
	answer, text := w.send(c, http.MethodGet, "/devices/dev1", w.token("registryRead"), "", "")
	if answer.StatusCode != 200 || answer.Header.Get("Server") != "Microsoft-HTTPAPI/2.0" ||
		answer.Header.Get("ETag") == "" {
		t.Errorf("%d %v %s", answer.StatusCode, answer.Header, text)
	}
	answer, text = w.send(c, http.MethodGet, path, w.token("iothubowner"), "", "")
	if answer.StatusCode != 404 || !strings.Contains(text, "DeviceNotFound;a%25#/?x\"") {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	answer, _ = w.send(c, http.MethodGet, "/devices/dev1", "", "", "")
	if answer.StatusCode != 401 || answer.Header.Get("iothub-errorcode") != "IotHubUnauthorizedAccess" {
		t.Errorf("without a token: %d %v", answer.StatusCode, answer.Header)
	}
	answer, text = w.send(c, http.MethodDelete, "/devices/dev1", w.token("iothubowner"), `"*"`, "")
	if answer.StatusCode != 204 || text != "" || answer.ContentLength != 0 {
		t.Errorf("%d, length %d, %q", answer.StatusCode, answer.ContentLength, text)
	}
}

func TestListener_letsADeviceInByItsCertificate(t *testing.T) {
	t.Parallel()
	w := startWireHub(t)
	own := issue(t, "dev1", nil, false)
	thumbprint := sha256.Sum256(own.Raw)
	upper := strings.ToUpper(hex.EncodeToString(thumbprint[:]))
	if err := w.h.provision(provisionedDevice{DeviceID: "dev1", Thumbprint: upper}); err != nil {
		t.Fatal(err)
	}
	const path = "/devices/dev1/messages/events"
	with := w.client(tls.Certificate{Certificate: [][]byte{own.Raw}, PrivateKey: own.key})
	if answer, text := w.send(with, http.MethodPost, path, "", "", "hello"); answer.StatusCode != 204 {
		t.Errorf("with its certificate: %d %s", answer.StatusCode, text)
	}
	if answer, _ := w.send(w.client(), http.MethodPost, path, "", "", "hello"); answer.StatusCode != 401 {
		t.Errorf("without a certificate: %d", answer.StatusCode)
	}
}

func TestHub_concurrentWritersWithOneETag_onlyOneWins(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, HubChoices{})
	etag := h.createMinimal("dev1").field("etag")
	const writers = 16
	statuses := make([]int, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			h.ask("SELECT * FROM devices")
			h.get("/twins/dev1")
			statuses[i] = h.send(http.MethodPut, "/devices/dev1", `"`+etag+`"`, `{"deviceId":"dev1"}`).status
			h.createMinimal(fmt.Sprintf("other%d", i))
		})
	}
	group.Wait()
	won := 0
	for _, s := range statuses {
		switch s {
		case 200:
			won++
		case 412:
		default:
			t.Errorf("status %d", s)
		}
	}
	if won != 1 {
		t.Errorf("%d writers won", won)
	}
}
