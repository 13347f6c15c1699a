// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// twinRequest is what a twin write may set; reported and everything read-only is
// ignored (recorded: a whole twin was sent back).
type twinRequest struct {
	Tags       json.RawMessage `json:"tags"`
	Properties *struct {
		Desired json.RawMessage `json:"desired"`
	} `json:"properties"`
}

// twinChange is a checked twin write. A part that is not given is left alone by a
// PATCH and cleared by a PUT.
type twinChange struct {
	tags, desired           tree
	hasTags, hasDesired     bool
	clearTags, clearDesired bool
}

// readTwinChange reads the two writable parts of a body.
func readTwinChange(body *twinRequest) (twinChange, *wire.Problem) {
	var c twinChange
	var p *wire.Problem
	if c.tags, p = readSection(body.Tags); p != nil {
		return c, p
	}
	c.hasTags, c.clearTags = len(body.Tags) > 0, string(body.Tags) == "null"
	if body.Properties == nil {
		return c, nil
	}
	if c.desired, p = readSection(body.Properties.Desired); p != nil {
		return c, p
	}
	c.hasDesired, c.clearDesired = len(body.Properties.Desired) > 0, string(body.Properties.Desired) == "null"
	return c, nil
}

// readSection reads tags or desired. Members of its root that begin with a dollar are
// the service's own and ignored.
func readSection(raw json.RawMessage) (tree, *wire.Problem) {
	t, p := parseTree(raw)
	if p != nil {
		return nil, p
	}
	return slices.DeleteFunc(t, func(f field) bool { return strings.HasPrefix(f.name, "$") }), nil
}

// patchTwin merges; If-Match is optional.
func (h *Hub) patchTwin(q *call) (*wire.Reply, *wire.Problem) {
	return h.writeTwin(q, func(t twin, c twinChange) (twin, *wire.Problem) {
		if !c.hasTags && !c.hasDesired {
			return t, nil
		}
		return t.patched(c, h.now())
	})
}

// putTwin replaces tags and desired; null is refused at any depth.
func (h *Hub) putTwin(q *call) (*wire.Reply, *wire.Problem) {
	return h.writeTwin(q, func(t twin, c twinChange) (twin, *wire.Problem) {
		for _, part := range []tree{c.tags, c.desired} {
			if name, found := firstNull(part); found {
				return t, nullValue(name)
			}
		}
		c.hasTags, c.hasDesired, c.clearTags, c.clearDesired = true, true, true, true
		return t.patched(c, h.now())
	})
}

func (h *Hub) writeTwin(q *call, change func(twin, twinChange) (twin, *wire.Problem)) (*wire.Reply, *wire.Problem) {
	var body twinRequest
	if p := q.decode(&body); p != nil {
		return nil, p
	}
	i, reply, p := h.findTwin(q)
	if p != nil {
		return nil, p
	}
	if q.ifMatch.Given && !q.ifMatch.Matches(i.twin.etag()) {
		// The text names the device for modules too (recorded).
		return nil, problemf(codePreconditionFailed, "ETag mismatch for device ID '%s'", q.deviceID)
	}
	c, p := readTwinChange(&body)
	if p != nil {
		return nil, p
	}
	changed, p := change(i.twin, c)
	if p != nil {
		return nil, p
	}
	i.twin = changed
	return reply(), nil
}

// patched gives the twin after a write: ETag and version move, desired's own version
// only when desired was written.
func (t twin) patched(c twinChange, now time.Time) (twin, *wire.Problem) {
	t.counter++
	t.version++
	if c.hasTags {
		if c.clearTags {
			t.tags = nil
		}
		t.tags = t.tags.merge(c.tags, stamp{})
		if p := checkTree(t.tags, "tags", tagLimit); p != nil {
			return t, p
		}
	}
	if c.hasDesired {
		at := stamp{updated: now, version: t.desired.version + 1}
		values := t.desired.values
		if c.clearDesired {
			values = nil
		}
		t.desired = section{values: values.merge(c.desired, at), version: at.version, at: at}
		if p := checkTree(t.desired.values, "desired properties", propertyLimit); p != nil {
			return t, p
		}
	}
	return t, nil
}

// born gives a fresh twin its first tags and desired properties; that is no write of
// its own.
func (t twin) born(c twinChange, now time.Time) (twin, *wire.Problem) {
	filled, p := t.patched(c, now)
	if p != nil {
		return t, p
	}
	t.tags = filled.tags
	if len(filled.desired.values) > 0 {
		at := stamp{updated: now, version: t.desired.version}
		t.desired.values, t.desired.at = tree(nil).merge(filled.desired.values, at), at
	}
	return t, nil
}
