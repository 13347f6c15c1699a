// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package seedfile

import (
	"encoding/json"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// jsonNumber are the numbers that JSON writes as YAML does: they keep their text, which a twin shows.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// toJSON writes YAML as JSON. What looks like a moment stays a text, as everywhere in the services' JSON.
func toJSON(node *yaml.Node) ([]byte, error) { return appendJSON(nil, node) }

func appendJSON(b []byte, node *yaml.Node) ([]byte, error) {
	switch node.Kind {
	case 0:
		return append(b, "{}"...), nil // an empty file
	case yaml.DocumentNode:
		return appendJSON(b, node.Content[0])
	case yaml.MappingNode:
		return appendObject(b, node)
	case yaml.SequenceNode:
		b = append(b, '[')
		for i, item := range node.Content {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendJSON(b, item); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case yaml.AliasNode:
		return nil, fmt.Errorf("line %d: aliases are not read", node.Line)
	default:
		return appendScalar(b, node)
	}
}

func appendObject(b []byte, node *yaml.Node) ([]byte, error) {
	b = append(b, '{')
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		if name.Kind != yaml.ScalarNode || seen[name.Value] {
			return nil, fmt.Errorf("line %d: %q is no name, or there twice", name.Line, name.Value)
		}
		seen[name.Value] = true
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, name.Value), ':')
		var err error
		if b, err = appendJSON(b, node.Content[i+1]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendScalar(b []byte, node *yaml.Node) ([]byte, error) {
	switch tag := node.ShortTag(); {
	case tag == "!!null":
		return append(b, "null"...), nil
	case tag == "!!bool":
		var value bool
		if err := node.Decode(&value); err != nil {
			return nil, err
		}
		return fmt.Append(b, value), nil
	case (tag == "!!int" || tag == "!!float") && jsonNumber.MatchString(node.Value):
		return append(b, node.Value...), nil
	case tag == "!!int" || tag == "!!float":
		return nil, fmt.Errorf("line %d: %s is no number that JSON knows; a text stands in quotes", node.Line, node.Value)
	}
	return appendText(b, node.Value), nil
}

func appendText(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return append(b, `""`...) // A text can always be written.
	}
	return append(b, quoted...)
}
