// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"iter"
	"slices"
	"strings"
	"time"

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
		return slices.Values(h.laggingDevices(ids))
	}
	return func(yield func(*device) bool) {
		for _, id := range ids {
			if d := h.devices[id]; d != nil && !yield(d) {
				return
			}
		}
	}
}

// laggingDevices gives those of the IDs that are indexed already, and the ghosts of
// deleted devices. Of a device that was made again the ghost is shown until the new one
// is indexed.
func (h *registry) laggingDevices(ids []string) []*device {
	now := h.now()
	var found []*device
	for _, id := range ids {
		if d := h.devices[id]; d != nil && !d.created.Add(h.choices.QueryLag).After(now) {
			found = append(found, d)
		}
	}
	for _, g := range h.ghosts {
		if g.until.After(now) {
			found = append(found, g.device)
		}
	}
	slices.SortStableFunc(found, func(a, b *device) int { return strings.Compare(a.id, b.id) })
	return slices.CompactFunc(found, func(a, b *device) bool { return a.id == b.id })
}

// twinRecord lets a query look at a twin without writing it out first.
type twinRecord struct {
	h            *Hub
	id, moduleID string
	identity     *identity
	device       *device // nil for modules
}

// Lookup finds a field. Names of the twin's own fields have no case.
func (r twinRecord) Lookup(path []string) (any, bool) {
	first, rest := strings.ToLower(path[0]), path[1:]
	switch first {
	case "tags":
		return lookupTree(r.identity.twin.tags, rest)
	case "properties":
		return r.properties(rest)
	case "x509thumbprint":
		return r.thumbprint(rest)
	case "capabilities":
		return r.capabilities(rest)
	}
	if len(rest) > 0 {
		return nil, false
	}
	if r.device != nil {
		if v, ok := r.deviceField(first); ok {
			return v, true
		}
	}
	return r.field(first)
}

// field is what device and module twins have alike.
func (r twinRecord) field(lower string) (any, bool) {
	i := r.identity
	switch lower {
	case "deviceid":
		return r.id, true
	case "moduleid":
		return r.moduleID, r.moduleID != ""
	case "etag":
		return i.twin.etag(), true
	case "deviceetag":
		return i.etag(), true
	case "status":
		return "enabled", true
	case "statusupdatetime":
		return wire.Time(time.Time{}), true
	case "connectionstate":
		return "Disconnected", true
	case "lastactivitytime":
		return wire.Time(i.lastActivity), true
	case "cloudtodevicemessagecount":
		return 0, true
	case "authenticationtype":
		return i.auth.kind, true
	case "version":
		return i.twin.version, true
	}
	return nil, false
}

// deviceField is what only device twins have, or have differently.
func (r twinRecord) deviceField(lower string) (any, bool) {
	d := r.device
	switch lower {
	case "status":
		return d.status(), true
	case "statusreason":
		return textOf(d.statusReason), textOf(d.statusReason) != ""
	case "statusupdatetime":
		return wire.Time(d.statusUpdated), true
	case "devicescope":
		return d.scope, d.scope != ""
	case "parentscopes":
		return d.parents, len(d.parents) > 0
	}
	return nil, false
}

func (r twinRecord) properties(path []string) (any, bool) {
	t := r.identity.twin
	if len(path) == 0 {
		return twinProperties{t.desired, t.reported}, true
	}
	switch strings.ToLower(path[0]) {
	case "desired":
		return t.desired.lookup(path[1:])
	case "reported":
		return t.reported.lookup(path[1:])
	}
	return nil, false
}

func (r twinRecord) thumbprint(path []string) (any, bool) {
	body := r.h.choices.wireTwin(r.id, r.identity, false).X509Thumbprint
	if len(path) == 0 {
		return body, true
	}
	for i, name := range []string{"primaryThumbprint", "secondaryThumbprint"} {
		if len(path) == 1 && strings.EqualFold(path[0], name) {
			if t := r.identity.auth.thumbprints[i]; t != "" {
				return t, true
			}
			return nil, true
		}
	}
	return nil, false
}

func (r twinRecord) capabilities(path []string) (any, bool) {
	switch {
	case r.device == nil:
		return nil, false
	case len(path) == 0:
		return capabilitiesBody{r.device.edge}, true
	case len(path) == 1 && strings.EqualFold(path[0], "iotEdge"):
		return r.device.edge, true
	}
	return nil, false
}

// lookupTree finds a value below tags; empty tags do not exist.
func lookupTree(t tree, path []string) (any, bool) {
	if len(path) == 0 {
		return t, len(t) > 0
	}
	return t.lookup(path)
}

// lookup finds a value below desired or reported, $version and $metadata included.
func (s section) lookup(path []string) (any, bool) {
	switch {
	case len(path) == 0:
		return s, true
	case path[0] == "$version":
		return s.version, len(path) == 1
	case path[0] == "$metadata":
		return lookupMetadata(s.values, s.at, path[1:])
	}
	return s.values.lookup(path)
}

// metadata is $metadata of a part of a section.
type metadata struct {
	values tree
	at     stamp
}

// MarshalJSON writes it as it stands in a twin.
func (m metadata) MarshalJSON() ([]byte, error) { return appendMetadata(nil, m.values, m.at), nil }

func lookupMetadata(t tree, at stamp, path []string) (any, bool) {
	switch {
	case len(path) == 0:
		return metadata{t, at}, true
	case path[0] == "$lastUpdated":
		return wire.Time(at.updated), len(path) == 1
	case path[0] == "$lastUpdatedVersion":
		return at.version, len(path) == 1 && at.version > 0
	}
	i := t.find(path[0])
	if i < 0 {
		return nil, false
	}
	sub, _ := t[i].value.(tree)
	return lookupMetadata(sub, t[i].at, path[1:])
}
