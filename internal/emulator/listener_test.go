// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

func TestListener_servesTheRegistryByPolicy(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	const path, body = "/devices/a%2525%23%2F%3Fx", `{"deviceId":"dev1"}`
	send := func(method, path, policy, ifMatch, body string) result {
		header := map[string]string{}
		if connection, found := w.Hub("hub1").ConnectionStringFor(policy); found {
			header["Authorization"] = w.token(connection)
		}
		if ifMatch != "" {
			header["If-Match"] = ifMatch
		}
		return w.do(call{
			host: w.Hub("hub1").Hostname(), method: method, path: path, body: body, header: header, version: "2021-04-12",
		})
	}
	for policy, want := range map[string]int{
		"registryRead": 401, "service": 401, "device": 401, "registryReadWrite": 200,
	} {
		if r := send(http.MethodPut, "/devices/dev1", policy, "", body); r.status != want {
			t.Errorf("%s: %d %s", policy, r.status, r.body)
		}
	}
	r := send(http.MethodGet, "/devices/dev1", "registryRead", "", "")
	if r.status != 200 || r.header.Get("Server") != "Microsoft-HTTPAPI/2.0" || r.header.Get("ETag") == "" {
		t.Errorf("%d %v %s", r.status, r.header, r.body)
	}
	r = send(http.MethodGet, path, "iothubowner", "", "")
	if r.status != 404 || !strings.Contains(r.body, "DeviceNotFound;a%25#/?x\"") {
		t.Errorf("%d %s", r.status, r.body)
	}
	r = send(http.MethodGet, "/devices/dev1", "", "", "")
	if r.status != 401 || r.header.Get("iothub-errorcode") != "IotHubUnauthorizedAccess" {
		t.Errorf("without a token: %d %v", r.status, r.header)
	}
	r = send(http.MethodDelete, "/devices/dev1", "iothubowner", `"*"`, "")
	if r.status != 204 || r.body != "" {
		t.Errorf("%d %q", r.status, r.body)
	}
}

func TestListener_letsADeviceInByItsCertificate(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	own := selfSigned(t, "dev1")
	if err := w.Hub("hub1").Provision(hub.Assignment{DeviceID: "dev1", Thumbprint: thumbprint(own)}); err != nil {
		t.Fatal(err)
	}
	send := func(client *http.Client) int {
		return w.do(call{
			client: client, host: w.Hub("hub1").Hostname(), method: http.MethodPost, path: "/devices/dev1/messages/events",
			body: "hello", version: "2021-04-12",
		}).status
	}
	if got := send(w.client(own)); got != 204 {
		t.Errorf("with its certificate: %d", got)
	}
	if got := send(w.client()); got != 401 {
		t.Errorf("without a certificate: %d", got)
	}
}
