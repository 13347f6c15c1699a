// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import "time"

// Connection is a device's connection that lasts.
type Connection struct {
	// Host is the service's host name.
	Host string `json:"host"`
	// ClientID is what the device calls itself: its ID, and that of its module behind a slash.
	ClientID  string    `json:"client_id"`
	Transport string    `json:"transport"`
	Since     time.Time `json:"since"`
}

// Connections are those that last at this moment, of the provisioning service and then of each hub.
func (e *Emulator) Connections() []Connection {
	var all []Connection
	for _, s := range e.sessions {
		for _, c := range s.Connections() {
			all = append(all, Connection{Host: s.Host(), ClientID: c.ClientID, Transport: c.Transport, Since: c.Since})
		}
	}
	return all
}
