// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/base64"
	"strconv"
	"time"
)

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
	Attributes     part                `json:"attributes"`
	Authentication *authenticationBody `json:"authentication"`
	Capabilities   *capabilitiesBody   `json:"capabilities"`
	DeviceScope    *string             `json:"deviceScope"`
	ParentScopes   *[]string           `json:"parentScopes"`
}

// ticks counts the 100 ns since the year 1, as .NET does.
func ticks(t time.Time) int64 {
	const unixEpoch = 621355968000000000
	return t.Unix()*10_000_000 + int64(t.Nanosecond())/100 + unixEpoch
}

// wireETag writes an identity's counter as the service does: its decimal digits in base64.
func wireETag(counter uint64) string {
	return base64.StdEncoding.EncodeToString(strconv.AppendUint(nil, counter, 10))
}
