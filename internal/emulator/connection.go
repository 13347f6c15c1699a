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

// Connections are those that last at this moment. None do over HTTP.
func (e *Emulator) Connections() []Connection { return nil }
