// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"iter"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// devices gives what the index shows, in the order of IDs: the one device that the
// condition names, or everything behind the cursor.
func (s *queryScan) devices() iter.Seq[*device] {
	h := s.h
	ids := h.ids
	if id, ok := s.query.Wanted("deviceId"); ok {
		ids = []string{id}
	} else {
		from, _ := slices.BinarySearch(ids, s.start.DeviceID)
		ids = ids[from:]
	}
	if h.choices.QueryLag > 0 {
		return h.laggingDevices(ids)
	}
	return func(yield func(*device) bool) {
		for _, id := range ids {
			if d := h.devices[id]; d != nil && !yield(d) {
				return
			}
		}
	}
}

// laggingDevices gives those of the IDs that are indexed already, and the ghosts of deleted devices, in the order of
// IDs. Of a device that was made again the ghost is shown until the new one is indexed.
func (h *registry) laggingDevices(ids []string) iter.Seq[*device] {
	now := h.now()
	var ghosts []*device
	for _, g := range h.ghosts {
		if g.until.After(now) {
			ghosts = append(ghosts, g.device)
		}
	}
	slices.SortStableFunc(ghosts, func(a, b *device) int { return strings.Compare(a.id, b.id) })
	return func(yield func(*device) bool) {
		last := ""
		show := func(d *device) bool {
			again := d.id == last
			last = d.id
			return again || yield(d)
		}
		for _, id := range ids {
			for ; len(ghosts) > 0 && ghosts[0].id < id; ghosts = ghosts[1:] {
				if !show(ghosts[0]) {
					return
				}
			}
			if d := h.devices[id]; d != nil && !d.created.Add(h.choices.QueryLag).After(now) && !show(d) {
				return
			}
		}
		for _, d := range ghosts {
			if !show(d) {
				return
			}
		}
	}
}

// twinRecord is the twin of a module, or of the device where m is nil.
type twinRecord struct {
	choices    *Choices
	d          *device
	m          *module
	attributes bool
}

func (r twinRecord) whole() own { return r.choices.twinOf(r.d, r.m, r.attributes) }

// Lookup finds a member. Those that queries of a whole registry ask for are found without
// making the twin, which takes ten times as long.
func (r twinRecord) Lookup(path []string) (any, bool) {
	t := &r.d.twin
	if r.m != nil {
		t = &r.m.twin
	}
	switch first := strings.ToLower(path[0]); {
	case first == "tags" && len(path) > 1:
		return lookUp(t.tags, path[1:])
	case first == "deviceid" && len(path) == 1:
		return r.d.id, true
	case first == "status" && len(path) == 1 && r.m == nil:
		return r.d.status(), true
	}
	return lookUp(r.whole(), path)
}

// lookUp follows a path into a part of a twin. Names that users chose have a case.
func lookUp(v any, path []string) (any, bool) {
	if len(path) == 0 {
		return v, true
	}
	same := func(f field) bool { return f.name == path[0] }
	var members tree
	switch v := v.(type) {
	case own:
		members, same = tree(v), func(f field) bool { return strings.EqualFold(f.name, path[0]) }
	case tree:
		members = v
	case section:
		members = append(v.values[:len(v.values):len(v.values)],
			field{name: "$version", value: v.version}, field{name: "$metadata", value: metadata{v.values, v.at}})
	case metadata:
		members = v.members()
	}
	if i := slices.IndexFunc(members, same); i >= 0 {
		return lookUp(members[i].value, path[1:])
	}
	return nil, false
}

// metadata is $metadata of a part of a section.
type metadata struct {
	values tree
	at     stamp
}

// MarshalJSON writes it as it stands in a twin.
func (m metadata) MarshalJSON() ([]byte, error) { return appendMetadata(nil, m.values, m.at), nil }

func (m metadata) members() tree {
	t := tree{{name: "$lastUpdated", value: wire.Time(m.at.updated)}}
	if m.at.version > 0 {
		t = append(t, field{name: "$lastUpdatedVersion", value: m.at.version})
	}
	for _, f := range m.values {
		sub, _ := f.value.(tree)
		t = append(t, field{name: f.name, value: metadata{sub, f.at}})
	}
	return t
}
