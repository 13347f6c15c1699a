// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package world

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// ThreeHubs are north, south and west.
func ThreeHubs() []emulator.HubOptions {
	return []emulator.HubOptions{{Name: "north"}, {Name: "south"}, {Name: "west"}}
}

// HubsMember lists hubs in an entry.
func (w *World) HubsMember(names ...string) string {
	hosts := make([]string, len(names))
	for i, n := range names {
		hosts[i] = `"` + w.Hub(n).Hostname() + `"`
	}
	return `,"iotHubs":[` + strings.Join(hosts, ",") + `]`
}

// Where names the hubs in which a device has an identity.
func (w *World) Where(deviceID string) string {
	w.T.Helper()
	var names []string
	for _, h := range w.Hubs() {
		if w.Identity(h.Name(), deviceID) != nil {
			names = append(names, h.Name())
		}
	}
	return strings.Join(names, " ")
}

// Identity is the device identity in a hub; nil if there is none.
func (w *World) Identity(hub, deviceID string) map[string]any {
	w.T.Helper()
	r := w.OnHub(hub, "GET", "/devices/"+deviceID, "")
	if r.Status == 404 {
		return nil
	}
	WantStatus(w.T, r, 200)
	return r.Object(w.T)
}

// OnHub makes a call of a hub with its owner's token; pairs are extra headers.
func (w *World) OnHub(hub, method, path, body string, pairs ...string) Result {
	w.T.Helper()
	h := w.Hub(hub)
	header := map[string]string{"Authorization": w.Token(h.ConnectionString())}
	for i := 0; i+1 < len(pairs); i += 2 {
		header[pairs[i]] = pairs[i+1]
	}
	return w.Do(Call{Host: h.Hostname(), Method: method, Path: path, Body: body, Header: header, Version: "2021-04-12"})
}

// Connects is the status that a device gets at the door of a hub.
func (w *World) Connects(d *Device, hub, deviceID string) int {
	w.T.Helper()
	h := w.Hub(hub)
	header := map[string]string{}
	if d.Key != "" {
		header["Authorization"] = Sign(w.T, d.Key, h.Hostname()+"%2Fdevices%2F"+deviceID, w.Clock.Now().Add(1e9), "")
	}
	return w.Do(Call{
		Client: d.Client, Host: h.Hostname(), Method: "POST", Path: "/devices/" + deviceID + "/messages/events",
		Body: "{}", Header: header, Version: "2021-04-12",
	}).Status
}
