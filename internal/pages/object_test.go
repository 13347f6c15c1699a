// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// Kinds of objects, by the folder of their pages.
const (
	resources  = "resources"
	dataSource = "data-sources"
	ephemerals = "ephemeral-resources"
	functions  = "functions"
	lists      = "list-resources"
	actions    = "actions"
)

// object is one that the provider offers, which has a page.
type object struct{ kind, name string }

// page is where the object is told of.
func (o object) page() string {
	return filepath.Join(root, "docs", o.kind, strings.TrimPrefix(o.name, "azureiot_")+".md")
}

// offered are the objects of the provider.
func offered(t testing.TB) []object {
	t.Helper()
	schema := acctest.NewWorld(t).Schemas()
	all := named(nil, resources, schema.ResourceSchemas)
	all = named(all, dataSource, schema.DataSourceSchemas)
	all = named(all, ephemerals, schema.EphemeralResourceSchemas)
	all = named(all, functions, schema.Functions)
	all = named(all, lists, schema.ListResourceSchemas)
	return named(all, actions, schema.ActionSchemas)
}

func named[V any](all []object, kind string, more map[string]V) []object {
	for name := range more {
		all = append(all, object{kind, name})
	}
	return all
}

// part is what a page has to have: kinds of objects, and how it is seen.
type part struct {
	name  string
	kinds string
	seen  *regexp.Regexp
}

// calling are the kinds of objects that call the services; all has those that do not, too.
const (
	calling = resources + " " + dataSource + " " + ephemerals + " " + lists + " " + actions
	all     = calling + " " + functions
)

// parts are what the pages of objects have, in the order in which a reader meets it.
var parts = []part{
	{"a subcategory", all, regexp.MustCompile(`(?m)^subcategory: "[^"]+"$`)},
	{"a callout for what can be lost or let in", resources + " " + actions, regexp.MustCompile(`(?m)^[~!]> \S`)},
	{"a minimal example", all, regexp.MustCompile("(?s)\n## Example Usage\n\n### Minimal\n.*?```terraform\n")},
	{"a complete example", all, regexp.MustCompile("(?s)\n### Complete\n.*?```terraform\n")},
	{"what a plan shows", resources + " " + actions, regexp.MustCompile(`\n## What a plan shows\n\n\S`)},
	{"what destroying does", resources, regexp.MustCompile(`\n## What destroying does\n\n\S`)},
	{
		"permissions", calling,
		regexp.MustCompile(`(?s)\n## Permissions\n.*?Microsoft\.Devices/.*?\n\| (?:plan|apply|read|query|invoke)`),
	},
	{"calls", calling, regexp.MustCompile("(?s)\n## Calls\n.*?`(?:GET|POST) /")},
	{"a schema", calling, regexp.MustCompile(`\n## Schema\n`)},
	{"a signature", functions, regexp.MustCompile(`\n## Signature\n`)},
	{"the command of an import", resources, regexp.MustCompile("(?s)\n## Import\n.*?\nterraform import \\S")},
	{"an import block with an ID", resources, regexp.MustCompile(`(?s)\nimport \{\n[^}]*? id += `)},
	{"an import block with an identity", resources, regexp.MustCompile(`(?s)\nimport \{\n[^}]*? identity = \{`)},
}

// lacking are the parts that a page of a kind does not have.
func lacking(kind, text string) []string {
	var found []string
	for _, p := range parts {
		if strings.Contains(" "+p.kinds+" ", " "+kind+" ") && !p.seen.MatchString(text) {
			found = append(found, p.name)
		}
	}
	return found
}

func TestObjectPages_haveEveryPart(t *testing.T) {
	t.Parallel()
	for _, o := range offered(t) {
		text, err := os.ReadFile(o.page())
		if err != nil {
			t.Errorf("%s of %s has no page: %v", o.name, o.kind, err)
			continue
		}
		for _, name := range lacking(o.kind, string(text)) {
			t.Errorf("%s does not have %s", o.page(), name)
		}
	}
}

// A page from which any one part is taken lacks that part, and no other.
func TestLacking_findsThePartThatIsNotThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(object{resources, "azureiot_dps_enrollment_group"}.page())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if !strings.Contains(p.kinds, resources) {
			continue
		}
		without := p.seen.ReplaceAllString(string(text), "\n")
		if found := lacking(resources, without); !strings.Contains(fmt.Sprint(found), p.name) {
			t.Errorf("the page lacks %s, but %q is found", p.name, found)
		}
	}
	if found := lacking(resources, ""); len(found) != len(parts)-1 {
		t.Errorf("an empty page lacks %q", found)
	}
}
