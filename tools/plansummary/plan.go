// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// plan is what is read of the JSON of a plan.
type plan struct {
	FormatVersion string           `json:"format_version"`
	Errored       bool             `json:"errored"`
	Values        json.RawMessage  `json:"values"` // only a state has them
	Changes       []resourceChange `json:"resource_changes"`
	Drift         []resourceChange `json:"resource_drift"`
	Invocations   []invocation     `json:"action_invocations"`
}

// invocation is an action that the apply invokes.
type invocation struct {
	Address   string `json:"address"`
	Type      string `json:"type"`
	Values    object `json:"config_values"`
	Sensitive any    `json:"config_sensitive"`
	Unknown   any    `json:"config_unknown"`
}

type resourceChange struct {
	Address string `json:"address"`
	Mode    string `json:"mode"`
	Type    string `json:"type"`
	Change  change `json:"change"`
	Reason  string `json:"action_reason"`
}

type change struct {
	Actions         []string `json:"actions"`
	Before          object   `json:"before"`
	After           object   `json:"after"`
	AfterUnknown    any      `json:"after_unknown"`
	BeforeSensitive any      `json:"before_sensitive"`
	AfterSensitive  any      `json:"after_sensitive"`
	Importing       any      `json:"importing"`
}

func (c change) does(action string) bool { return slices.Contains(c.Actions, action) }

// object is the attributes of a resource; nil when there is none.
type object map[string]any

const (
	unknown   = "**unknown**"
	sensitive = "(sensitive)"
)

func readPlan(in io.Reader) (plan, error) {
	var p plan
	if err := json.NewDecoder(in).Decode(&p); err != nil {
		return plan{}, fmt.Errorf("the plan is not the JSON of terraform show -json: %w", err)
	}
	if p.FormatVersion == "" || p.Values != nil {
		return plan{}, errors.New("this is no plan: give the output of terraform show -json PLANFILE")
	}
	for _, changes := range []*[]resourceChange{&p.Changes, &p.Drift} {
		*changes = slices.DeleteFunc(*changes, func(r resourceChange) bool {
			return r.Mode != "managed" || !strings.HasPrefix(r.Type, "azureiot_")
		})
		for i := range *changes {
			(*changes)[i].Change.hide()
		}
	}
	p.Invocations = slices.DeleteFunc(p.Invocations, func(i invocation) bool {
		return !strings.HasPrefix(i.Type, "azureiot_")
	})
	for _, i := range p.Invocations {
		cover(i.Values, i.Sensitive, sensitive)
		if i.Values != nil {
			cover(i.Values, i.Unknown, unknown)
		}
	}
	return p, nil
}

// hide puts what a reader is told in the place of what is not known or must not be shown.
func (c *change) hide() {
	cover(c.Before, c.BeforeSensitive, sensitive)
	cover(c.After, c.AfterSensitive, sensitive)
	if c.After != nil {
		cover(c.After, c.AfterUnknown, unknown)
	}
}

// cover replaces each attribute that is marked, or that is nothing but marked parts.
func cover(o object, marks any, instead string) {
	members, ok := marks.(map[string]any)
	if !ok {
		if all, _ := marks.(bool); all {
			for name := range o {
				o[name] = instead
			}
		}
		return
	}
	for name, mark := range members {
		switch mark := mark.(type) {
		case bool:
			if mark {
				o[name] = instead
			}
		case map[string]any:
			if inner, ok := o[name].(map[string]any); ok {
				cover(inner, mark, instead)
			}
		case []any:
			coverElements(o, name, mark, instead)
		}
	}
}

// coverElements does the same in a set, whose marks stand in the order of its elements.
func coverElements(o object, name string, marks []any, instead string) {
	elements, ok := o[name].([]any)
	if !ok {
		return
	}
	for i, mark := range marks {
		if i >= len(elements) {
			return
		}
		if inner, ok := elements[i].(map[string]any); ok {
			cover(inner, mark, instead)
		} else if whole, _ := mark.(bool); whole {
			elements[i] = instead
		}
	}
}

// text is an attribute as text, "" when it has none.
func (o object) text(name string) string {
	value, _ := o[name].(string)
	return value
}

// number is an attribute as a whole number, 0 when it has none.
func (o object) number(name string) int {
	value, _ := o[name].(float64)
	return int(value)
}

// names are the texts of a set, sorted.
func (o object) names(name string) (names []string) {
	list, _ := o[name].([]any)
	for _, element := range list {
		if text, ok := element.(string); ok {
			names = append(names, text)
		}
	}
	slices.Sort(names)
	return names
}

// isUnknown tells whether an attribute is only known after the apply: it is marked so, or missing.
func (o object) isUnknown(name string) bool {
	value, there := o[name]
	return !there || value == unknown
}

// elements are the objects of a set.
func (o object) elements(name string) []object {
	list, _ := o[name].([]any)
	var found []object
	for _, element := range list {
		if members, ok := element.(map[string]any); ok {
			found = append(found, members)
		}
	}
	return found
}

// texts are the members of a map, sorted by name.
func (o object) texts(name string) (keys []string, values map[string]string) {
	members, _ := o[name].(map[string]any)
	values = map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		keys = append(keys, key)
		values[key], _ = members[key].(string)
	}
	return keys, values
}
