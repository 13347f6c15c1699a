// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsimple"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

const examples = "../../examples"

// scene is an example in a world in which it means something: the certificates that it names are those of devices and
// authorities of the world.
type scene struct {
	*acctest.World
	*acctest.CLI

	t         testing.TB
	directory string
	// certified are devices of which the examples have certificates, by registration ID.
	certified map[string]*acctest.Device
	// successor is the authority that follows the plant's.
	successor *devicesim.Authority
}

func newScene(t testing.TB, directory string) *scene {
	t.Helper()
	w := acctest.NewWorld(t)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	s := &scene{World: w, CLI: w.NewCLI(""), t: t, directory: directory, certified: map[string]*acctest.Device{}}
	for _, id := range []string{"sensor-thl-001", "sensor-thl-002"} {
		s.certified[id] = w.NewDevice(id)
	}
	var err error
	if s.successor, err = w.Root.Intermediate("Plant Factory 2"); err != nil {
		t.Fatal(err)
	}
	return s
}

// copy takes a file of the example; a certificate of it is valid, and the world's own stands in for it.
func (s *scene) copy(name string) {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.directory, name))
	if err != nil {
		s.t.Fatal(err)
	}
	text := string(raw)
	if id, isPEM := strings.CutSuffix(name, ".pem"); isPEM {
		if _, err := certificate.Parse(text); err != nil {
			s.t.Errorf("%s: %v", name, err)
		}
		switch device := s.certified[id]; {
		case id == "plant-thale":
			text = s.Intermediate.PEM()
		case id == "plant-thale-2":
			text = s.successor.PEM()
		case device != nil:
			text = device.Certificate.PEM()
		default:
			s.t.Errorf("nothing in the world has the certificate %s", name)
		}
	}
	s.WriteFile(name, text)
}

// show takes one configuration of the example, with the certificates beside it.
func (s *scene) show(name string) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.directory, "*.pem"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range files {
		s.copy(filepath.Base(file))
	}
	s.copy(name)
}

// Every example is applied as it stands, and has the effect that it speaks of. It plans nothing afterwards, imports
// with its own command and blocks, and is destroyed, unless it says that nothing may destroy it.
func TestExamples_doWhatTheySay(t *testing.T) {
	t.Parallel()
	names := map[string]string{
		"resources": "resource", "data-sources": "data-source", "ephemeral-resources": "ephemeral-resource",
		"functions": "function",
	}
	shown := 0
	for kind, file := range names {
		directories, err := filepath.Glob(filepath.Join(examples, kind, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, directory := range directories {
			object := kind + "/" + filepath.Base(directory)
			for _, size := range []string{"", "_complete"} {
				shown++
				t.Run(object+size, func(t *testing.T) {
					t.Parallel()
					s := newScene(t, directory)
					told, ok := meanings[object+size]
					if !ok {
						t.Fatalf("say in meanings what the example %s%s does", object, size)
					}
					if told.before != nil {
						told.before(s)
					}
					s.show(file + size + ".tf")
					applied := s.Apply().Must(0)
					s.Plan().Must(0)
					told.after(s, applied)
					if kind == "resources" && size == "" {
						s.imported()
					}
					if told.held {
						s.Destroy().Must(1).Says("is held by on_destroy")
						return
					}
					s.Destroy().Must(0)
				})
			}
		}
	}
	if shown != len(meanings) {
		t.Errorf("%d examples are shown, and meanings tells of %d", shown, len(meanings))
	}
}

// importBlocks is a file of import blocks.
type importBlocks struct {
	Imports []struct {
		To       hcl.Expression    `hcl:"to"`
		ID       string            `hcl:"id,optional"`
		Identity map[string]string `hcl:"identity,optional"`
	} `hcl:"import,block"`
}

// imported forgets the object of the example and imports it again, as the command says and as the blocks do, which
// plans nothing else.
func (s *scene) imported() {
	s.t.Helper()
	address, id := importCommand(s.t, filepath.Join(s.directory, "import.sh"))
	s.Run("state", "rm", address).Must(0)
	s.Run("import", "-no-color", "-input=false", address, id).Must(0)
	s.Plan().Must(0)

	s.Run("state", "rm", address).Must(0)
	s.copy("import-by-string-id.tf")
	s.Apply().Must(0).Says("1 imported, 0 added, 0 changed, 0 destroyed")
	s.Plan().Must(0)

	// The Terraform on PATH may be older than blocks with an identity.
	var read importBlocks
	text, err := os.ReadFile(filepath.Join(s.directory, "import-by-identity.tf"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := hclsimple.Decode("import.hcl", text, nil, &read); err != nil {
		s.t.Fatal(err)
	}
	names := map[string]any{}
	for name, value := range read.Imports[0].Identity {
		switch name {
		case "dps_hostname":
			value = s.Emulator.DPSHostname()
		case "iothub_hostname":
			value = s.Hostname("hub1")
		default:
			if value != id {
				s.t.Errorf("the block with an identity imports %s, and the command %s", value, id)
			}
		}
		names[name] = value
	}
	typeName, _, _ := strings.Cut(address, ".")
	if _, step := s.NewObject(typeName).ImportByIdentity(names); step.Failed() {
		s.t.Error(step.Errors())
	}
}

// importCommand is what a script imports.
func importCommand(t testing.TB, script string) (address, id string) {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 4 && words[0] == "terraform" && words[1] == "import" {
			return words[2], strings.Trim(words[3], `"'`)
		}
	}
	t.Fatalf("%s has no line \"terraform import ADDRESS ID\"", script)
	return "", ""
}

// An object without an example fails here, and so does an example of an object that does not exist.
func TestExamples_areThereForEveryObject(t *testing.T) {
	t.Parallel()
	schema := acctest.NewWorld(t).Schemas()
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
