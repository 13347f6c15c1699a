// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package query

import (
	"fmt"
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
	return q, p.finish()
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
	for _, clause := range []string{"group", "order"} {
		if t.is(clause) {
			return &UnsupportedError{t.position, strings.ToUpper(clause) + " BY"}
		}
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
	if p.isCall() {
		return p.count(q)
	}
	for {
		path, err := p.path()
		if err != nil {
			return err
		}
		column := Column{Path: path, Name: path[len(path)-1]}
		if p.accept("as") {
			if column.Name, err = p.name(); err != nil {
				return err
			}
		}
		q.Columns = append(q.Columns, column)
		if !p.accept(",") {
			return nil
		}
	}
}

// isCall tells whether a name and an opening parenthesis come next.
func (p *parser) isCall() bool {
	t := p.peek()
	return t.kind == name && !t.quoted && p.tokens[p.at+1].is("(")
}

func (p *parser) count(q *Query) (err error) {
	t := p.next()
	if !t.is("count") {
		return &UnsupportedError{t.position, "the function " + strings.ToUpper(t.text) + " in SELECT"}
	}
	p.next()
	p.accept("*")
	if err := p.expect(")"); err != nil {
		return err
	}
	q.CountAs = "count"
	if p.accept("as") {
		q.CountAs, err = p.name()
	}
	if err == nil && p.peek().is(",") {
		return &UnsupportedError{p.peek().position, "COUNT() beside other columns"}
	}
	return err
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
