// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// Twin is a device's twin, as far as it tells of the identity; it holds no keys. Twins are only read.
type Twin struct {
	DeviceID string `json:"deviceId"`
	// ModuleID is set when the twin is a module's, which only queries return.
	ModuleID string `json:"moduleId,omitempty"`
	// ETag is the twin's own and moves with tags and desired properties.
	ETag azcore.ETag `json:"etag,omitempty"`
	// DeviceETag is the identity's ETag: while it stands, the identity is unchanged.
	DeviceETag                azcore.ETag     `json:"deviceEtag,omitempty"`
	Status                    string          `json:"status,omitempty"`
	StatusReason              *string         `json:"statusReason,omitempty"`
	StatusUpdateTime          string          `json:"statusUpdateTime,omitempty"`
	ConnectionState           string          `json:"connectionState,omitempty"`
	LastActivityTime          string          `json:"lastActivityTime,omitempty"`
	CloudToDeviceMessageCount int             `json:"cloudToDeviceMessageCount,omitempty"`
	AuthenticationType        string          `json:"authenticationType,omitempty"`
	X509Thumbprint            *X509Thumbprint `json:"x509Thumbprint,omitempty"`
	Version                   int64           `json:"version,omitempty"`
	// Tags and Properties are free-form, kept as they were read; nil when absent.
	Tags         json.RawMessage            `json:"tags,omitempty"`
	Properties   json.RawMessage            `json:"properties,omitempty"`
	Capabilities *Capabilities              `json:"capabilities,omitempty"`
	DeviceScope  *string                    `json:"deviceScope,omitempty"`
	ParentScopes []string                   `json:"parentScopes,omitzero"`
	Extra        map[string]json.RawMessage `json:"-"`
}

// GetTwin reads a device's twin. It needs ServiceConnect or twins/read, not what reading identities needs, and the
// basic tiers have no twins; but the hub allows 60 times as many of these calls.
func (c *Client) GetTwin(ctx context.Context, deviceID string) (Twin, error) {
	return azrest.Do[Twin](ctx, c.pipeline, azrest.Call{
		Method: http.MethodGet, Path: []string{"twins", deviceID}, Bucket: twinReadsBucket(),
	})
}
