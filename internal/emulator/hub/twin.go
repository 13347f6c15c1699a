// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/base64"
	"encoding/binary"
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

// twinOf is a twin as the service writes it and as queries see it; m is nil for the device's
// own. The order of the members is the recorded one.
func (c *Choices) twinOf(d *device, m *module, attributes bool) own {
	i, status, reason, updated := &d.identity, d.status(), textOf(d.statusReason), d.statusUpdated
	t := own{{name: "deviceId", value: d.id}}
	if m != nil {
		i, status, reason, updated = &m.identity, "enabled", "", time.Time{}
		t.add("moduleId", m.id, true)
	}
	t.add("etag", i.twin.etag(), true)
	t.add("deviceEtag", i.etag(), true)
	t.add("status", status, true)
	t.add("statusReason", reason, reason != "")
	t.add("statusUpdateTime", wire.Time(updated), true)
	t.add("connectionState", i.connectionState(), true)
	t.add("lastActivityTime", wire.Time(i.lastActivity), true)
	t.add("cloudToDeviceMessageCount", d.waiting(m), true)
	t.add("authenticationType", i.auth.kind, true)
	t.add("x509Thumbprint", c.twinThumbprints(i.auth), true)
	t.add("modelId", "", c.TwinModelID)
	t.add("version", i.twin.version, true)
	t.add("attributes", i.attributes, attributes && i.attributes != nil)
	t.add("tags", i.twin.tags, len(i.twin.tags) > 0)
	t.add("properties", own{{name: "desired", value: i.twin.desired}, {name: "reported", value: i.twin.reported}}, true)
	if m == nil {
		t.add("capabilities", own{{name: "iotEdge", value: d.edge}}, true)
		t.add("deviceScope", d.scope, d.scope != "")
		t.add("parentScopes", d.parents, len(d.parents) > 0)
	}
	return t
}

// twinThumbprints has other names when thumbprints are set, as a live hub wrote them.
func (c *Choices) twinThumbprints(a authentication) own {
	names := [2]string{"primaryThumbprint", "secondaryThumbprint"}
	if a.thumbprints != [2]string{} && !c.LowerCaseTwinThumbprints {
		names = [2]string{"PrimaryThumbprint", "SecondaryThumbprint"}
	}
	var o own
	for i, text := range a.thumbprints {
		var value any
		if text != "" {
			value = text
		}
		o.add(names[i], value, true)
	}
	return o
}

// findTwin finds the twin's identity, and what shows it. What does not exist is a missing
// device, for a module too (observed live).
func (h *Hub) findTwin(q *call) (*identity, func() *wire.Reply, *wire.Problem) {
	d, i := h.found(q)
	if i == nil {
		missing := deviceNotFound(q.deviceID)
		if !h.choices.PlainTwinErrors {
			// Reported as envelope inside envelope since May 2021 (azure-iot-sdk-node#971).
			missing.Envelope = wire.Nested
		}
		return nil, nil, missing
	}
	m := d.modules[q.moduleID]
	return i, func() *wire.Reply { return wire.OK(h.choices.twinOf(d, m, q.attributes)) }, nil
}

func (h *Hub) getTwin(q *call) (*wire.Reply, *wire.Problem) {
	_, reply, p := h.findTwin(q)
	if p != nil {
		return nil, p
	}
	return reply(), nil
}
