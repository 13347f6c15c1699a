// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package query

import (
	"cmp"
	"encoding/json"
	"strings"
)

// truth has a third value, for comparisons with what does not exist.
type truth int

const (
	unknown truth = iota
	no
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) negated() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	default:
		return unknown
	}
}

// condition is a part of WHERE.
type condition interface{ holds(r Record) truth }

// junction is a chain of conditions of which a decisive one decides: yes for OR, no for AND.
type junction struct {
	decisive truth
	parts    []condition
}

func (c junction) holds(r Record) truth {
	result := c.decisive.negated()
	for _, part := range c.parts {
		switch part.holds(r) {
		case c.decisive:
			return c.decisive
		case unknown:
			result = unknown
		default:
		}
	}
	return result
}

type not struct{ condition }

func (c not) holds(r Record) truth { return c.condition.holds(r).negated() }

// operand is a constant or a field of the record.
type operand interface {
	value(r Record) (v any, defined bool)
}

type constant struct{ v any }

func (c constant) value(Record) (any, bool) { return c.v, true }

type fieldAt []string

func (f fieldAt) value(r Record) (any, bool) {
	v, ok := r.Lookup(f)
	return plain(v), ok
}

// plain brings the values of records down to nil, bool, string, float64, []any and objects.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	}
	return v
}

type comparison struct {
	left     operand
	operator string
	right    operand
}

func (c comparison) holds(r Record) truth {
	left, ok := c.left.value(r)
	right, ok2 := c.right.value(r)
	if !ok || !ok2 {
		return unknown
	}
	switch c.operator {
	case "=":
		return truthOf(equal(left, right))
	case "!=", "<>":
		return truthOf(!equal(left, right))
	}
	order, ok := compare(left, right)
	if !ok {
		return unknown
	}
	switch c.operator {
	case "<":
		return truthOf(order < 0)
	case "<=":
		return truthOf(order <= 0)
	case ">":
		return truthOf(order > 0)
	default:
		return truthOf(order >= 0)
	}
}

// equal compares scalars; lists and objects equal nothing, and neither do values of different types.
func equal(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case bool:
		other, ok := b.(bool)
		return ok && a == other
	case string:
		other, ok := b.(string)
		return ok && a == other
	case float64:
		other, ok := b.(float64)
		return ok && a == other
	}
	return false
}

func compare(a, b any) (order int, ok bool) {
	switch a := a.(type) {
	case string:
		if other, ok := b.(string); ok {
			return cmp.Compare(a, other), true
		}
	case float64:
		if other, ok := b.(float64); ok {
			return cmp.Compare(a, other), true
		}
	}
	return 0, false
}

type membership struct {
	left operand
	list []operand
}

func (c membership) holds(r Record) truth {
	left, ok := c.left.value(r)
	if !ok {
		return unknown
	}
	for _, o := range c.list {
		if right, ok := o.value(r); ok && equal(left, right) {
			return yes
		}
	}
	return no
}

// argument is an operand's value as a function sees it.
type argument struct {
	v       any
	defined bool
}

type call struct {
	function  func(arguments []argument) truth
	arguments []operand
}

func (c call) holds(r Record) truth {
	arguments := make([]argument, len(c.arguments))
	for i, o := range c.arguments {
		arguments[i].v, arguments[i].defined = o.value(r)
		arguments[i].v = plain(arguments[i].v)
	}
	return c.function(arguments)
}

// callComparison is a function compared with a constant, as in IS_DEFINED(x) = false.
type callComparison struct {
	call
	right operand
}

func (c callComparison) holds(r Record) truth {
	right, ok := c.right.value(r)
	left := c.call.holds(r)
	if !ok || left == unknown {
		return unknown
	}
	return truthOf(equal(left == yes, right))
}

// function finds a function by its lower-case name, with its number of arguments.
func function(lower string) (f func([]argument) truth, arguments int) {
	switch lower {
	case "startswith":
		return onTexts(strings.HasPrefix), 2
	case "endswith":
		return onTexts(strings.HasSuffix), 2
	case "contains":
		return onTexts(strings.Contains), 2
	case "array_contains":
		return arrayContains, 2
	case "is_defined":
		return func(a []argument) truth { return truthOf(a[0].defined) }, 1
	case "is_null":
		return onType(func(v any) bool { return v == nil }), 1
	case "is_string":
		return onType(func(v any) bool { _, ok := v.(string); return ok }), 1
	case "is_number":
		return onType(func(v any) bool { _, ok := v.(float64); return ok }), 1
	case "is_bool":
		return onType(func(v any) bool { _, ok := v.(bool); return ok }), 1
	case "is_array":
		return onType(func(v any) bool { _, ok := v.([]any); return ok }), 1
	case "is_object":
		return onType(isObject), 1
	}
	return nil, 0
}

func isObject(v any) bool {
	switch v.(type) {
	case nil, bool, string, float64, []any:
		return false
	}
	return true
}

// onType is false for what does not exist.
func onType(is func(any) bool) func([]argument) truth {
	return func(a []argument) truth { return truthOf(a[0].defined && is(a[0].v)) }
}

func onTexts(compare func(s, part string) bool) func([]argument) truth {
	return func(a []argument) truth {
		s, ok := a[0].v.(string)
		part, ok2 := a[1].v.(string)
		if !a[0].defined || !a[1].defined || !ok || !ok2 {
			return unknown
		}
		return truthOf(compare(s, part))
	}
}

func arrayContains(a []argument) truth {
	list, ok := a[0].v.([]any)
	if !a[0].defined || !a[1].defined || !ok {
		return unknown
	}
	for _, v := range list {
		if equal(plain(v), a[1].v) {
			return yes
		}
	}
	return no
}
