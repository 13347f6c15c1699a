// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package query

import (
	"strconv"
	"strings"
)

// enter bounds the recursion; the caller leaves.
func (p *parser) enter() error {
	if p.nesting++; p.nesting > maxNesting {
		return &SyntaxError{p.peek().position, "the condition is nested too deeply"}
	}
	return nil
}

func (p *parser) leave() { p.nesting-- }

func (p *parser) or() (condition, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	return p.chain("or", yes, p.and)
}

func (p *parser) and() (condition, error) {
	return p.chain("and", no, p.not)
}

func (p *parser) chain(word string, decisive truth, operand func() (condition, error)) (condition, error) {
	var all []condition
	for {
		c, err := operand()
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		if !p.accept(word) {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return junction{decisive, all}, nil
}

func (p *parser) not() (condition, error) {
	negated := false
	for p.accept("not") {
		negated = !negated
	}
	c, err := p.predicate()
	if err == nil && negated {
		c = not{c}
	}
	return c, err
}

// predicate reads a condition in parentheses, a function, a comparison or a membership.
func (p *parser) predicate() (condition, error) {
	if p.accept("(") {
		c, err := p.or()
		if err != nil {
			return nil, err
		}
		return c, p.expect(")")
	}
	if p.isCall() {
		return p.call()
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	switch {
	case t.kind == symbol && strings.Contains(" = != <> < <= > >= ", " "+t.text+" "):
		p.next()
		right, err := p.operand()
		return comparison{left, t.text, right}, err
	case t.is("in"), t.is("nin"):
		p.next()
		list, err := p.list()
		if t.is("nin") {
			return not{membership{left, list}}, err
		}
		return membership{left, list}, err
	case t.kind == symbol && strings.Contains("+-*/%", t.text), t.kind == number:
		// "a -1" is scanned as a name and a number.
		return nil, &UnsupportedError{t.position, "arithmetic"}
	}
	return comparison{left, "=", constant{true}}, nil
}

// list reads constants in brackets or parentheses.
func (p *parser) list() ([]operand, error) {
	closing := "]"
	if p.accept("(") {
		closing = ")"
	} else if err := p.expect("["); err != nil {
		return nil, err
	}
	var list []operand
	for {
		o, err := p.operand()
		if err != nil {
			return nil, err
		}
		list = append(list, o)
		if !p.accept(",") {
			return list, p.expect(closing)
		}
	}
}

// operand reads a constant or a field.
func (p *parser) operand() (operand, error) {
	t := p.peek()
	switch {
	case t.kind == text:
		p.next()
		return constant{t.text}, nil
	case t.kind == number:
		p.next()
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, &SyntaxError{t.position, "this is no number"}
		}
		return constant{f}, nil
	case t.is("true"), t.is("false"):
		p.next()
		return constant{t.is("true")}, nil
	case t.is("null"):
		p.next()
		return constant{nil}, nil
	case p.isCall():
		return nil, &UnsupportedError{t.position, "the function " + strings.ToUpper(t.text) + " as an operand"}
	}
	path, err := p.field()
	return fieldAt(path), err
}

// call reads a function that is a condition by itself.
func (p *parser) call() (condition, error) {
	t := p.next()
	p.next()
	var arguments []operand
	for !p.peek().is(")") {
		o, err := p.operand()
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, o)
		if !p.accept(",") {
			break
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	f, count := function(strings.ToLower(t.text))
	if f == nil {
		return nil, &UnsupportedError{t.position, "the function " + strings.ToUpper(t.text)}
	}
	if len(arguments) != count {
		return nil, &SyntaxError{t.position, t.text + " takes another number of arguments"}
	}
	c := call{f, arguments}
	if p.accept("=") {
		right, err := p.operand()
		return callComparison{c, right}, err
	}
	return c, nil
}
