// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import "strings"

// IfMatch is a request's precondition.
type IfMatch struct {
	// Given says that there is one, Any that it is the star.
	Given, Any bool
	etag       string
}

// ParseIfMatch reads the header. Real clients send the entity tag bare or quoted and the star either way; an empty
// quoted one counts as absent (recorded); a weak one never matches.
func ParseIfMatch(value string) IfMatch {
	value = strings.TrimSpace(value)
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	return IfMatch{Given: value != "", Any: value == "*", etag: value}
}

// Matches compares with the entity tag of what is there.
func (m IfMatch) Matches(etag string) bool { return m.Any || m.etag == etag }
