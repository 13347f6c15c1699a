// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Step is how one operation ended.
type Step struct {
	Diagnostics []*tfprotov6.Diagnostic
	// Planned is the planned state of a plan.
	Planned tftypes.Value
	// Replaces are the attributes that a plan says cannot be changed in place.
	Replaces []*tftypes.AttributePath

	private  []byte
	config   tftypes.Value
	identity *tfprotov6.ResourceIdentityData
}

func inconsistent(what, difference string, said []*tfprotov6.Diagnostic) Step {
	return Step{Diagnostics: append(said, &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "Provider produced inconsistent " + what, Detail: difference,
	})}
}

// Notes are what a plan says to its apply in private state, by name.
func (s Step) Notes(t testing.TB) map[string][]byte {
	t.Helper()
	var notes map[string][]byte
	if len(s.private) > 0 {
		must(t, json.Unmarshal(s.private, &notes))
	}
	return notes
}

// Noting is the plan with another note, or without it where the text is empty.
func (s Step) Noting(t testing.TB, name, text string) Step {
	t.Helper()
	notes := s.Notes(t)
	if notes[name] = []byte(text); text == "" {
		delete(notes, name)
	}
	s.private = []byte(JSON(t, notes))
	return s
}

// Failed tells whether there was an error.
func (s Step) Failed() bool { return s.text(tfprotov6.DiagnosticSeverityError) != "" }

// Errors is the text of all errors.
func (s Step) Errors() string { return s.text(tfprotov6.DiagnosticSeverityError) }

// Warnings is the text of all warnings.
func (s Step) Warnings() string { return s.text(tfprotov6.DiagnosticSeverityWarning) }

func (s Step) text(severity tfprotov6.DiagnosticSeverity) string {
	var lines []string
	for _, d := range s.Diagnostics {
		if d.Severity == severity {
			at := ""
			if d.Attribute != nil {
				at = d.Attribute.String() + ": "
			}
			lines = append(lines, at+d.Summary+": "+d.Detail)
		}
	}
	return strings.Join(lines, "\n")
}

// Attribute is an attribute of the state, as At reads it.
func (o *Object) Attribute(path string) string {
	o.world.T.Helper()
	return At(o.world.T, o.State, path)
}

// Text is a top-level attribute of a value, as text.
func Text(value tftypes.Value, name string) string {
	var all map[string]tftypes.Value
	if value.IsNull() || value.As(&all) != nil {
		return "null"
	}
	return text(all[name])
}

func text(attribute tftypes.Value) string {
	switch {
	case !attribute.IsKnown():
		return "unknown"
	case attribute.IsNull():
		return "null"
	}
	var said string
	if attribute.As(&said) == nil {
		return said
	}
	var flag bool
	if attribute.As(&flag) == nil {
		return fmt.Sprint(flag)
	}
	number := new(big.Float)
	if attribute.As(&number) == nil {
		return number.Text('f', -1)
	}
	return attribute.String()
}
