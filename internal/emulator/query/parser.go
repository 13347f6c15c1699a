// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxNesting bounds the parser's recursion; no readable query comes near it.
const maxNesting = 200

type parser struct {
	tokens  []token
	at      int
	nesting int
}

// Parse reads a query. Its errors are *SyntaxError or *UnsupportedError.
func Parse(query string) (*Query, error) {
	if utf8.RuneCountInString(query) > MaxLength {
		return nil, &SyntaxError{0, fmt.Sprintf("the query is longer than %d characters", MaxLength)}
	}
	tokens, err := scan(query)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	q := &Query{}
	if err := p.selection(q); err != nil {
		return nil, err
	}
	if q.Source, err = p.source(); err != nil {
		return nil, err
	}
	if p.accept("where") {
		if q.where, err = p.or(); err != nil {
			return nil, err
		}
	}
	if err := p.grouping(q); err != nil {
		return nil, err
	}
	return q, p.finish()
}

// grouping reads GROUP BY, without which columns are all aggregates or none.
func (p *parser) grouping(q *Query) error {
	at := p.peek().position
	if p.accept("group") {
		if err := p.expect("by"); err != nil {
			return err
		}
		for {
			path, err := p.field()
			if err != nil {
				return err
			}
			if q.GroupBy = append(q.GroupBy, path); !p.accept(",") {
				break
			}
		}
	}
	if !q.Aggregated() {
		return nil
	}
	for _, c := range q.Columns {
		if !q.grouped(c) {
			return &SyntaxError{at, c.Name + " is neither an aggregate nor named after GROUP BY"}
		}
	}
	if q.All() {
		return &SyntaxError{at, "GROUP BY goes with named columns"}
	}
	return nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) accept(word string) bool {
	if !p.peek().is(word) {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(word string) error {
	if p.accept(word) {
		return nil
	}
	return p.unexpected(strings.ToUpper(word))
}

func (p *parser) unexpected(wanted string) error {
	return &SyntaxError{p.peek().position, fmt.Sprintf("%s is expected instead of %s", wanted, p.peek())}
}

// finish refuses what follows a complete query.
func (p *parser) finish() error {
	t := p.peek()
	if t.is("order") {
		return &UnsupportedError{t.position, "ORDER BY"}
	}
	if t.kind != end {
		if strings.Contains("+-*/%", t.text) && t.kind == symbol {
			return &UnsupportedError{t.position, "arithmetic"}
		}
		return p.unexpected("the end")
	}
	return nil
}

// selection reads everything before FROM.
func (p *parser) selection(q *Query) error {
	if err := p.expect("select"); err != nil {
		return err
	}
	if t := p.peek(); t.is("distinct") || t.is("value") {
		return &UnsupportedError{t.position, "SELECT " + strings.ToUpper(t.text)}
	}
	if p.accept("top") {
		t := p.next()
		n, err := strconv.Atoi(t.text)
		if t.kind != number || err != nil || n <= 0 {
			return &SyntaxError{t.position, "TOP needs a positive number"}
		}
		q.Top = n
	}
	if p.accept("*") {
		return nil
	}
	for {
		column, err := p.column()
		if err != nil {
			return err
		}
		q.Columns = append(q.Columns, column)
		if !p.accept(",") {
			return nil
		}
	}
}

// column reads a field or an aggregate, which is called like its function when it has no other name.
func (p *parser) column() (c Column, err error) {
	t := p.peek()
	if p.isCall() {
		c.Aggregate = strings.ToLower(t.text)
		c.Name = c.Aggregate
		if !slices.Contains([]string{"count", "sum", "avg", "min", "max"}, c.Aggregate) {
			return c, &UnsupportedError{t.position, "the function " + strings.ToUpper(t.text) + " in SELECT"}
		}
		p.next()
		p.next()
		if c.Aggregate == "count" {
			p.accept("*")
		} else if c.Path, err = p.field(); err != nil {
			return c, err
		}
		err = p.expect(")")
	} else if c.Path, err = p.field(); err == nil {
		c.Name = c.Path[len(c.Path)-1]
	}
	if err == nil && p.accept("as") {
		c.Name, err = p.name()
	}
	return c, err
}

// isCall tells whether a name and an opening parenthesis come next.
func (p *parser) isCall() bool {
	t := p.peek()
	return t.kind == name && !t.quoted && p.tokens[p.at+1].is("(")
}

func (p *parser) source() (Source, error) {
	if err := p.expect("from"); err != nil {
		return 0, err
	}
	at := p.peek()
	path, err := p.path()
	if err != nil {
		return 0, err
	}
	switch collection := strings.ToLower(strings.Join(path, ".")); collection {
	case "devices":
		return Devices, nil
	case "devices.modules":
		return Modules, nil
	default:
		return 0, &UnsupportedError{at.position, "the collection " + collection}
	}
}

// field reads the path of a field. It may begin with the collection, as in the Azure CLI's
// "select * from devices.modules where devices.deviceId='x'".
func (p *parser) field() ([]string, error) {
	path, err := p.path()
	if len(path) > 1 && strings.EqualFold(path[0], "devices") {
		path = path[1:]
	}
	return path, err
}

// path reads names separated by dots.
func (p *parser) path() ([]string, error) {
	var path []string
	for {
		n, err := p.name()
		if err != nil {
			return nil, err
		}
		path = append(path, n)
		if !p.accept(".") {
			return path, nil
		}
	}
}

func (p *parser) name() (string, error) {
	t := p.peek()
	if t.kind != name || !t.quoted && isReserved(t) {
		return "", p.unexpected("a name")
	}
	p.next()
	return t.text, nil
}

func isReserved(t token) bool {
	for _, word := range []string{"select", "from", "where", "and", "or", "not", "in", "nin", "as", "group", "order"} {
		if t.is(word) {
			return true
		}
	}
	return false
}
