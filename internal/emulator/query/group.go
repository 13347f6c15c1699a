// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package query

import (
	"encoding/json"
	"slices"
)

// Groups gathers the records of a query that selects aggregates.
type Groups struct {
	query *Query
	all   []*group
	byKey map[string]*group
}

// group is what the records with the same values of GROUP BY have in common.
type group struct {
	first   Record
	count   int
	columns []total
}

// total is an aggregate in the making.
type total struct {
	sum               float64
	numbers           int
	smallest, largest any
}

// Value is one column of a row.
type Value struct {
	Name  string
	Value any
}

// Groups starts the gathering. Without GROUP BY there is one group, also of nothing.
func (q *Query) Groups() *Groups {
	g := &Groups{query: q, byKey: map[string]*group{}}
	if len(q.GroupBy) == 0 {
		g.group(nil)
	}
	return g
}

// Add counts a record.
func (g *Groups) Add(r Record) {
	found := g.group(r)
	found.count++
	for i, c := range g.query.Columns {
		if len(c.Path) == 0 {
			continue
		}
		if v, defined := fieldAt(c.Path).value(r); defined {
			found.columns[i].add(v)
		}
	}
}

// group finds the group of a record, or begins it.
func (g *Groups) group(r Record) *group {
	var values [][]any
	for _, path := range g.query.GroupBy {
		if v, defined := fieldAt(path).value(r); defined {
			values = append(values, []any{v})
		} else {
			values = append(values, nil)
		}
	}
	// What cannot be written as JSON is in no record.
	key, _ := json.Marshal(values)
	found := g.byKey[string(key)]
	if found == nil {
		found = &group{first: r, columns: make([]total, len(g.query.Columns))}
		g.byKey[string(key)] = found
		g.all = append(g.all, found)
	}
	return found
}

// Rows are the groups in the order of their first records; what does not exist is left out.
func (g *Groups) Rows() [][]Value {
	rows := make([][]Value, 0, len(g.all))
	for _, found := range g.all {
		row := []Value{}
		for i, c := range g.query.Columns {
			if v, defined := found.column(c, found.columns[i]); defined {
				row = append(row, Value{c.Name, v})
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (g *group) column(c Column, t total) (v any, defined bool) {
	switch c.Aggregate {
	case "count":
		return g.count, true
	case "sum":
		return t.sum, t.numbers > 0
	case "avg":
		return t.sum / float64(max(t.numbers, 1)), t.numbers > 0
	case "min":
		return t.smallest, t.smallest != nil
	case "max":
		return t.largest, t.largest != nil
	default:
		return g.first.Lookup(c.Path)
	}
}

// add takes numbers for the sum, and whatever can be compared for the extremes.
func (t *total) add(v any) {
	if n, isNumber := v.(float64); isNumber {
		t.sum += n
		t.numbers++
	}
	if _, ordered := compare(v, v); !ordered {
		return
	}
	if order, ok := compare(v, t.smallest); t.smallest == nil || ok && order < 0 {
		t.smallest = v
	}
	if order, ok := compare(v, t.largest); t.largest == nil || ok && order > 0 {
		t.largest = v
	}
}

// Aggregated tells whether rows are made of groups instead of records.
func (q *Query) Aggregated() bool {
	return len(q.GroupBy) > 0 || slices.ContainsFunc(q.Columns, func(c Column) bool { return c.Aggregate != "" })
}

// grouped tells whether a column has one value in each group.
func (q *Query) grouped(c Column) bool {
	named := func(path []string) bool { return slices.Equal(path, c.Path) }
	return c.Aggregate != "" || slices.ContainsFunc(q.GroupBy, named)
}
