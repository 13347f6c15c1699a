// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Limits of twins (azure-docs, iot-hub-devguide-device-twins).
const (
	tagLimit       = 8 << 10
	propertyLimit  = 32 << 10
	twinKeyLimit   = 1 << 10
	twinValueLimit = 4 << 10
	twinDepth      = 10
	twinMaxInteger = 4503599627370495
	twinMinInteger = -4503599627370496
)

// checkTree applies the limits of one section, called what in error texts.
func checkTree(t tree, what string, limit int) *wire.Problem {
	size, p := measureTree(t, 0)
	if p == nil && size > limit {
		p = problemf(codeArgumentInvalid, "The size of %s is %d bytes; the limit is %d", what, size, limit)
	}
	return p
}

// measureTree counts as the service does: keys and strings by their UTF-8 length
// without control characters, eight for a number, four for a bool.
func measureTree(t tree, depth int) (int, *wire.Problem) {
	if depth > twinDepth {
		return 0, problemf(codeArgumentInvalid, "The depth of a twin is limited to %d", twinDepth)
	}
	total := 0
	for _, f := range t {
		if p := checkKey(f.name); p != nil {
			return 0, p
		}
		size, p := measureValue(f.name, f.value, depth)
		if p != nil {
			return 0, p
		}
		total += len(f.name) + size
	}
	return total, nil
}

func measureValue(name string, v any, depth int) (int, *wire.Problem) {
	switch v := v.(type) {
	case nil:
		// A merge has taken out every other null: this one is in an array.
		return 0, nullValue(name)
	case tree:
		return measureTree(v, depth+1)
	case []any:
		if depth >= twinDepth {
			return 0, problemf(codeArgumentInvalid, "The depth of a twin is limited to %d", twinDepth)
		}
		total := 0
		for _, e := range v {
			size, p := measureValue(name, e, depth+1)
			if p != nil {
				return 0, p
			}
			total += size
		}
		return total, nil
	case string:
		if len(v) > twinValueLimit {
			return 0, problemf(codeArgumentInvalid, "The value of %s is longer than %d bytes", name, twinValueLimit)
		}
		return len(strings.Map(withoutControls, v)), nil
	case json.Number:
		return 8, checkNumber(name, v)
	}
	return 4, nil
}

func withoutControls(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

func checkKey(name string) *wire.Problem {
	// The number sign is refused by live hubs though the documentation does not list it.
	if name == "" || len(name) > twinKeyLimit || strings.ContainsAny(name, ".$# ") ||
		strings.ContainsFunc(name, unicode.IsControl) {
		return problemf(codeArgumentInvalid, "The name of a property or tag is invalid")
	}
	return nil
}

func checkNumber(name string, n json.Number) *wire.Problem {
	if strings.ContainsAny(n.String(), ".eE") {
		if _, err := n.Float64(); err == nil {
			return nil
		}
	} else if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil && i >= twinMinInteger && i <= twinMaxInteger {
		return nil
	}
	return problemf(codeArgumentInvalid, "The value of %s is out of range", name)
}

func nullValue(name string) *wire.Problem {
	return problemf(codeArgumentInvalid, "Value of Property or Tag cannot be null. Error in Property/Tag %s", name)
}

// firstNull finds a field that a PUT may not carry.
func firstNull(t tree) (name string, found bool) {
	for _, f := range t {
		if f.value == nil {
			return f.name, true
		}
		if sub, ok := f.value.(tree); ok {
			if name, found := firstNull(sub); found {
				return name, true
			}
		}
	}
	return "", false
}
