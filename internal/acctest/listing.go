// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Listing is a list block of a query, as "terraform query" (Terraform 1.14 and later) has them.
type Listing struct {
	// Type is the resource type; Config is what the config block has, as for Value.
	Type   string
	Config map[string]any
	// Limit is at most how many are asked for; 0 stands for Terraform's default, 100.
	Limit int64
	// IncludeResource asks for the resource objects as well.
	IncludeResource bool
}

// Listed is one object that a query found.
type Listed struct {
	Name     string
	Identity tftypes.Value
	// Resource is null where it was not asked for.
	Resource tftypes.Value
}

// Names are the display names of what was found.
func Names(found []Listed) string {
	var names []string
	for _, one := range found {
		names = append(names, one.Name)
	}
	return strings.Join(names, " ")
}

const defaultLimit = 100

// List answers a list block with a provider of its own, as a query does: its configuration is validated first. It takes
// all that the provider sends, which may be no more than was asked for.
func (w *World) List(asked Listing) ([]Listed, Step) {
	w.T.Helper()
	server, schemas := w.configuredServer()
	whole, ok := server.(wholeServer)
	if !ok {
		w.T.Fatalf("the server lists nothing: %T", server)
	}
	if asked.Limit == 0 {
		asked.Limit = defaultLimit
	}
	_, config := w.readingConfig(schemas.ListResourceSchemas[asked.Type], asked.Type, asked.Config)
	checked, err := whole.ValidateListResourceConfig(w.Context(), &tfprotov6.ValidateListResourceConfigRequest{
		TypeName: asked.Type, Config: config,
	})
	must(w.T, err)
	step := Step{Diagnostics: checked.Diagnostics}
	if step.Failed() {
		return nil, step
	}
	stream, err := whole.ListResource(w.Context(), &tfprotov6.ListResourceRequest{
		TypeName: asked.Type, Config: config, Limit: asked.Limit, IncludeResource: asked.IncludeResource,
	})
	must(w.T, err)
	resource := mustObject(w.T, schemas.ResourceSchemas[asked.Type])
	identity := w.identityType(server, asked.Type)
	var found []Listed
	for result := range stream.Results {
		if step.Failed() {
			w.T.Errorf("%s: the list goes on after an error", asked.Type)
		}
		if step.Diagnostics = append(step.Diagnostics, result.Diagnostics...); step.Failed() {
			continue
		}
		found = append(found, w.listed(result, identity, resource))
	}
	if int64(len(found)) > asked.Limit {
		w.T.Errorf("%s: %d are listed where %d are asked for", asked.Type, len(found), asked.Limit)
	}
	return found, step
}

// MustList lists, and fails the test when that does not work.
func (w *World) MustList(asked Listing) []Listed {
	w.T.Helper()
	found, step := w.List(asked)
	step.MustSucceed(w.T)
	return found
}

func (w *World) listed(result tfprotov6.ListResourceResult, identity, resource tftypes.Object) Listed {
	w.T.Helper()
	one := Listed{Name: result.DisplayName, Resource: tftypes.NewValue(resource, nil)}
	var err error
	one.Identity, err = result.Identity.IdentityData.Unmarshal(identity)
	must(w.T, err)
	if result.Resource != nil {
		one.Resource, err = result.Resource.Unmarshal(resource)
		must(w.T, err)
	}
	return one
}

// ImportListed imports what a query found, by its identity, and plans the configuration that Terraform generates of it.
func (o *Object) ImportListed(found Listed) (config tftypes.Value, planned Step) {
	o.world.T.Helper()
	generated, err := o.server.GenerateResourceConfig(o.world.Context(), &tfprotov6.GenerateResourceConfigRequest{
		TypeName: o.typeName, State: o.encode(o.object, found.Resource),
	})
	must(o.world.T, err)
	if step := (Step{Diagnostics: generated.Diagnostics}); step.Failed() {
		return o.Nothing(), step
	}
	config = o.decode(generated.Config)
	names := map[string]any{}
	for name, value := range Attributes(found.Identity) {
		names[name] = value
	}
	if _, imported := o.ImportByIdentity(names); imported.Failed() {
		return config, imported
	}
	if checked := o.Validate(config); checked.Failed() {
		return config, checked
	}
	return config, o.Plan(config)
}
