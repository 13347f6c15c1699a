// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

// Pictures are as wide as a page of the registry.
const (
	pictureWidth = 700
	lineHeight   = 18
	// strongLetter and smallLetter are what a letter takes on average, with a margin: fonts differ.
	strongLetter, smallLetter = 7.6, 6.8
)

// drawing is a picture of boxes and arrows, as SVG that is readable on a light and on a dark page. Color says nothing
// that the words do not say.
type drawing struct {
	t      testing.TB
	title  string
	height int
	body   strings.Builder
}

// A box has a kind, which is its class.
const (
	plain    = "plain"
	question = "question"
	inside   = "inside"  // the device is let in
	outside  = "outside" // it is turned away
	doubtful = "doubtful"
)

// place is a rectangle.
type place struct{ x, y, w, h int }

func (p place) right() (x, y int)  { return p.x + p.w, p.y + p.h/2 }
func (p place) left() (x, y int)   { return p.x, p.y + p.h/2 }
func (p place) bottom() (x, y int) { return p.x + p.w/2, p.y + p.h }
func (p place) top() (x, y int)    { return p.x + p.w/2, p.y }

const style = `
  .page { fill: #ffffff; stroke: #d0d7de }
  text { font: 14px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
  .small { font-size: 13px }
  .strong { font-weight: 600 }
  rect { rx: 6px; stroke-width: 1.5px }
  .plain { fill: #f6f8fa; stroke: #57606a }
  .question { fill: #ddf4ff; stroke: #0969da }
  .inside { fill: #dafbe1; stroke: #1a7f37 }
  .outside { fill: #ffebe9; stroke: #cf222e }
  .doubtful { fill: #fff8c5; stroke: #9a6700 }
  .arrow { fill: none; stroke: #57606a; stroke-width: 1.5px }
  .head { fill: #57606a }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #30363d }
    text { fill: #e6edf3 }
    .plain { fill: #161b22; stroke: #8b949e }
    .question { fill: #10243e; stroke: #58a6ff }
    .inside { fill: #12261e; stroke: #3fb950 }
    .outside { fill: #2d1618; stroke: #f85149 }
    .doubtful { fill: #2b2410; stroke: #d29922 }
    .arrow { stroke: #8b949e }
    .head { fill: #8b949e }
  }
`

// box draws a rectangle with lines of text in its middle; the first one is strong.
func (d *drawing) box(kind string, p place, lines ...string) {
	d.t.Helper()
	fmt.Fprintf(&d.body, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", kind, p.x, p.y, p.w, p.h)
	first := p.y + p.h/2 - (len(lines)-1)*lineHeight/2 + 5
	if len(lines)*lineHeight > p.h-8 {
		d.t.Errorf("%s: %q does not fit into its box", d.title, lines)
	}
	for i, line := range lines {
		class, letter := "small", smallLetter
		if i == 0 {
			class, letter = "strong", strongLetter
		}
		if float64(len([]rune(line)))*letter > float64(p.w-12) {
			d.t.Errorf("%s: %q is too long for its box", d.title, line)
		}
		d.text(class, "middle", p.x+p.w/2, first+i*lineHeight, line)
	}
}

func (d *drawing) text(class, anchor string, x, y int, line string) {
	fmt.Fprintf(&d.body, "<text class=%q text-anchor=%q x=\"%d\" y=\"%d\">%s</text>\n", class, anchor, x, y, escaped(line))
}

// arrow draws a line through points, with a head at the end.
func (d *drawing) arrow(points ...int) {
	var path strings.Builder
	for i := 0; i < len(points); i += 2 {
		fmt.Fprintf(&path, "%d,%d ", points[i], points[i+1])
	}
	const line = "<polyline class=\"arrow\" marker-end=\"url(#head)\" points=\"%s\"/>\n"
	fmt.Fprintf(&d.body, line, strings.TrimSpace(path.String()))
}

// label is text beside an arrow.
func (d *drawing) label(x, y int, lines ...string) {
	for i, line := range lines {
		d.text("small", "start", x, y+i*lineHeight, line)
	}
}

func (d *drawing) svg() string {
	return fmt.Sprintf(sheet, pictureWidth, d.height, escaped(d.title), style, pictureWidth-2, d.height-2, d.body.String())
}

const sheet = `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d">
<title>%[3]s</title>
<style>%[4]s</style>
<defs>
<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path class="head" d="M0 0 8 4 0 8z"/>
</marker>
</defs>
<rect class="page" x="1" y="1" width="%[5]d" height="%[6]d"/>
%[7]s</svg>
`

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // A builder takes everything.
	return b.String()
}
