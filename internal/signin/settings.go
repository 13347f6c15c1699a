// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Problem is what is wrong with an argument. It never shows a secret.
type Problem struct {
	// Argument is the one at fault, also when its value came from a variable.
	Argument string
	// Summary and Detail are the two parts of a diagnostic.
	Summary, Detail string
}

// Given is the value of an argument that the provider block gives: a text, "true" or "false" for a flag, or a list. An
// empty text is given as well: it says that the variable is not to be looked at.
type Given struct {
	Text string
	List []string
}

// Value is an argument's value and the variable that it came from; Variable is empty for the argument itself.
type Value struct {
	Given

	Variable string
}

// source says where a value came from, for the end of a summary.
func (v Value) source() string {
	if v.Variable == "" {
		return ""
	}
	return " (from the environment variable " + v.Variable + ")"
}

// Settings are the values of all arguments that have one.
type Settings struct {
	values map[string]Value
	getenv func(string) string
}

// Read takes what the block gives, and variables for what it leaves out. Files that hold a value are read.
func Read(given map[string]Given, getenv func(string) string) (Settings, []Problem) {
	s := Settings{values: map[string]Value{}, getenv: getenv}
	var problems []Problem
	for _, a := range Arguments() {
		value, ok := s.valueOf(a, given)
		if !ok {
			continue
		}
		if a.Kind == Flag {
			on, err := strconv.ParseBool(strings.ToLower(value.Text))
			if err != nil {
				problems = append(problems, Problem{
					a.Name, "Invalid value" + value.source(), fmt.Sprintf("%q is neither true nor false.", value.Text),
				})
				continue
			}
			value.Text = strconv.FormatBool(on)
		}
		s.values[a.Name] = value
	}
	problems = append(problems, s.readFile(clientID, clientIDFile, showValues)...)
	problems = append(problems, s.readFile(clientSecret, clientSecretFile, hideValues)...)
	problems = append(problems, s.check()...)
	return s, problems
}

// valueOf is an argument's value; false when neither block nor variable has one.
func (s Settings) valueOf(a Argument, given map[string]Given) (Value, bool) {
	if value, ok := given[a.Name]; ok {
		value.Text = strings.TrimSpace(value.Text)
		return Value{Given: value}, value.Text != "" || len(value.List) > 0
	}
	for _, variable := range a.Variables {
		text := strings.TrimSpace(s.getenv(variable))
		switch {
		case text == "":
		case a.Kind == List:
			return Value{Given{List: strings.Split(text, ";")}, variable}, true
		default:
			return Value{Given{Text: text}, variable}, true
		}
	}
	return Value{}, false
}

// has tells whether an argument has a value; a flag has one when it is true.
func (s Settings) has(name string) bool {
	value, ok := s.values[name]
	return ok && (argument(name).Kind != Flag || value.Text == "true")
}

func (s Settings) text(name string) string { return s.values[name].Text }

const (
	showValues = true
	hideValues = false
)

// readFile takes a value from a file. As in azurerm, both may be given if they say the same.
func (s Settings) readFile(name, file string, show bool) []Problem {
	path, ok := s.values[file]
	if !ok {
		return nil
	}
	raw, err := os.ReadFile(path.Text)
	text := strings.TrimSpace(string(raw))
	switch other, both := s.values[name]; {
	case err != nil:
		return []Problem{unreadable(file, path, err)}
	case text == "":
		return []Problem{{file, "Empty file" + path.source(), "The file that " + file + " names holds nothing."}}
	case both && other.Text != text && show:
		says := "the file that " + file + " names says"
		return []Problem{differing(name, other.Text, other.source(), says, text, path.source())}
	case both && other.Text != text:
		return []Problem{{name, "Two different values" + other.source(), fmt.Sprintf(
			"%s%s and the file that %s names%s say different things. Leave one of them out.",
			name, other.source(), file, path.source())}}
	}
	s.values[name] = Value{Given{Text: text}, path.Variable}
	return nil
}

// differing shows two values of one argument that are not the same.
func differing(name, value, source, says, other, otherSource string) Problem {
	return Problem{name, "Two different values" + source, fmt.Sprintf(
		"%s is %q%s, and %s %q%s. Leave one of them out.", name, value, source, says, other, otherSource)}
}

func unreadable(name string, value Value, err error) Problem {
	return Problem{name, "Cannot read the file" + value.source(), sentence(WithoutPath(err))}
}

// maxAuxiliaryTenants is azurerm's limit.
const maxAuxiliaryTenants = 3

// check says what is wrong with values whatever the method.
func (s Settings) check() []Problem {
	var problems []Problem
	others := s.values[auxiliaryTenantIDs]
	if len(others.List) > maxAuxiliaryTenants {
		problems = append(problems, Problem{auxiliaryTenantIDs, "Too many tenants" + others.source(),
			fmt.Sprintf("There are %d, and at most %d are allowed.", len(others.List), maxAuxiliaryTenants)})
	}
	for i, tenant := range append([]string{s.text(tenantID)}, others.List...) {
		name := tenantID
		if i > 0 {
			name = auxiliaryTenantIDs
		}
		if strings.Trim(strings.ToLower(tenant), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || i > 0 && tenant == "" {
			problems = append(problems, Problem{name, "Invalid tenant" + s.values[name].source(),
				"A tenant is named by its ID, such as 72f988bf-86f1-41af-91ab-2d7cd011db47, or by one of its domains: letters, " +
					"digits, dots and hyphens. The Azure portal shows the ID on the overview of Microsoft Entra ID."})
		}
	}
	if s.has(certificate) && s.has(certificatePath) {
		problems = append(problems, Problem{certificatePath, "Two client certificates" + s.values[certificatePath].source(),
			"Both client_certificate" + s.values[certificate].source() + " and client_certificate_path" +
				s.values[certificatePath].source() + " are set. Leave one of them out."})
	}
	return problems
}
