// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// Whatever is given as the ID of an import: it makes no state of what is not there, and writes nothing.
func FuzzImport(f *testing.F) {
	for _, id := range []string{
		"", "/", "dev", "host/dev", "/dev", "dev/", "a/b/c", "..", ".", "DEV", "dev\n", "%2e%2e/dev",
		"dev?api-version=1", "\xff", "https://host/dev", "d e v", "SharedAccessKey=abc",
	} {
		f.Add(id)
	}
	s := newScene(f)
	var objects []*acctest.Object
	for _, typeName := range []string{individualType, groupType, identityType, disallowType, groupDisallowType} {
		objects = append(objects, s.NewObject(typeName))
	}
	f.Fuzz(func(t *testing.T, id string) {
		s.Emulator.ClearJournal()
		for _, one := range objects {
			o := one.For(t)
			o.Reconfigure()
			if imported := o.Import(id); !imported.Failed() && !o.State.IsNull() {
				t.Errorf("there is no %q: %v", id, o.State)
			}
		}
		if writes := s.Writes(); len(writes) > 0 {
			t.Errorf("an import writes nothing: %v", writes)
		}
	})
}
