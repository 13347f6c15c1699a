// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"fmt"
	"strings"
)

// parseEnvFile reads KEY='VALUE' lines as the emulator writes them for a shell. A quote inside a value is
// written '\” there. Errors name the line, never its value, which may be a key.
func parseEnvFile(text string) (map[string]string, error) {
	values := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, quoted, found := strings.Cut(line, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("line %d is not KEY='VALUE'", n)
		}
		inner, opened := strings.CutPrefix(quoted, "'")
		inner, closed := strings.CutSuffix(inner, "'")
		if !opened || !closed {
			return nil, fmt.Errorf("line %d: the value of %s is not in single quotes", n, name)
		}
		values[name] = strings.ReplaceAll(inner, `'\''`, "'")
	}
	return values, lines.Err()
}

// wanted looks values up and names all that are missing.
func wanted(values map[string]string, names ...string) error {
	var missing []string
	for _, n := range names {
		if values[n] == "" {
			missing = append(missing, n)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the emulator's environment file lacks %s", strings.Join(missing, ", "))
	}
	return nil
}
