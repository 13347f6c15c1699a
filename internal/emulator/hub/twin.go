// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// twin is the part of a device or module twin that is not the identity's.
type twin struct {
	counter  uint64 // the ETag's
	version  int64
	tags     tree
	desired  section
	reported section
}

// section is desired or reported with its version and the stamp of its root.
type section struct {
	values  tree
	version int64
	at      stamp
}

// newTwin is a fresh twin: version 2, both sections version 1 (recorded).
func newTwin(born time.Time) twin {
	fresh := section{version: 1, at: stamp{updated: born}}
	return twin{counter: 1, version: 2, desired: fresh, reported: fresh}
}

func (t *twin) etag() string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, t.counter))
}

// MarshalJSON writes the values, then $metadata and $version (recorded order).
func (s section) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, f := range s.values {
		b = appendName(b, f.name, i > 0)
		b = appendValue(b, f.value)
	}
	b = appendName(b, "$metadata", len(s.values) > 0)
	b = appendMetadata(b, s.values, s.at)
	b = append(b, `,"$version":`...)
	b = append(b, wire.JSON(s.version)...)
	return append(b, '}'), nil
}

// twinBody is a twin as the service writes it; the order of the members is the recorded
// one.
type twinBody struct {
	DeviceID                  string            `json:"deviceId"`
	ModuleID                  string            `json:"moduleId,omitempty"`
	ETag                      string            `json:"etag"`
	DeviceETag                string            `json:"deviceEtag"`
	Status                    string            `json:"status"`
	StatusReason              string            `json:"statusReason,omitempty"`
	StatusUpdateTime          string            `json:"statusUpdateTime"`
	ConnectionState           string            `json:"connectionState"`
	LastActivityTime          string            `json:"lastActivityTime"`
	CloudToDeviceMessageCount int               `json:"cloudToDeviceMessageCount"`
	AuthenticationType        string            `json:"authenticationType"`
	X509Thumbprint            any               `json:"x509Thumbprint"`
	ModelID                   *string           `json:"modelId,omitempty"`
	Version                   int64             `json:"version"`
	Attributes                tree              `json:"attributes,omitzero"`
	Tags                      tree              `json:"tags,omitempty"`
	Properties                twinProperties    `json:"properties"`
	Capabilities              *capabilitiesBody `json:"capabilities,omitempty"`
	DeviceScope               string            `json:"deviceScope,omitempty"`
	ParentScopes              []string          `json:"parentScopes,omitempty"`
}

type twinProperties struct {
	Desired  section `json:"desired"`
	Reported section `json:"reported"`
}

// setThumbprints has the names a live hub wrote for thumbprints that are set.
type setThumbprints struct {
	PrimaryThumbprint   *string `json:"PrimaryThumbprint"`
	SecondaryThumbprint *string `json:"SecondaryThumbprint"`
}

func (c *Choices) wireTwin(id string, i *identity, attributes bool) twinBody {
	b := twinBody{
		DeviceID: id, ETag: i.twin.etag(), DeviceETag: i.etag(), Status: "enabled",
		StatusUpdateTime: wire.Time(time.Time{}), ConnectionState: "Disconnected",
		LastActivityTime: wire.Time(i.lastActivity), AuthenticationType: i.auth.kind,
		X509Thumbprint: i.auth.wire().X509Thumbprint, Version: i.twin.version, Tags: i.twin.tags,
		Properties: twinProperties{i.twin.desired, i.twin.reported},
	}
	if i.auth.thumbprints != [2]string{} && !c.LowerCaseTwinThumbprints {
		b.X509Thumbprint = setThumbprints{textOrNull(i.auth.thumbprints[0]), textOrNull(i.auth.thumbprints[1])}
	}
	if c.TwinModelID {
		b.ModelID = new(string)
	}
	if attributes {
		b.Attributes = i.attributes
	}
	return b
}

func (c *Choices) wireDeviceTwin(d *device, attributes bool) twinBody {
	b := c.wireTwin(d.id, &d.identity, attributes)
	b.Status, b.StatusReason = d.status(), textOf(d.statusReason)
	b.StatusUpdateTime = wire.Time(d.statusUpdated)
	b.Capabilities = &capabilitiesBody{d.edge}
	b.DeviceScope, b.ParentScopes = d.scope, slices.Clone(d.parents)
	return b
}

func (c *Choices) wireModuleTwin(deviceID string, m *module, attributes bool) twinBody {
	b := c.wireTwin(deviceID, &m.identity, attributes)
	b.ModuleID = m.id
	return b
}

// findTwin finds the twin's identity. What does not exist is a missing device, for a
// module too (observed live).
func (h *Hub) findTwin(q *call) (*identity, func() *wire.Reply, *wire.Problem) {
	missing := deviceNotFound(q.deviceID)
	if !h.choices.PlainTwinErrors {
		// Reported as envelope inside envelope since May 2021 (azure-iot-sdk-node#971).
		missing.Envelope = wire.Nested
	}
	d := h.devices[q.deviceID]
	if d == nil {
		return nil, nil, missing
	}
	if q.moduleID == "" {
		return &d.identity, func() *wire.Reply {
			return wire.OK(h.choices.wireDeviceTwin(d, q.attributes))
		}, nil
	}
	m := d.modules[q.moduleID]
	if m == nil {
		return nil, nil, missing
	}
	return &m.identity, func() *wire.Reply {
		return wire.OK(h.choices.wireModuleTwin(d.id, m, q.attributes))
	}, nil
}

func (h *Hub) getTwin(q *call) (*wire.Reply, *wire.Problem) {
	_, reply, p := h.findTwin(q)
	if p != nil {
		return nil, p
	}
	return reply(), nil
}
