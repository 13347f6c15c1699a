// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest

import (
	"net/http"
	"slices"
	"sync"
	"testing"
)

// Inspect returns an observer of exchanges (see emulator.Options) which fails the test at its end when any of them went
// against the specification. It must be made before what it observes is started, so that it ends after it.
func Inspect(t testing.TB) func(request *http.Request, answer *http.Response) {
	t.Helper()
	s, err := LoadSpecification()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var found []string
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, violation := range found {
			t.Errorf("against the specification: %s", violation)
		}
	})
	return func(request *http.Request, answer *http.Response) {
		violations := s.Violations(request, answer)
		mu.Lock()
		defer mu.Unlock()
		for _, violation := range violations {
			if !slices.Contains(found, violation) {
				found = append(found, violation)
			}
		}
	}
}
