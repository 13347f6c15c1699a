// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// moduleBody is a module identity as the service writes it; the order of the members
// is the recorded one.
type moduleBody struct {
	ModuleID                   string              `json:"moduleId"`
	ManagedBy                  *string             `json:"managedBy"`
	DeviceID                   string              `json:"deviceId"`
	GenerationID               string              `json:"generationId"`
	ETag                       string              `json:"etag"`
	ConnectionState            string              `json:"connectionState"`
	ConnectionStateUpdatedTime string              `json:"connectionStateUpdatedTime"`
	LastActivityTime           string              `json:"lastActivityTime"`
	CloudToDeviceMessageCount  int                 `json:"cloudToDeviceMessageCount"`
	Attributes                 json.RawMessage     `json:"attributes,omitempty"`
	Authentication             *authenticationBody `json:"authentication"`
}

// deviceBody is a device identity as the service writes it.
type deviceBody struct {
	DeviceID                   string              `json:"deviceId"`
	GenerationID               string              `json:"generationId"`
	ETag                       string              `json:"etag"`
	ConnectionState            string              `json:"connectionState"`
	Status                     string              `json:"status"`
	StatusReason               *string             `json:"statusReason"`
	ConnectionStateUpdatedTime string              `json:"connectionStateUpdatedTime"`
	StatusUpdatedTime          string              `json:"statusUpdatedTime"`
	LastActivityTime           string              `json:"lastActivityTime"`
	CloudToDeviceMessageCount  int                 `json:"cloudToDeviceMessageCount"`
	Attributes                 json.RawMessage     `json:"attributes,omitempty"`
	Authentication             *authenticationBody `json:"authentication"`
	Capabilities               capabilitiesBody    `json:"capabilities"`
	DeviceScope                string              `json:"deviceScope,omitempty"`
	ParentScopes               *[]string           `json:"parentScopes,omitempty"`
}

type authenticationBody struct {
	SymmetricKey   *symmetricKeyBody   `json:"symmetricKey"`
	X509Thumbprint *x509ThumbprintBody `json:"x509Thumbprint"`
	Type           *string             `json:"type"`
}

type symmetricKeyBody struct {
	PrimaryKey   *string `json:"primaryKey"`
	SecondaryKey *string `json:"secondaryKey"`
}

type x509ThumbprintBody struct {
	PrimaryThumbprint   *string `json:"primaryThumbprint"`
	SecondaryThumbprint *string `json:"secondaryThumbprint"`
}

type capabilitiesBody struct {
	IotEdge bool `json:"iotEdge"`
}

// identityRequest is what a PUT of a device or module may set. Read-only members are
// not decoded at all: the service accepts and ignores them, also stale ones.
type identityRequest struct {
	DeviceID       *string             `json:"deviceId"`
	ModuleID       *string             `json:"moduleId"`
	ManagedBy      *string             `json:"managedBy"`
	Status         *string             `json:"status"`
	StatusReason   *string             `json:"statusReason"`
	Attributes     json.RawMessage     `json:"attributes"`
	Authentication *authenticationBody `json:"authentication"`
	Capabilities   *capabilitiesBody   `json:"capabilities"`
	DeviceScope    *string             `json:"deviceScope"`
	ParentScopes   *[]string           `json:"parentScopes"`
}

// wireTime writes a time as .NET does: up to seven fractional digits, trailing zeros
// trimmed, the year 1 for "never".
func wireTime(t time.Time) string {
	return wireTimeWithoutZone(t) + "Z"
}

// wireTimeWithoutZone is the form of answers to a create (recorded).
func wireTimeWithoutZone(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.9999999")
}

// ticks counts the 100 ns since the year 1, as .NET does.
func ticks(t time.Time) int64 {
	const unixEpoch = 621355968000000000
	return t.Unix()*10_000_000 + int64(t.Nanosecond())/100 + unixEpoch
}

// wireETag writes an identity's counter as the service does: its decimal digits in
// base64.
func wireETag(counter uint64) string {
	return base64.StdEncoding.EncodeToString(strconv.AppendUint(nil, counter, 10))
}

// hubJSON writes JSON without escaping <, > and &, as the service does.
func hubJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// bytes reads n random bytes.
func (h *Hub) bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = io.ReadFull(h.random, b)
	return b
}

// newRequestID makes a GUID.
func (h *Hub) newRequestID() string {
	b := h.bytes(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// newKey makes a symmetric key: 32 random bytes in base64, 44 characters.
func (h *Hub) newKey() string { return base64.StdEncoding.EncodeToString(h.bytes(32)) }

// write sends an answer with the headers that every recorded answer has.
func (h *Hub) write(w http.ResponseWriter, status int, requestID string, body []byte) {
	header := w.Header()
	header.Set("Server", "Microsoft-HTTPAPI/2.0")
	header.Set("Vary", "Origin")
	header.Set("x-ms-request-id", requestID)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if len(body) > 0 {
		header.Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
