// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package query

import (
	"fmt"
	"strings"
)

// MaxLength is the longest query the service takes, in characters.
const MaxLength = 8192

// Record is what a query looks at.
type Record interface {
	// Lookup gives the value at a path, never empty, and whether there is one. A value is nil, a bool, a string, a
	// json.Number, an int, int64 or float64, a []string or []any of values, or anything else, which counts as an object.
	Lookup(path []string) (any, bool)
}

// Source is the collection after FROM.
type Source int

// The collections that can be queried.
const (
	Devices Source = iota
	Modules
)

// Query is a parsed query. It may be used by many goroutines.
type Query struct {
	// Source is the collection asked.
	Source Source
	// Columns are the fields and aggregates selected; none means SELECT *.
	Columns []Column
	// GroupBy are the fields whose values make a group.
	GroupBy [][]string
	// Top limits the number of results, 0 for no limit.
	Top int

	where condition
}

// Column is a field or an aggregate selected under a name.
type Column struct {
	// Path is that of the field; COUNT() has none.
	Path []string
	Name string
	// Aggregate is count, sum, avg, min or max, or empty.
	Aggregate string
}

// All tells whether whole records are selected.
func (q *Query) All() bool { return len(q.Columns) == 0 }

// Matches tells whether the record fulfils the condition.
func (q *Query) Matches(r Record) bool { return q.where == nil || q.where.holds(r) == yes }

// SyntaxError says where a text stops being a query.
type SyntaxError struct {
	// Position is the byte offset, from 0.
	Position int
	// Problem is a clause in English.
	Problem string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("syntax error at position %d: %s", e.Position, e.Problem)
}

// UnsupportedError says that the text is a query which this package does not evaluate.
type UnsupportedError struct {
	// Position is the byte offset, from 0.
	Position int
	// Feature is a noun phrase in English.
	Feature string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s (position %d) is not modelled", e.Feature, e.Position)
}

// Wanted gives the text that a top-level field must equal for any record to match, so
// that a caller with an index need not scan. The field's name is compared without case.
func (q *Query) Wanted(field string) (string, bool) { return wanted(q.where, field) }

func wanted(c condition, field string) (string, bool) {
	switch c := c.(type) {
	case junction:
		for _, part := range c.parts {
			if v, ok := wanted(part, field); ok && c.decisive == no {
				return v, true
			}
		}
	case comparison:
		f, isField := c.left.(fieldAt)
		v, isConstant := c.right.(constant)
		if isField && isConstant && c.operator == "=" && len(f) == 1 && strings.EqualFold(f[0], field) {
			s, isText := v.v.(string)
			return s, isText
		}
	}
	return "", false
}
