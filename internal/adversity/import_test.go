// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"testing"
)

// Whatever is given as the ID of an import: it makes no state of what is not there, and writes nothing.
func FuzzImport(f *testing.F) {
	for _, id := range []string{
		"", "/", "dev", "host/dev", "/dev", "dev/", "a/b/c", "..", ".", "DEV", "dev\n", "%2e%2e/dev",
		"dev?api-version=1", "\xff", "https://host/dev", "d e v", "SharedAccessKey=abc",
	} {
		f.Add(id)
	}
	types := []string{individualType, groupType, identityType, disallowType, groupDisallowType}
	f.Fuzz(func(t *testing.T, id string) {
		s := newScene(t)
		for _, typeName := range types {
			o := s.NewObject(typeName)
			imported := o.Import(id)
			if !imported.Failed() && !o.State.IsNull() {
				t.Errorf("%s: there is no %q", typeName, id)
			}
		}
		if writes := s.Writes(); len(writes) > 0 {
			t.Errorf("an import writes nothing: %v", writes)
		}
	})
}
