// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"net/http"
	"strconv"
	"strings"
)

// Code is a service's error number, whose first three digits are the HTTP status, and, where
// the service has names, what it calls it: "404001 DeviceNotFound".
type Code string

// Number is the error number.
func (c Code) Number() int {
	digits, _, _ := strings.Cut(string(c), " ")
	number, _ := strconv.Atoi(digits)
	return number
}

// Name is what an IoT Hub calls the code; the provisioning service has numbers only.
func (c Code) Name() string {
	_, name, _ := strings.Cut(string(c), " ")
	return name
}

// Status is the HTTP status that goes with the code.
func (c Code) Status() int { return c.Number() / 1000 }

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
	Code     Code
	Text     string
	Envelope Envelope
	Header   http.Header
	// Body replaces the error body where a service uses another shape.
	Body any
}

// Error lets a hub's refusal of an assignment reach the provisioning service.
func (p *Problem) Error() string { return p.Code.Name() + ": " + p.Text }
