// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// part is what a write says of tags, desired properties or attributes. One that is not
// given is left alone by a PATCH and cleared by a PUT.
type part struct {
	values tree
	given  bool
	// clear empties what is there before the values are merged into it.
	clear bool
}

// UnmarshalJSON reads an object or null, which clears.
func (p *part) UnmarshalJSON(raw []byte) (err error) {
	p.values, err = parseTree(raw)
	p.given, p.clear = true, p.values == nil
	return err
}

// twinRequest is what a twin write may set; reported and everything read-only is
// ignored (recorded: a whole twin was sent back).
type twinRequest struct {
	Tags       part `json:"tags"`
	Properties struct {
		Desired part `json:"desired"`
	} `json:"properties"`
}

// change is what the request does to a twin.
func (r *twinRequest) change() twinChange { return twinChange{r.Tags, r.Properties.Desired}.ofUser() }

// twinChange is a twin write.
type twinChange struct{ tags, desired part }

// ofUser is without the members at the root that begin with a dollar: those are the service's own, and ignored.
func (c twinChange) ofUser() twinChange {
	own := func(f field) bool { return strings.HasPrefix(f.name, "$") }
	c.tags.values, c.desired.values = slices.DeleteFunc(c.tags.values, own), slices.DeleteFunc(c.desired.values, own)
	return c
}

// empty tells whether nothing is written.
func (c twinChange) empty() bool { return !c.tags.given && !c.desired.given }

// replacing writes what is given instead of merging it.
func (c twinChange) replacing() twinChange {
	c.tags.clear, c.desired.clear = c.tags.given, c.desired.given
	return c
}

// patchTwin merges; If-Match is optional.
func (h *Hub) patchTwin(q *call, body *twinRequest) (*wire.Reply, *wire.Problem) {
	return h.writeTwin(q, body.change(), func() *wire.Problem { return nil })
}

// putTwin replaces tags and desired; null is refused at any depth.
func (h *Hub) putTwin(q *call, body *twinRequest) (*wire.Reply, *wire.Problem) {
	c := body.change()
	c.tags.given, c.desired.given = true, true
	return h.writeTwin(q, c.replacing(), func() *wire.Problem {
		for _, values := range []tree{c.tags.values, c.desired.values} {
			if name, found := firstNull(values); found {
				return nullValue(name)
			}
		}
		return nil
	})
}

func (h *Hub) writeTwin(q *call, c twinChange, check func() *wire.Problem) (*wire.Reply, *wire.Problem) {
	i, reply, p := h.findTwin(q)
	if p != nil {
		return nil, p
	}
	if q.IfMatch.Given && !q.IfMatch.Matches(i.twin.etag()) {
		// The text names the device for modules too (recorded).
		return nil, problemf(codePreconditionFailed, "ETag mismatch for device ID '%s'", q.deviceID)
	}
	if p := check(); p != nil {
		return nil, p
	}
	changed, p := i.twin.patched(c, h.now())
	if p != nil {
		return nil, p
	}
	i.write(changed, c)
	return reply(), nil
}

// patched gives the twin after a write, which is none when the change is empty: ETag and
// version move, desired's own version only when desired was written.
func (t twin) patched(c twinChange, now time.Time) (twin, *wire.Problem) {
	if c.empty() {
		return t, nil
	}
	t.counter++
	t.version++
	if c.tags.given {
		t.tags = c.tags.on(t.tags, stamp{})
		if p := checkTree(t.tags, "tags", tagLimit); p != nil {
			return t, p
		}
	}
	if c.desired.given {
		at := stamp{updated: now, version: t.desired.version + 1}
		t.desired = section{values: c.desired.on(t.desired.values, at), version: at.version, at: at}
		if p := checkTree(t.desired.values, "desired properties", propertyLimit); p != nil {
			return t, p
		}
	}
	return t, nil
}

// write puts a twin in the place of the one that was changed, and tells the device of its desired properties.
func (i *identity) write(t twin, c twinChange) {
	i.twin = t
	if c.desired.given && i.line != nil {
		i.line.Desired(c.desired.told(t.desired.version), t.desired.version)
	}
}

// told is what a device is told of a change: what was written, with the version.
func (p part) told(version int64) []byte {
	at := field{name: "$version", value: json.Number(strconv.FormatInt(version, 10))}
	return appendValue(nil, append(slices.Clone(p.values), at))
}

// on gives what becomes of the values that are there.
func (p part) on(values tree, at stamp) tree {
	if p.clear {
		values = nil
	}
	return values.merge(p.values, at)
}

// born gives a fresh twin its first tags and desired properties; that is no write of its own.
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
