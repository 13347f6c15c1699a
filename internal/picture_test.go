// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
)

// below lists the packages that a package may import by its rule, patterns resolved.
func below(table map[string]rule, name string) []string {
	var found []string
	for other, r := range table {
		if other != name && !r.testsOnly && covers(table[name].own, other) {
			found = append(found, other)
		}
	}
	slices.Sort(found)
	return found
}

// floors is the height of every package above the ground: the longest path down. Packages for tests only have none. It
// fails when packages may import each other in a circle.
func floors(table map[string]rule) (map[string]int, error) {
	const open = -1
	heights := map[string]int{}
	var climb func(name string) error
	climb = func(name string) error {
		if height, seen := heights[name]; seen {
			if height == open {
				return fmt.Errorf("%s may import itself, by way of others", name)
			}
			return nil
		}
		heights[name] = open
		height := 0
		for _, other := range below(table, name) {
			if err := climb(other); err != nil {
				return err
			}
			height = max(height, heights[other]+1)
		}
		heights[name] = height
		return nil
	}
	for name, r := range table {
		if r.testsOnly {
			continue
		}
		if err := climb(name); err != nil {
			return nil, err
		}
	}
	return heights, nil
}

// stairs are the arrows of a package: what it may import, without what it also reaches through another of them.
func stairs(table map[string]rule, name string) []string {
	reached := map[string]bool{}
	var walk func(from string)
	walk = func(from string) {
		for _, other := range below(table, from) {
			if !reached[other] {
				reached[other] = true
				walk(other)
			}
		}
	}
	direct := below(table, name)
	for _, other := range direct {
		walk(other)
	}
	return slices.DeleteFunc(direct, func(other string) bool { return reached[other] })
}

// sign is what a package is called in the picture.
func sign(name string) string {
	if name == "" {
		return "main.go"
	}
	return strings.TrimPrefix(name, "internal/")
}

// knows says which of the two worlds outside a package may know.
func knows(r rule) string {
	has := func(prefix string) bool {
		return slices.ContainsFunc(r.foreign, func(foreign string) bool { return strings.HasPrefix(foreign, prefix) })
	}
	letters := []byte("..")
	if has("github.com/hashicorp/") {
		letters[0] = 'T'
	}
	if has("github.com/Azure/") {
		letters[1] = 'A'
	}
	return string(letters)
}

// picture draws the house: the floors from the top, on each its packages with their arrows.
func picture(table map[string]rule) (string, error) {
	heights, err := floors(table)
	if err != nil {
		return "", err
	}
	names := slices.SortedFunc(maps.Keys(heights), func(a, b string) int {
		return cmp.Or(cmp.Compare(heights[b], heights[a]), cmp.Compare(sign(a), sign(b)))
	})
	width := 0
	for _, name := range names {
		width = max(width, utf8.RuneCountInString(sign(name)))
	}
	var b strings.Builder
	last := -1
	for _, name := range names {
		floor := " "
		if heights[name] != last {
			last = heights[name]
			floor = fmt.Sprint(last)
		}
		var arrows []string
		for _, other := range stairs(table, name) {
			arrows = append(arrows, sign(other))
		}
		line := fmt.Sprintf("%s  %s  %-*s", floor, knows(table[name]), width, sign(name))
		if len(arrows) > 0 {
			line += "  -> " + strings.Join(arrows, ", ")
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	var apart []string
	for name, r := range table {
		if r.testsOnly {
			apart = append(apart, sign(name))
		}
	}
	slices.Sort(apart)
	fmt.Fprintf(&b, "apart, for tests only: %s\n", strings.Join(apart, ", "))
	return b.String(), nil
}

func TestHouse_isDrawnAsItIs(t *testing.T) {
	t.Parallel()
	drawn, err := picture(house)
	if err != nil {
		t.Fatal(err)
	}
	generated.Part(t, "../.github/CONTRIBUTING.md", "picture", "```text\n"+drawn+"```\n")
}

func TestPicture_showsFloorsAndArrows(t *testing.T) {
	t.Parallel()
	drawn, err := picture(map[string]rule{
		"":                 {own: []string{"internal/face"}},
		"internal/face":    {own: []string{"internal/kit/...", "internal/client"}, foreign: both},
		"internal/kit/one": {own: []string{"internal/client"}, foreign: terraform},
		"internal/kit/two": {foreign: terraform},
		"internal/client":  {foreign: azureCore},
		"internal/bench":   {testsOnly: true, own: []string{"internal/face"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `3  ..  main.go  -> face
2  TA  face     -> kit/one, kit/two
1  T.  kit/one  -> client
0  .A  client
   T.  kit/two
apart, for tests only: bench
`
	if drawn != want {
		t.Errorf("drawn as\n%swant\n%s", drawn, want)
	}
}

func TestFloors_refuseACircle(t *testing.T) {
	t.Parallel()
	_, err := floors(map[string]rule{
		"internal/up":   {own: []string{"internal/down"}},
		"internal/down": {own: []string{"internal/up"}},
	})
	if err == nil {
		t.Error("a house of which two floors stand on each other has no picture")
	}
}
