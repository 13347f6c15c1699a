// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Values of Device.Status.
const (
	StatusEnabled  = "enabled"
	StatusDisabled = "disabled"
)

// Values of Authentication.Type.
const (
	AuthenticationSAS                  = "sas"
	AuthenticationSelfSigned           = "selfSigned"
	AuthenticationCertificateAuthority = "certificateAuthority"
	AuthenticationNone                 = "none"
)

// Device is a device identity of a hub. Times are the hub's text: some come without a zone, which no parser of
// RFC 3339 takes.
type Device struct {
	// DeviceID is the device's name in the hub, case-sensitive.
	DeviceID string `json:"deviceId"`
	// GenerationID tells a device from one of the same name that was deleted before.
	GenerationID string `json:"generationId,omitempty"`
	// ETag is the identity's, from the body and without quotes. Only writes of the identity move it.
	ETag            azcore.ETag `json:"etag,omitempty"`
	ConnectionState string      `json:"connectionState,omitempty"`
	// Status is one of the Status constants. An update must send it.
	Status string `json:"status,omitempty"`
	// StatusReason has at most 128 characters; nil is sent as null, which clears it.
	StatusReason               *string `json:"statusReason"`
	ConnectionStateUpdatedTime string  `json:"connectionStateUpdatedTime,omitempty"`
	StatusUpdatedTime          string  `json:"statusUpdatedTime,omitempty"`
	LastActivityTime           string  `json:"lastActivityTime,omitempty"`
	CloudToDeviceMessageCount  int     `json:"cloudToDeviceMessageCount,omitempty"`
	// Authentication left out of a PUT has the hub make new keys, also on an update.
	Authentication *Authentication `json:"authentication,omitempty"`
	Capabilities   *Capabilities   `json:"capabilities,omitempty"`
	// DeviceScope is an edge device's own scope, or the parent's scope of a leaf; "" on a write detaches a leaf.
	DeviceScope *string `json:"deviceScope,omitempty"`
	// ParentScopes is the scope of an edge device's parent. Nil is not sent; empty is sent, and detaches.
	ParentScopes []string `json:"parentScopes,omitzero"`
	// Extra holds the members that this package does not know, to be sent back as they were read.
	Extra map[string]json.RawMessage `json:"-"`
}

// Disabled says that the hub refuses the device.
func (d Device) Disabled() bool { return strings.EqualFold(d.Status, StatusDisabled) }

// HidesKeys tells whether a write of the identity as it was read would have the hub make new keys: it does not show
// those that it has, so that they cannot be sent along.
func (d Device) HidesKeys() bool {
	if d.Authentication == nil {
		return true
	}
	keys := d.Authentication.SymmetricKey
	return d.Authentication.Type == AuthenticationSAS && (keys == nil || keys.PrimaryKey == nil || *keys.PrimaryKey == "")
}

// StandsAs tells whether both are the same identity, not another one of its name, with the same status and reason.
func (d Device) StandsAs(other Device) bool {
	a, b := d.StatusReason, other.StatusReason
	return d.GenerationID == other.GenerationID && d.Disabled() == other.Disabled() &&
		(a == b || a != nil && b != nil && *a == *b)
}

// Authentication says how a device proves itself to the hub. The hub returns both materials, the one that Type does
// not use with null members.
type Authentication struct {
	SymmetricKey   *SymmetricKey              `json:"symmetricKey,omitempty"`
	X509Thumbprint *X509Thumbprint            `json:"x509Thumbprint,omitempty"`
	Type           string                     `json:"type,omitempty"`
	Extra          map[string]json.RawMessage `json:"-"`
}

// SymmetricKey holds a device's two keys, base64 of 16 to 64 bytes; both or neither. Empty strings have the hub
// generate them.
type SymmetricKey struct {
	PrimaryKey   *string                    `json:"primaryKey"`
	SecondaryKey *string                    `json:"secondaryKey"`
	Extra        map[string]json.RawMessage `json:"-"`
}

// String says whether there are keys, and not which.
func (k SymmetricKey) String() string {
	if k.PrimaryKey == nil && k.SecondaryKey == nil {
		return "{no keys}"
	}
	return "{keys redacted}"
}

// GoString returns what String returns.
func (k SymmetricKey) GoString() string { return k.String() }

// Format writes what String returns for every verb.
func (k SymmetricKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// X509Thumbprint holds the thumbprints of a self-signed device's certificates: hexadecimal SHA-1 or SHA-256, in the
// case in which they were written.
type X509Thumbprint struct {
	PrimaryThumbprint   *string                    `json:"primaryThumbprint"`
	SecondaryThumbprint *string                    `json:"secondaryThumbprint"`
	Extra               map[string]json.RawMessage `json:"-"`
}

// Capabilities are what a device may be.
type Capabilities struct {
	IoTEdge bool                       `json:"iotEdge"`
	Extra   map[string]json.RawMessage `json:"-"`
}
