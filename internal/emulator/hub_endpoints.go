// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import "net/http"

// serveRegistry answers a service-side request of an authenticated caller. In mode
// "sas" c.may is asked for a policy permission (RegistryRead, RegistryWrite,
// ServiceConnect), in mode "entra" for a data action without its prefix
// "Microsoft.Devices/IotHubs/" (devices/read, twins/write, statistics/read, ...).
func (h *Hub) serveRegistry(w http.ResponseWriter, r *http.Request, c caller) {
	h.writeNotModelled(w, r)
}

// serveDevice answers POST /devices/{id}/messages/events, the device-facing check.
func (h *Hub) serveDevice(w http.ResponseWriter, r *http.Request) { h.writeNotModelled(w, r) }

// writeUnauthorized answers 401 in the hub's words; c is the zero caller when
// nobody could be recognised.
func (h *Hub) writeUnauthorized(w http.ResponseWriter, r *http.Request, c caller) {
	w.WriteHeader(http.StatusUnauthorized)
}

// writeThrottled answers 429 in the hub's words: no Retry-After, connection closed.
func (h *Hub) writeThrottled(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusTooManyRequests)
}

// writeNotModelled answers the loud 501.
func (h *Hub) writeNotModelled(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNotImplemented)
}

// provision creates or refreshes the identity that the provisioning service assigned.
func (h *Hub) provision(p provisionedDevice) error { return nil }

// export gives a device's identity and twin away for a move to another hub.
func (h *Hub) export(deviceID string) (exportedDevice, bool) { return exportedDevice{}, false }

// importDevice takes a moved device in.
func (h *Hub) importDevice(d exportedDevice) {}

// remove deletes a device; removing what is not there is no error.
func (h *Hub) remove(deviceID string) {}
