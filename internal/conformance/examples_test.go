// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

const examples = "../../examples"

// Every example is applied as it stands, plans nothing afterwards, imports with its own command, and is destroyed.
func TestExamples_areApplied(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"resources", "data-sources", "ephemeral-resources", "functions"} {
		directories, err := filepath.Glob(filepath.Join(examples, kind, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, directory := range directories {
			t.Run(kind+"/"+filepath.Base(directory), func(t *testing.T) {
				t.Parallel()
				applyExample(t, directory)
			})
		}
	}
}

func applyExample(t *testing.T, directory string) {
	t.Helper()
	w := acctest.NewWorld(t)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	c := w.NewCLI("")
	files, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(directory, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		c.WriteFile(file.Name(), string(text))
	}
	c.Apply().Must(0)
	c.Plan().Must(0)
	importExample(t, c, filepath.Join(directory, "import.sh"))
	c.Destroy().Must(0)
}

// importExample forgets what the import command names, imports it again as the command says, and plans nothing.
func importExample(t *testing.T, c *acctest.CLI, script string) {
	t.Helper()
	text, err := os.ReadFile(script)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) != 4 || words[0] != "terraform" || words[1] != "import" {
			continue
		}
		address, id := words[2], strings.Trim(words[3], `"'`)
		c.Run("state", "rm", address).Must(0)
		c.Run("import", "-no-color", "-input=false", address, id).Must(0)
		c.Plan().Must(0)
		return
	}
	t.Errorf("%s has no line \"terraform import ADDRESS ID\"", script)
}

// An object without an example fails here, and so does an example of an object that does not exist.
func TestExamples_areThereForEveryObject(t *testing.T) {
	t.Parallel()
	server, err := acctest.NewWorld(t).Server()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	offered := map[string][]string{
		"resources": keys(schema.ResourceSchemas), "data-sources": keys(schema.DataSourceSchemas),
		"ephemeral-resources": keys(schema.EphemeralResourceSchemas), "functions": keys(schema.Functions),
		"actions": keys(schema.ActionSchemas), "list-resources": keys(schema.ListResourceSchemas),
	}
	for kind, names := range offered {
		for _, name := range names {
			if _, err := os.Stat(filepath.Join(examples, kind, name)); err != nil {
				t.Errorf("%s has no example: %v", name, err)
			}
		}
		directories, err := filepath.Glob(filepath.Join(examples, kind, "*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(directories) > len(names) {
			t.Errorf("examples/%s has more directories than the provider has objects: %v", kind, directories)
		}
	}
}

func keys[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	return names
}
