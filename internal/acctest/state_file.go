// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"github.com/zclconf/go-cty/cty/msgpack"
)

// stateFile is what Terraform keeps on the disk, of version 4.
type stateFile struct {
	Version          int             `json:"version"`
	TerraformVersion string          `json:"terraform_version"`
	Serial           int             `json:"serial"`
	Lineage          string          `json:"lineage"`
	Resources        []stateResource `json:"resources"`
}

type stateResource struct {
	Mode      string          `json:"mode"`
	Type      string          `json:"type"`
	Name      string          `json:"name"`
	Provider  string          `json:"provider"`
	Instances []stateInstance `json:"instances"`
}

type stateInstance struct {
	Status        string          `json:"status,omitempty"`
	SchemaVersion int64           `json:"schema_version"`
	Attributes    json.RawMessage `json:"attributes"`
	Private       []byte          `json:"private,omitempty"`
}

// stateName is what the object is called in configurations and state files.
const stateName = "it"

// CLI is a Terraform command for the object, with the provider in a directory: what the object's state says is in its
// state file, and config is its configuration, which may be null.
func (o *Object) CLI(config tftypes.Value, directory string) *CLI {
	o.world.T.Helper()
	c := o.world.NewBinaryCLI("", directory)
	if !config.IsNull() {
		c.WriteFile("object.tf.json", JSON(o.world.T, map[string]any{"resource": map[string]any{
			o.typeName: map[string]any{stateName: json.RawMessage(o.json(config))},
		}}))
	}
	if !o.State.IsNull() {
		c.WriteFile("terraform.tfstate", JSON(o.world.T, o.stateFile()))
	}
	return c
}

func (o *Object) stateFile() stateFile {
	o.world.T.Helper()
	instance := stateInstance{SchemaVersion: o.schema.Version, Attributes: o.json(o.State), Private: o.Private}
	return stateFile{
		Version: 4, TerraformVersion: "1.11.0", Serial: 1, Lineage: "c7a9c8a0-58a5-4a0b-9f3b-0d9a8f3b6c11",
		Resources: []stateResource{{
			Mode: "managed", Type: o.typeName, Name: stateName, Provider: `provider["` + address + `"]`,
			Instances: []stateInstance{instance},
		}},
	}
}

// json is a value of the object's type as JSON.
func (o *Object) json(value tftypes.Value) []byte {
	o.world.T.Helper()
	spelled, err := o.object.MarshalJSON() //nolint:staticcheck // Nothing else tells a type to others.
	must(o.world.T, err)
	kind, err := ctyjson.UnmarshalType(spelled)
	must(o.world.T, err)
	decoded, err := msgpack.Unmarshal(o.encode(o.object, value).MsgPack, kind)
	must(o.world.T, err)
	raw, err := ctyjson.Marshal(decoded, kind)
	must(o.world.T, err)
	return raw
}

// TakeOver has the object's state be what the state file of a Terraform command says.
func (o *Object) TakeOver(c *CLI) {
	o.world.T.Helper()
	raw, err := os.ReadFile(c.statePath())
	if !os.IsNotExist(err) {
		must(o.world.T, err)
	}
	var file stateFile
	if len(raw) > 0 { // Terraform makes the file before it writes it.
		must(o.world.T, json.Unmarshal(raw, &file))
	}
	if len(file.Resources) == 0 || len(file.Resources[0].Instances) == 0 {
		o.Forget()
		return
	}
	instance := file.Resources[0].Instances[0]
	o.upgrade(instance.SchemaVersion, instance.Attributes).MustSucceed(o.world.T)
	o.Private, o.identity, o.Tainted = instance.Private, nil, instance.Status == "tainted"
}

// StateJSON is the state as the state file has it.
func (o *Object) StateJSON() []byte {
	o.world.T.Helper()
	return o.json(o.State)
}

// Upgrade has the state be what a state file of this version says, unless the provider refuses it.
func (o *Object) Upgrade(attributes []byte) Step {
	o.world.T.Helper()
	return o.upgrade(o.schema.Version, attributes)
}

func (o *Object) upgrade(version int64, attributes []byte) Step {
	o.world.T.Helper()
	response, err := o.server.UpgradeResourceState(o.world.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: o.typeName, Version: version, RawState: &tfprotov6.RawState{JSON: attributes},
	})
	must(o.world.T, err)
	step := Step{Diagnostics: response.Diagnostics}
	if !step.Failed() {
		o.State = o.decode(response.UpgradedState)
	}
	return step
}
