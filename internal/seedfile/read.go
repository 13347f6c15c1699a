// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package seedfile

import (
	"bytes"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// Read reads a seed. An error names the file, and the path of the member that is wrong.
func Read(file string) (*emulator.Seed, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the seed: %w", err)
	}
	seed, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("the seed %s: %w", file, err)
	}
	return seed, nil
}

// parse takes text that begins as a JSON object does for JSON, and anything else for YAML.
func parse(text []byte) (*emulator.Seed, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil {
			return nil, err
		}
		var err error
		if text, err = toJSON(&document); err != nil {
			return nil, err
		}
	}
	return emulator.ParseSeed(text)
}
