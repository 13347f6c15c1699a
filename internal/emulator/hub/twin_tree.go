// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// tree is a JSON object of a twin in the order in which it was written. Trees are never
// changed in place, so copies of a twin may share them.
type tree []field

// field is a member of a tree. value is a tree, a string, a json.Number, a bool, nil
// (only in what a client sends) or []any of these.
type field struct {
	name  string
	value any
	at    stamp
}

// own is an object of the service's own members, whose names have no case in queries.
type own tree

// MarshalJSON writes the members in their order.
func (o own) MarshalJSON() ([]byte, error) { return tree(o).MarshalJSON() }

// add appends a member, if it is there.
func (o *own) add(name string, value any, there bool) {
	if there {
		*o = append(*o, field{name: name, value: value})
	}
}

// stamp says when, and with which version of its section, a field was last written.
type stamp struct {
	updated time.Time
	version int64
}

// parseDepth stops absurdly nested documents before the twin's own limit is looked at.
const parseDepth = 64

// errTree says that a text is no tree: no JSON object, or nested absurdly.
var errTree = errors.New("tags, properties and attributes are JSON objects")

// parseTree reads a JSON object, keeping its order and the text of its numbers; null and nothing are no tree.
func parseTree(raw []byte) (tree, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, ok := parseValue(d, 0)
	t, isTree := v.(tree)
	if _, err := d.Token(); !ok || !isTree || err != io.EOF {
		return nil, errTree
	}
	return t, nil
}

func parseValue(d *json.Decoder, depth int) (any, bool) {
	token, err := d.Token()
	if err != nil || depth > parseDepth {
		return nil, false
	}
	switch token {
	case json.Delim('{'):
		b := newBuilder(tree{})
		for d.More() {
			name, err := d.Token()
			key, isString := name.(string)
			v, ok := parseValue(d, depth+1)
			if err != nil || !isString || !ok {
				return nil, false
			}
			b.set(field{name: key, value: v})
		}
		_, err := d.Token()
		return b.tree, err == nil
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, ok := parseValue(d, depth+1)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err == nil
	}
	return token, true
}

// builder makes a tree of many fields without looking through them for each.
type builder struct {
	tree  tree
	where map[string]int
}

// newBuilder starts with a copy of a tree.
func newBuilder(t tree) *builder {
	b := &builder{tree: append(tree{}, t...), where: make(map[string]int, len(t))}
	for i, f := range t {
		b.where[f.name] = i
	}
	return b
}

// set gives a field a value, in its place if it has one.
func (b *builder) set(f field) {
	at, known := b.where[f.name]
	if !known {
		at = len(b.tree)
		b.tree, b.where[f.name] = append(b.tree, f), at
	}
	b.tree[at] = f
}

// merge applies a JSON merge patch: null deletes, objects merge, everything else
// replaces. Every written field and its parents get the stamp.
func (t tree) merge(patch tree, at stamp) tree {
	merged := newBuilder(t)
	for _, p := range patch {
		if sub, isTree := p.value.(tree); isTree {
			var base tree
			if i, known := merged.where[p.name]; known {
				base, _ = merged.tree[i].value.(tree)
			}
			p.value = base.merge(sub, at)
		}
		p.at = at
		merged.set(p)
	}
	return slices.DeleteFunc(merged.tree, func(f field) bool { return f.value == nil })
}

// MarshalJSON writes the tree in its order.
func (t tree) MarshalJSON() ([]byte, error) { return appendValue(nil, t), nil }

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case tree:
		b = append(b, '{')
		for i, f := range v {
			b = appendName(b, f.name, i > 0)
			b = appendValue(b, f.value)
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, e)
		}
		return append(b, ']')
	case json.Number:
		return append(b, v...)
	default:
		return append(b, wire.JSON(v)...)
	}
}

func appendName(b []byte, name string, comma bool) []byte {
	if comma {
		b = append(b, ',')
	}
	b = append(b, wire.JSON(name)...)
	return append(b, ':')
}

// appendMetadata writes $metadata for a tree: its own stamp, then one entry for each field. An array is one leaf.
func appendMetadata(b []byte, t tree, at stamp) []byte {
	b = append(b, `{"$lastUpdated":"`...)
	b = append(b, wire.Time(at.updated)...)
	b = append(b, '"')
	if at.version > 0 {
		b = append(b, `,"$lastUpdatedVersion":`...)
		b = append(b, wire.JSON(at.version)...)
	}
	for _, f := range t {
		b = appendName(b, f.name, true)
		sub, _ := f.value.(tree)
		b = appendMetadata(b, sub, f.at)
	}
	return append(b, '}')
}
