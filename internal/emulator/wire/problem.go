// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import "net/http"

// Code is a service's error number; its first three digits are the HTTP status.
type Code int

// Status is the HTTP status that goes with the code.
func (c Code) Status() int { return int(c) / 1000 }

// Envelope is the shape of an error body.
type Envelope int

// The shapes; an IoT Hub has all, the provisioning service only Coded.
const (
	Plain  Envelope = iota // {"Message":"ErrorCode:Name;text","ExceptionMessage":...}
	Coded                  // {"errorCode":409301,"message":...,"trackingId":...,"timestampUtc":...}
	Nested                 // Coded as text inside the Message of Plain
)

// Problem is a refusal.
type Problem struct {
	Code Code
	// Name is what an IoT Hub calls the code; the provisioning service has numbers only.
	Name     string
	Text     string
	Envelope Envelope
	Header   http.Header
	// Body replaces the error body where a service uses another shape.
	Body any
}

// Error lets a hub's refusal of an assignment reach the provisioning service.
func (p *Problem) Error() string { return p.Name + ": " + p.Text }
