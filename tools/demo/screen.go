// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	width  = 78
	indent = "     "
)

// style is an ANSI attribute.
type style string

const (
	bold  style = "1"
	dim   style = "2"
	red   style = "31"
	green style = "32"
	cyan  style = "36"
)

// screen is where the story is told.
type screen struct {
	w      io.Writer
	colour bool
}

// newScreen uses colour only on a terminal, and there only unless NO_COLOR is set.
func newScreen(f *os.File, getenv func(string) string) *screen {
	info, err := f.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return &screen{w: f, colour: terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"}
}

func (s *screen) paint(how style, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + string(how) + "m" + text + "\x1b[0m"
}

func (s *screen) print(lines ...string) {
	for _, l := range lines {
		_, _ = fmt.Fprintln(s.w, l)
	}
}

func (s *screen) opening(title, text string) {
	s.print("", s.paint(bold, title), s.paint(dim, strings.Repeat("═", width)))
	s.print(wrap(text, width)...)
}

func (s *screen) heading(n, of int, title, caption string) {
	s.print("", s.paint(cyan, fmt.Sprintf("%2d/%d", n, of))+" "+s.paint(bold, title))
	for _, l := range wrap(caption, width-len(indent)) {
		s.print(indent + s.paint(dim, l))
	}
	s.print("")
}

// say prints lines of the demo's own.
func (s *screen) say(lines ...string) {
	for _, l := range lines {
		s.print(strings.TrimRight(indent+l, " "))
	}
}

// quote shows a text that is not the demo's own behind a bar, and what it is: a command and what that printed, or a
// file. Only certificates are shortened.
func (s *screen) quote(what, text string) {
	bar := indent + s.paint(dim, "│") + " "
	s.print(indent + s.paint(dim, "┌ ") + s.paint(bold, what))
	for _, l := range shortened(strings.Split(text, "\n")) {
		s.print(strings.TrimRight(bar+l, " "))
	}
	s.print(indent + s.paint(dim, "└"))
}

func (s *screen) passed(findings []string, took time.Duration) {
	for i, f := range findings {
		if i == len(findings)-1 {
			f += s.paint(dim, fmt.Sprintf("  (%.1f s)", took.Seconds()))
		}
		s.print(indent + s.paint(green, "✓") + " " + f)
	}
}

func (s *screen) failed(err error) {
	for i, l := range strings.Split(err.Error(), "\n") {
		mark := " "
		if i == 0 {
			mark = s.paint(red, "✗")
		}
		s.print(indent + mark + " " + l)
	}
}

func (s *screen) closing(steps int, took time.Duration) {
	s.print("", s.paint(dim, strings.Repeat("═", width)),
		s.paint(green, fmt.Sprintf("All %d steps did what their captions say.", steps))+
			fmt.Sprintf(" %.0f seconds after the build.", took.Seconds()))
}

// wrap breaks text into lines of at most the given number of characters, at spaces.
func wrap(text string, limit int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > limit:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// shortened replaces what is between the first and the last line of each certificate by one line.
func shortened(lines []string) []string {
	var kept []string
	inside := 0
	for _, l := range lines {
		if inside > 0 && strings.Contains(l, "-----END CERTIFICATE-----") {
			before, _, _ := strings.Cut(l, "-----END")
			kept = append(kept, fmt.Sprintf("%s… %d lines …", before, inside-1))
			inside = 0
		}
		if inside > 0 {
			inside++
			continue
		}
		if strings.Contains(l, "-----BEGIN CERTIFICATE-----") {
			inside = 1
		}
		kept = append(kept, l)
	}
	return kept
}

// plain drops the colours of a text.
func plain(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, text, _ = strings.Cut(after, "m")
	}
}
