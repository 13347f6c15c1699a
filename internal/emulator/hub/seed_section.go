// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"strconv"
	"time"
)

func jsonNumber(text string) json.Number { return json.Number(text) }

// planted is the section that a seed has: values with $metadata and $version among them, as a twin shows it. Without
// these all values are as old as the section.
func (s section) planted(given tree) (planted section, problem string) {
	planted = s
	var values, stamps tree
	stamped := false
	for _, f := range given {
		switch f.name {
		case "$metadata":
			stamps, stamped = f.value.(tree)
			if !stamped {
				return s, "$metadata is no object"
			}
		case "$version":
			n, isNumber := f.value.(json.Number)
			version, err := strconv.ParseInt(n.String(), 10, 64)
			if !isNumber || err != nil {
				return s, "$version is no whole number"
			}
			planted.version, planted.at.version = version, version
		default:
			values = append(values, f)
		}
	}
	if !stamped {
		planted.at.version = planted.version
		if len(values) == 0 {
			planted.at = s.at
		}
		planted.values = tree(nil).merge(values, planted.at)
		return planted, ""
	}
	var ok bool
	planted.at, planted.values, ok = restamped(values, stamps)
	if !ok {
		return s, "$metadata does not fit the values"
	}
	return planted, ""
}

// restamped gives every field the stamp that the metadata has for it.
func restamped(values, stamps tree) (at stamp, stamped tree, ok bool) {
	byName := make(map[string]any, len(stamps))
	for _, f := range stamps {
		byName[f.name] = f.value
	}
	updated, isText := byName["$lastUpdated"].(string)
	moment, err := time.Parse(time.RFC3339Nano, updated)
	if !isText || err != nil {
		return at, nil, false
	}
	at.updated = moment
	if n, given := byName["$lastUpdatedVersion"].(json.Number); given {
		if at.version, err = strconv.ParseInt(n.String(), 10, 64); err != nil {
			return at, nil, false
		}
	}
	for _, f := range values {
		below, isTree := byName[f.name].(tree)
		if !isTree {
			return at, nil, false
		}
		sub, _ := f.value.(tree)
		fieldAt, inner, fits := restamped(sub, below)
		if !fits {
			return at, nil, false
		}
		f.at = fieldAt
		if _, isObject := f.value.(tree); isObject {
			f.value = inner
			if inner == nil {
				f.value = tree{}
			}
		}
		stamped = append(stamped, f)
	}
	return at, stamped, true
}
