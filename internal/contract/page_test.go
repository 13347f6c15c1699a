// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const page = "../../templates/guides/plan-contract.md.tmpl"

// promise is a row of the contract: what an attribute's values are, and in which changes it may be unknown.
type promise struct {
	kind, attribute string
	values          []string
	is              string // boolean, map, number, object, set, time, or text
	open            []string
}

func (p promise) String() string { return p.kind + "." + p.attribute }

var (
	row   = regexp.MustCompile("(?m)^\\| `(azureiot_[a-z_]+)` \\| `([^`]+)` \\| (.*?) ?\\| (.*?) ?\\|$")
	word  = regexp.MustCompile("`([a-z_]+)`")
	plans = regexp.MustCompile(`(create|update|replace):`)
)

// contract reads the promises off the page.
func contract(t *testing.T) []promise {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var promises []promise
	for _, cells := range row.FindAllStringSubmatch(string(text), -1) {
		p := promise{kind: cells[1], attribute: cells[2], is: "text"}
		for _, value := range word.FindAllStringSubmatch(cells[3], -1) {
			p.values = append(p.values, value[1])
		}
		if len(p.values) == 0 && cells[3] != "" {
			p.is = cells[3]
		}
		for _, open := range plans.FindAllStringSubmatch(cells[4], -1) {
			p.open = append(p.open, open[1])
		}
		promises = append(promises, p)
	}
	if len(promises) < 30 {
		t.Fatalf("only %d promises were found", len(promises))
	}
	return promises
}

// unrecorded are values that no scene shows, since it would take a world of its own; tests of the resource hold them.
var unrecorded = []string{"unverified", "unreachable", "possible", "prevent"}

func TestContract_holdsInEveryRecordedPlan(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, name := range recorded(t) {
		plan := read(t, name)
		for _, c := range slices.Concat(plan.Changes, plan.Drift) {
			for _, p := range contract(t) {
				if p.kind == c.Type {
					for _, problem := range p.breaches(c, seen) {
						t.Errorf("%s: %s: %s", name, p, problem)
					}
				}
			}
		}
	}
	for _, p := range contract(t) {
		for _, value := range p.values {
			if strings.HasSuffix(p.kind, "_disallow") && !seen[p.String()+"="+value] && !slices.Contains(unrecorded, value) {
				t.Errorf("no plan has %s = %s", p, value)
			}
		}
		for _, open := range p.open {
			if !seen[p.String()+" unknown in "+open] && p.kind != "azureiot_dps_enrollment_group" {
				t.Errorf("no plan has an unknown %s in a %s", p, open)
			}
		}
	}
}

// breaches are the ways in which a change does not keep a promise; seen takes note of what it has.
func (p promise) breaches(c resourceChange, seen map[string]bool) (found []string) {
	path := strings.Split(strings.ReplaceAll(p.attribute, "[]", ".[]"), ".")
	if before, isObject := c.Change.Before.(map[string]any); isObject {
		if _, there := before[path[0]]; !there {
			found = append(found, "is missing before")
		}
		for _, value := range at(c.Change.Before, path) {
			found = append(found, p.check(value, seen)...)
		}
	}
	if c.Change.After == nil {
		return found
	}
	for _, value := range at(c.Change.After, path) {
		found = append(found, p.check(value, seen)...)
	}
	if isOpen(c.Change.AfterUnknown, path) {
		action := kindOf(c.Change.Actions)
		seen[p.String()+" unknown in "+action] = true
		if !slices.Contains(p.open, action) {
			found = append(found, "is unknown in a "+action)
		}
	} else if _, there := c.Change.After.(map[string]any)[path[0]]; !there && !isOpen(c.Change.AfterUnknown, path[:1]) {
		found = append(found, "is missing")
	}
	return found
}

func kindOf(actions []string) string {
	if len(actions) == 2 {
		return "replace"
	}
	return actions[0]
}

// check holds a value against what is promised of it.
func (p promise) check(value any, seen map[string]bool) []string {
	text, isText := value.(string)
	_, isTrue := value.(bool)
	_, isCount := value.(float64)
	_, isMembers := value.(map[string]any)
	_, isElements := value.([]any)
	_, notATime := time.Parse(time.RFC3339, text)
	ok := value == nil
	switch p.is {
	case "boolean":
		ok = ok || isTrue
	case "number":
		ok = ok || isCount
	case "map", "object":
		ok = ok || isMembers
	case "set":
		ok = ok || isElements
	case "time":
		ok = ok || isText && notATime == nil
	default:
		ok = ok || isText && (p.values == nil || slices.Contains(p.values, text))
	}
	if !ok {
		return []string{fmt.Sprintf("%v is not promised", value)}
	}
	seen[p.String()+"="+text] = true
	return nil
}

// at are the values at a path; "[]" goes into every element of a set or of a map.
func at(value any, path []string) (found []any) {
	if len(path) == 0 {
		return []any{value}
	}
	switch v := value.(type) {
	case map[string]any:
		if path[0] == "[]" {
			for _, element := range v {
				found = append(found, at(element, path[1:])...)
			}
		} else if member, there := v[path[0]]; there {
			return at(member, path[1:])
		}
	case []any:
		for _, element := range v {
			found = append(found, at(element, path[1:])...)
		}
	}
	return found
}

// isOpen tells whether the value at a path, or a part of it, is unknown, though what holds it is known.
func isOpen(unknown any, path []string) bool {
	if len(path) == 0 {
		return strings.Contains(encoded(unknown), "true")
	}
	switch v := unknown.(type) {
	case map[string]any:
		if path[0] == "[]" {
			return strings.Contains(encoded(v), "true")
		}
		return isOpen(v[path[0]], path[1:])
	case []any:
		return slices.ContainsFunc(v, func(element any) bool { return isOpen(element, path[1:]) })
	}
	return false
}
