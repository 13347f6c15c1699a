// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package seedfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const inYAML = `# A plant.
provisioning_service:
  id_scope: 0ne00000E57
  enrollments:
    - registrationId: thale-1
      attestation: {type: symmetricKey}
      createdDateTimeUtc: 2026-01-31T12:00:00Z
hubs:
  - name: hub1
    devices:
      - deviceId: "007"
        twin:
          tags: {floor: 1.50, open: yes, empty: null, when: 2026-01-31, hex: "0x1F"}
`

const inJSON = `{"provisioning_service":{"id_scope":"0ne00000E57","enrollments":[{"registrationId":"thale-1",` +
	`"attestation":{"type":"symmetricKey"},"createdDateTimeUtc":"2026-01-31T12:00:00Z"}]},` +
	`"hubs":[{"name":"hub1","devices":[{"deviceId":"007","twin":{"tags":{"floor":1.50,"open":"yes","empty":null,` +
	`"when":"2026-01-31","hex":"0x1F"}}}]}]}`

func TestToJSON_keepsEveryValue(t *testing.T) {
	t.Parallel()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(inYAML), &node); err != nil {
		t.Fatal(err)
	}
	if got, err := toJSON(&node); err != nil || string(got) != inJSON {
		t.Errorf("%v\n%s, want\n%s", err, got, inJSON)
	}
}

func TestRead_takesBothForms(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"seed.yaml": inYAML, "seed.json": "\n" + inJSON, "empty.yaml": ""} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		seed, err := Read(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		e, err := emulator.Start(emulator.Options{Seed: seed})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name != "empty.yaml" && e.IDScope() != "0ne00000E57" {
			t.Errorf("%s: the ID scope is %s", name, e.IDScope())
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestRead_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hubs:\n- name: a\n  devices:\n  - deviceID: x\n": "hubs[0].devices[0].deviceID: there is no such member",
		"hubs: [":                 "yaml: ",
		"hubs: 1":                 "hubs: expected a list",
		"a: &x 1\nb: *x":          "line 2: aliases are not read",
		"hubs: []\nhubs: []":      `line 2: "hubs" is no name, or there twice`,
		"hubs: [{name: 0x1F}]":    "line 1: 0x1F is no number that JSON knows; a text stands in quotes",
		"{\"hubs\":[\n{\"name\"}": "line 2 is no JSON",
		"- 1":                     "expected an object",
	} {
		file := filepath.Join(t.TempDir(), "seed")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(file); err == nil || !strings.HasPrefix(err.Error(), "the seed "+file+": "+want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("read a file that is not there")
	}
}
