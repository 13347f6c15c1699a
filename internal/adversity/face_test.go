// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// face is an object of the provider that something is done to, or an action.
type face struct {
	kind, typeName, title string
	verbs                 []verb
}

// verb is something that Terraform does to a face.
type verb struct {
	name string
	// begin brings a world to where it starts.
	begin func(t *testing.T) attempt
}

// attempt is a verb in a world of its own.
type attempt interface {
	scene() scene
	// run is what Terraform does.
	run() acctest.Step
	// about is what a diagnostic names.
	about() string
	// finish is what happens when all is well again: it fails the test unless nothing was opened and nothing lost.
	finish(said acctest.Step)
}

// scene is a world with a middlebox before its services, and a device.
type scene struct {
	*acctest.World

	box    *middlebox
	device *acctest.Device
}

func newScene(t testing.TB, options ...acctest.Option) scene {
	t.Helper()
	w := acctest.NewWorld(t, append(options, acctest.Hubs("north", "south"))...)
	return scene{World: w, box: stand(w), device: w.NewDevice("dev")}
}

// keyedScene has a group through which the device came in, and an entry and a group with keys. Only one hub is known.
func keyedScene(t *testing.T) scene {
	t.Helper()
	s := newScene(t)
	s.AddGroup("factory", s.Intermediate)
	s.device.MustRegister()
	s.AddKeyedEntry("key", nil)
	s.AddKeyedGroup("keys", nil)
	s.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", s.Emulator.Hub("north").ConnectionString())
	return s
}

func faces() []face {
	var all []face
	for _, m := range managedFaces() {
		all = append(all, m.face())
	}
	for _, r := range readingFaces() {
		all = append(all, r.face())
	}
	for _, a := range actionFaces() {
		all = append(all, a.face())
	}
	return all
}

const (
	ofResource, ofDataSource, ofEphemeral = "resource", "data source", "ephemeral resource"
	ofList, ofAction                      = "list resource", "action"
)

// Whatever the provider has, something goes wrong with it here.
func TestFaces_areAllThatTheProviderHas(t *testing.T) {
	t.Parallel()
	schemas := acctest.NewWorld(t).Schemas()
	has := map[string][]string{
		ofResource:   slices.Sorted(maps.Keys(schemas.ResourceSchemas)),
		ofDataSource: slices.Sorted(maps.Keys(schemas.DataSourceSchemas)),
		ofEphemeral:  slices.Sorted(maps.Keys(schemas.EphemeralResourceSchemas)),
		ofList:       slices.Sorted(maps.Keys(schemas.ListResourceSchemas)),
		ofAction:     slices.Sorted(maps.Keys(schemas.ActionSchemas)),
	}
	tested := map[string]map[string]bool{}
	for _, f := range faces() {
		if tested[f.kind] == nil {
			tested[f.kind] = map[string]bool{}
		}
		tested[f.kind][f.typeName] = true
	}
	for kind, types := range has {
		if rows := slices.Sorted(maps.Keys(tested[kind])); !slices.Equal(rows, types) {
			t.Errorf("%s: the provider has %v, the tables %v", kind, types, rows)
		}
	}
}
