// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestListener_servesTheRegistryByPolicy(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	const path, body = "/devices/a%2525%23%2F%3Fx", `{"deviceId":"dev1"}`
	send := func(method, path, policy, ifMatch, body string) world.Result {
		header := map[string]string{}
		if connection, found := w.Hub("hub1").ConnectionStringFor(policy); found {
			header["Authorization"] = w.Token(connection)
		}
		if ifMatch != "" {
			header["If-Match"] = ifMatch
		}
		return w.Do(world.Call{
			Host: w.Hub("hub1").Hostname(), Method: method, Path: path, Body: body, Header: header, Version: "2021-04-12",
		})
	}
	for policy, want := range map[string]int{
		"registryRead": 401, "service": 401, "device": 401, "registryReadWrite": 200,
	} {
		if r := send(http.MethodPut, "/devices/dev1", policy, "", body); r.Status != want {
			t.Errorf("%s: %d %s", policy, r.Status, r.Body)
		}
	}
	r := send(http.MethodGet, "/devices/dev1", "registryRead", "", "")
	if r.Status != 200 || r.Header.Get("Server") != "Microsoft-HTTPAPI/2.0" || r.Header.Get("ETag") == "" {
		t.Errorf("%d %v %s", r.Status, r.Header, r.Body)
	}
	r = send(http.MethodGet, path, "iothubowner", "", "")
	if r.Status != 404 || !strings.Contains(r.Body, "DeviceNotFound;a%25#/?x\"") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	r = send(http.MethodGet, "/devices/dev1", "", "", "")
	if r.Status != 401 || r.Header.Get("iothub-errorcode") != "IotHubUnauthorizedAccess" {
		t.Errorf("without a token: %d %v", r.Status, r.Header)
	}
	r = send(http.MethodDelete, "/devices/dev1", "iothubowner", `"*"`, "")
	if r.Status != 204 || r.Body != "" {
		t.Errorf("%d %q", r.Status, r.Body)
	}
}

func TestListener_tellsWhoDoesNotSpeakTLS(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	r, err := http.Get("http://" + w.DPSHostname())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 400 || string(text) != "Client sent an HTTP request to an HTTPS server.\n" {
		t.Errorf("%d %s, %v", r.StatusCode, text, err)
	}
}

func TestListener_letsADeviceInByItsCertificate(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	own := world.SelfSigned(t, "dev1")
	if err := w.Hub("hub1").Provision(wire.Assignment{DeviceID: "dev1", Thumbprint: world.Thumbprint(own)}); err != nil {
		t.Fatal(err)
	}
	send := func(client *http.Client) int {
		return w.Do(world.Call{
			Client: client, Host: w.Hub("hub1").Hostname(), Method: http.MethodPost, Path: "/devices/dev1/messages/events",
			Body: "hello", Version: "2021-04-12",
		}).Status
	}
	if got := send(w.Client(own)); got != 204 {
		t.Errorf("with its certificate: %d", got)
	}
	if got := send(w.Client()); got != 401 {
		t.Errorf("without a certificate: %d", got)
	}
}
