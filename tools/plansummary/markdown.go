// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var plain = regexp.MustCompile(`^[A-Za-z0-9 _.:/+%#*?!(),=@;$'"\[\]-]+$`)

// code is a name from a plan: never Markdown, a mention or a tag, whatever it says.
func code(name string) string {
	switch {
	case name == unknown || name == sensitive:
		return name
	case plain.MatchString(name):
		return "`" + name + "`"
	}
	var escaped strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsControl(r):
			escaped.WriteByte(' ')
		case r < unicode.MaxASCII && (unicode.IsPunct(r) || unicode.IsSymbol(r)):
			fmt.Fprintf(&escaped, "&#%d;", r)
		default:
			escaped.WriteRune(r)
		}
	}
	return "<code>" + escaped.String() + "</code>"
}

// arrow is a transition, in one line; what does not change is said once.
func arrow(from, to string) string {
	if from == "" || from == to {
		return to
	}
	return from + "\u00a0→\u00a0" + to
}

// table is rows that are alike but for their first cell, which lists the names of those that are.
type table struct {
	header []string
	rows   []row
}

type row struct {
	names []string
	cells []string
}

// add puts a name into the row with these cells.
func (t *table) add(name string, cells ...string) {
	for i := range t.rows {
		if slices.Equal(t.rows[i].cells, cells) {
			t.rows[i].names = append(t.rows[i].names, name)
			return
		}
	}
	t.rows = append(t.rows, row{[]string{name}, cells})
}

// write renders the table; nothing without rows.
func (t *table) write(out *strings.Builder, title string, names int) {
	if len(t.rows) == 0 {
		return
	}
	// Rows of one device are the exceptions, which a reader looks for first.
	slices.SortStableFunc(t.rows, func(a, b row) int { return len(a.names) - len(b.names) })
	fmt.Fprintf(out, "\n%s\n\n| %s |\n|%s\n", title, strings.Join(t.header, " | "), strings.Repeat("---|", len(t.header)))
	for _, r := range t.rows {
		fmt.Fprintf(out, "| %s | %s |\n", list(r.names, names), strings.Join(r.cells, " | "))
	}
}

// list is the names of a row, with their number where there are many.
func list(names []string, most int) string {
	slices.Sort(names)
	shown := names[:min(len(names), most)]
	quoted := make([]string, len(shown))
	for i, name := range shown {
		quoted[i] = code(name)
	}
	text := strings.Join(quoted, " ")
	if len(names) > 1 {
		text = fmt.Sprintf("**%d**: %s", len(names), text)
	}
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// count is a number with its noun: "1 device", "2 devices".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	plural := noun + "s"
	if stem, y := strings.CutSuffix(noun, "ty"); y {
		plural = stem + "ties"
	} else if stem, y := strings.CutSuffix(noun, "try"); y {
		plural = stem + "tries"
	}
	return fmt.Sprintf("%d %s", n, plural)
}
