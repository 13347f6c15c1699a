// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// secret is something that belongs into another attribute, or nowhere; part is what may not be repeated of it.
type secret struct{ name, text, part string }

func secrets(t *testing.T) []secret {
	t.Helper()
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(made)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	return []secret{
		{"private key", private, strings.Split(private, "\n")[1]},
		{"connection string", connection, key},
		{"key", key, key},
	}
}

// places are the configurations of a type in which one text attribute, however deep, is a text. Those around it are
// there, and nothing else.
func places(kind tftypes.Type, text string) map[string]any {
	found := map[string]any{}
	switch kind := kind.(type) {
	case tftypes.Object:
		for name, member := range kind.AttributeTypes {
			for path, value := range places(member, text) {
				found[strings.TrimSuffix(name+"."+path, ".")] = attributes{name: value}
			}
		}
	case tftypes.Set:
		if kind.ElementType.Is(tftypes.String) {
			found[""] = []string{text}
		}
	case tftypes.List:
		if kind.ElementType.Is(tftypes.String) {
			found[""] = []string{text}
		}
	case tftypes.Map:
		if kind.ElementType.Is(tftypes.String) {
			found[""] = attributes{"of": text}
		}
	default:
		if kind.Is(tftypes.String) {
			found[""] = text
		}
	}
	return found
}

// shown are the attributes whose value has to be shown, since it is a name that a key may be as well: the hub allows
// all characters of a key in device IDs.
var shown = []string{"device_id", "device_id_prefix"}

// way is one to give a configuration, with its type.
type way struct {
	kind tftypes.Type
	try  func(config attributes) func(*acctest.World) acctest.Step
}

// ways are all of them, by what the configuration is of.
func ways(t *testing.T, w *acctest.World) map[string]way {
	t.Helper()
	schema := w.Schemas()
	all := map[string]way{"provider": {schema.Provider.ValueType(), configured}}
	add := func(
		kind string, of map[string]*tfprotov6.Schema, try func(string, attributes) func(*acctest.World) acctest.Step,
	) {
		for name, s := range of {
			all[kind+" "+name] = way{s.ValueType(), func(config attributes) func(*acctest.World) acctest.Step {
				return try(name, config)
			}}
		}
	}
	add("resource", schema.ResourceSchemas, planned)
	add("data source", schema.DataSourceSchemas, read)
	add("ephemeral resource", schema.EphemeralResourceSchemas, opened)
	add("list", schema.ListResourceSchemas, listed)
	actions := map[string]*tfprotov6.Schema{}
	for name, s := range schema.ActionSchemas {
		actions[name] = s.Schema
	}
	add("action", actions, invoked)
	return all
}

// Whatever text somebody gives a private key, a connection string or a key for: nothing repeats it.
func TestErrors_neverShowASecret(t *testing.T) {
	t.Parallel()
	all := secrets(t)
	for name, way := range ways(t, newWorld(t)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, refused := newWorld(t), 0
			for _, s := range all {
				for at, config := range places(way.kind, s.text) {
					if s.name == "key" && slices.Contains(shown, at) {
						continue
					}
					given, ok := config.(attributes)
					if !ok {
						t.Fatalf("%s is no configuration", at)
					}
					step := way.try(given)(w)
					if step.Failed() {
						refused++
					}
					for _, d := range step.Diagnostics {
						if strings.Contains(d.Summary+d.Detail+d.Attribute.String(), s.part) {
							t.Errorf("%s: the %s is shown: %s: %s", at, s.name, d.Summary, d.Detail)
						}
					}
				}
			}
			if refused == 0 {
				t.Error("nothing was refused, which proves nothing")
			}
		})
	}
}
