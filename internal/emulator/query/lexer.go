// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package query

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// kind is what a token is.
type kind int

const (
	end kind = iota
	name
	text
	number
	symbol
)

// token is one word of a query. Names in [[ ]] are quoted and never keywords.
type token struct {
	kind     kind
	text     string
	quoted   bool
	position int // byte offset, from 0
}

// is tells whether the token is the keyword or symbol.
func (t token) is(word string) bool {
	switch t.kind {
	case name:
		return !t.quoted && strings.EqualFold(t.text, word)
	case symbol:
		return t.text == word
	default:
		return false
	}
}

func (t token) String() string {
	if t.kind == end {
		return "the end"
	}
	return fmt.Sprintf("%+q", t.text)
}

// scan splits a query into tokens; the last one is always end.
func scan(query string) ([]token, error) {
	var tokens []token
	for at := 0; ; {
		for at < len(query) && isSpace(query[at]) {
			at++
		}
		if at == len(query) {
			return append(tokens, token{kind: end, position: at}), nil
		}
		t, width, err := scanOne(query[at:], at)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		at += width
	}
}

func scanOne(rest string, at int) (token, int, error) {
	switch c := rest[0]; {
	case isNameStart(c):
		width := 1
		for width < len(rest) && (isNameStart(rest[width]) || isDigit(rest[width])) {
			width++
		}
		return token{kind: name, text: rest[:width], position: at}, width, nil
	case strings.HasPrefix(rest, "[["):
		inner, _, found := strings.Cut(rest[2:], "]]")
		if !found || inner == "" {
			return token{}, 0, &SyntaxError{at, "this name in double brackets has no end"}
		}
		return token{kind: name, text: inner, quoted: true, position: at}, len(inner) + 4, nil
	case c == '\'' || c == '"':
		return scanText(rest, at)
	case isDigit(c), (c == '-' || c == '+' || c == '.') && len(rest) > 1 && (isDigit(rest[1]) || rest[1] == '.'):
		width := numberWidth(rest)
		return token{kind: number, text: rest[:width], position: at}, width, nil
	}
	for s := range strings.FieldsSeq("<= >= != <> = < > ( ) [ ] , . * + - / %") {
		if strings.HasPrefix(rest, s) {
			return token{kind: symbol, text: s, position: at}, len(s), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return token{}, 0, &SyntaxError{at, fmt.Sprintf("the character %+q has no place in a query", r)}
}

// scanText reads a text in quotes.
func scanText(rest string, at int) (token, int, error) {
	quote := rest[0]
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && i+1 < len(rest) && (rest[i+1] == quote || rest[i+1] == '\\'):
			i++
		case rest[i] == quote && i+1 < len(rest) && rest[i+1] == quote:
			i++
		case rest[i] == quote:
			return token{kind: text, text: b.String(), position: at}, i + 1, nil
		}
		b.WriteByte(rest[i])
	}
	return token{}, 0, &SyntaxError{at, "this text has no closing quote"}
}

func numberWidth(rest string) int {
	width := 1
	for width < len(rest) {
		c := rest[width]
		exponent := (c == '-' || c == '+') && (rest[width-1] == 'e' || rest[width-1] == 'E')
		if !isDigit(c) && c != '.' && c != 'e' && c != 'E' && !exponent {
			break
		}
		width++
	}
	return width
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isNameStart takes letters, the underscore, the dollar sign of $version and everything outside ASCII.
func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= utf8.RuneSelf
}
