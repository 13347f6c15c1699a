// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed spec/*.json
var specificationFiles embed.FS

// Specification is what the services' public specifications declare about requests and answers, together with what is
// known to be otherwise on the wire: the files in spec hold the first, spec/beyond.json the second, each with a reason.
type Specification struct {
	operations []*operation
}

// document is one specification: operations by "METHOD /path", types by name.
type document struct {
	Source     string                       `json:"source"`
	Operations map[string]*operation        `json:"operations"`
	Types      map[string]map[string]string `json:"types"`

	otherAnswers string
}

// operation is what is declared of one method of one path. Types are written as in spec/README.md.
type operation struct {
	Request string   `json:"request"`
	Headers []string `json:"headers"`
	Query   []string `json:"query"`
	// Answers are the types of the bodies by status, or by status and x-ms-item-type; "default" is every other status,
	// "" no body.
	Answers       map[string]string   `json:"answers"`
	AnswerHeaders map[string][]string `json:"answerHeaders"`
	// Unchecked is an operation that the specification knows nothing about.
	Unchecked bool `json:"unchecked"`

	name     string
	method   string
	segments []string
	types    map[string]map[string]string
}

// correction is one entry of spec/beyond.json.
type correction struct {
	Specification string `json:"specification"`
	Why           string `json:"why"`
	// Default is the type of answers of all operations that have none for their status.
	Default    string                       `json:"default"`
	Operations map[string]*operation        `json:"operations"`
	Types      map[string]map[string]string `json:"types"`
}

// LoadSpecification reads the embedded files.
func LoadSpecification() (*Specification, error) {
	names := []string{"dps_service", "dps_device", "iothub_service"}
	documents := map[string]*document{}
	for _, name := range names {
		documents[name] = &document{}
		if err := readSpecificationFile(name, documents[name]); err != nil {
			return nil, err
		}
	}
	var corrections []correction
	if err := readSpecificationFile("beyond", &corrections); err != nil {
		return nil, err
	}
	for _, c := range corrections {
		d := documents[c.Specification]
		if d == nil || c.Why == "" {
			return nil, fmt.Errorf("spec/beyond.json: %q is no specification, or a reason is missing", c.Specification)
		}
		d.correct(c)
	}
	s := &Specification{}
	for _, name := range names {
		d := documents[name]
		d.fillDefaults()
		for _, key := range slices.Sorted(maps.Keys(d.Operations)) {
			op := d.Operations[key]
			method, path, _ := strings.Cut(key, " ")
			op.name, op.method, op.segments, op.types = key, method, splitPath(path), d.Types
			s.operations = append(s.operations, op)
		}
	}
	return s, nil
}

func readSpecificationFile(name string, into any) error {
	text, err := specificationFiles.ReadFile("spec/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("spec/%s.json: %w", name, err)
	}
	return nil
}

// correct lays a correction over the document: members and operations that it names replace those of the same name.
func (d *document) correct(c correction) {
	for name, members := range c.Types {
		if d.Types[name] == nil {
			d.Types[name] = map[string]string{}
		}
		for member, kind := range members {
			bare := strings.TrimSuffix(member, "!")
			delete(d.Types[name], bare)
			delete(d.Types[name], bare+"!")
			d.Types[name][member] = kind
		}
	}
	maps.Copy(d.Operations, c.Operations)
	if c.Default != "" {
		d.otherAnswers = c.Default
	}
}

// fillDefaults declares the answers of any other status where an operation does not.
func (d *document) fillDefaults() {
	for _, op := range d.Operations {
		if _, declared := op.Answers["default"]; !declared && d.otherAnswers != "" && !op.Unchecked {
			op.Answers["default"] = d.otherAnswers
		}
	}
}

func splitPath(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// find returns the operation that a request means, the one with the earliest literal segments first; nil when nothing
// is declared. Route names have no case and a slash at the end does not count, as real clients rely on.
func (s *Specification) find(r *http.Request) *operation {
	segments := splitPath(r.URL.EscapedPath())
	var best *operation
	for _, op := range s.operations {
		if op.method == r.Method && op.matches(segments) && (best == nil || op.moreLiteral(best)) {
			best = op
		}
	}
	return best
}

func (o *operation) matches(segments []string) bool {
	if len(segments) != len(o.segments) {
		return false
	}
	for i, declared := range o.segments {
		given, err := url.PathUnescape(segments[i])
		if err != nil || given == "" || !isPlaceholder(declared) && !strings.EqualFold(given, declared) {
			return false
		}
	}
	return true
}

func (o *operation) moreLiteral(other *operation) bool {
	for i, declared := range o.segments {
		if a, b := isPlaceholder(declared), isPlaceholder(other.segments[i]); a != b {
			return b
		}
	}
	return false
}

func isPlaceholder(segment string) bool { return strings.HasPrefix(segment, "{") }
