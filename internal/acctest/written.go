// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// keepRun keeps what a command printed: for people, unless it shows what is stored.
func (c *CLI) keepRun(args []string, output string) {
	if slices.ContainsFunc([]string{"show", "output", "state", "console"}, func(command string) bool {
		return slices.Contains(args, command)
	}) {
		c.world.secrets.store(withoutConfiguration(output))
		return
	}
	c.world.secrets.speak(output)
}

// withoutConfiguration is what "show -json" says, but for the configuration that it repeats, which is a test's own.
func withoutConfiguration(output string) []byte {
	var plan map[string]json.RawMessage
	if json.Unmarshal([]byte(output), &plan) != nil {
		return []byte(output)
	}
	delete(plan, "configuration")
	rest, err := json.Marshal(plan)
	if err != nil {
		return []byte(output)
	}
	return rest
}

// keepFiles keeps what Terraform has left in the working directory: states, plans and logs. Configuration is a test's.
func (c *CLI) keepFiles() {
	c.world.T.Helper()
	for _, variable := range c.env {
		if log, found := strings.CutPrefix(variable, "TF_LOG_PATH="); found {
			raw, _ := os.ReadFile(log) // There is none when nothing was logged.
			c.world.secrets.speak(string(raw))
		}
	}
	if c.world.Beside != nil {
		return // What another provider keeps in its state, such as a connection string, is its own matter.
	}
	must(c.world.T, filepath.WalkDir(c.dir, func(path string, entry fs.DirEntry, err error) error {
		ending := filepath.Ext(path)
		if err != nil || entry.IsDir() || slices.Contains([]string{".tf", ".tfrc", ".tfvars", ".hcl"}, ending) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err == nil && bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
			return c.keepPlan(raw)
		}
		c.world.secrets.store(raw)
		return err
	}))
}

// keepPlan keeps what a plan file holds, but for the configuration that goes along.
func (c *CLI) keepPlan(raw []byte) error {
	plan, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return err
	}
	for _, part := range plan.File {
		if strings.HasPrefix(part.Name, "tfconfig") {
			continue
		}
		file, err := part.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(file)
		if err != nil {
			return err
		}
		c.world.secrets.store(content)
	}
	return nil
}
