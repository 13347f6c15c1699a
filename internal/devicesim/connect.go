// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const hubAPIVersion = "2021-04-12"

// Connection is the hub's answer to one message of the device.
type Connection struct {
	// Accepted says that the hub took the message: credential right, identity there and enabled.
	Accepted bool
	// HTTPStatus is that of the answer.
	HTTPStatus int
	// Code is the hub's name or number for a refusal, e.g. "IotHubUnauthorizedAccess".
	Code string
}

// String is one line for logs and captions.
func (c Connection) String() string {
	if c.Accepted {
		return fmt.Sprintf("accepted (HTTP %d)", c.HTTPStatus)
	}
	return strings.TrimSpace(fmt.Sprintf("refused (HTTP %d) %s", c.HTTPStatus, c.Code))
}

// Connect sends one telemetry message to a hub, as the given device, with the device's credential. A refusal is
// a connection that is not accepted; the error is for what prevented an answer.
func (d *Device) Connect(ctx context.Context, hubHostname, deviceID string) (Connection, error) {
	if d.credential.err != nil {
		return Connection{}, fmt.Errorf("connect %q: use the %s: %w", deviceID, d.credential.kind, d.credential.err)
	}
	path := "/devices/" + url.PathEscape(deviceID)
	authorization := ""
	if key := d.connectionKey(); key != nil {
		authorization = token(key, hubHostname+"/devices/"+deviceID, "", d.now().Add(tokenLifetime))
	}
	target := "https://" + hubHostname + path + "/messages/events?api-version=" + hubAPIVersion
	a, err := d.exchange(ctx, http.MethodPost, target, authorization, struct{}{})
	if err != nil {
		return Connection{}, fmt.Errorf("connect %q to %s: %w", deviceID, hubHostname, err)
	}
	c := Connection{Accepted: a.status >= 200 && a.status < 300, HTTPStatus: a.status}
	if !c.Accepted {
		c.Code = a.hubCode()
	}
	return c, nil
}

// connectionKey is what signs tokens for the hub: the key that came with a TPM assignment, otherwise the key
// that the device registers with, which is also the identity's key; none with a certificate.
func (d *Device) connectionKey() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hubKey != nil {
		return d.hubKey
	}
	return d.credential.key
}

// hubCode finds the code of a refusal: in the header, in the number of the newer error body, or in the text of
// the older one, whose message begins with "ErrorCode:<name>;".
func (a answer) hubCode() string {
	if code := a.header.Get("iothub-errorcode"); code != "" {
		return code
	}
	var p problem
	if json.Unmarshal(a.body, &p) != nil {
		return ""
	}
	if code, err := strconv.Atoi(p.ErrorCode.String()); err == nil && code != 0 {
		return strconv.Itoa(code)
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(p.Message, "ErrorCode:"), ";")
	return name
}
