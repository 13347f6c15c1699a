// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestPage_showsConnections(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{AdminAddr: "127.0.0.1:0"})
	page := func() string {
		t.Helper()
		r, err := http.Get("http://" + w.AdminAddress() + "/")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if text := page(); !strings.Contains(text, "No device is connected.") {
		t.Error(text)
	}
	put(w, "dev", "")
	who := atHub(w, "hub1", "dev", world.Key(32))
	who.webSocket = true
	d := home(w, who)
	want := []string{
		"<tr><td>dev</td><td>" + w.Hub("hub1").Hostname() + "</td><td>MQTT over WebSocket</td><td>2026-03-04T05:06:07Z</td>",
		`Connections <small>1</small>`, "<td>Connected</td>", "<code>CONNECT /devices/dev</code>",
	}
	text := page()
	for _, part := range want {
		if !strings.Contains(text, part) {
			t.Errorf("the page lacks %s:\n%s", part, text)
		}
	}
	if strings.Contains(text, who.token) || strings.Contains(text, "SharedAccess") {
		t.Error("the page has a token")
	}
	d.client.Disconnect(0)
	eventually(t, func() bool { return strings.Contains(page(), "No device is connected.") })
}
