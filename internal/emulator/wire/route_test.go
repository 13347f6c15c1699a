// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"net/url"
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

func TestRoutes_findTheFirstThatFits(t *testing.T) {
	t.Parallel()
	routes := wire.Routes[string]{
		{Pattern: "silent"},
		wire.On("POST things/query", "", "", "query"),
		wire.On("GET things/*", "", "", "get"),
		wire.On("PUT things/*/parts/*", "", "", "part"),
	}
	for _, c := range []struct {
		method, path, want string
		ids                []string
		known              bool
	}{
		{"POST", "/things/query", "query", nil, true},
		{"GET", "/things/query", "get", []string{"query"}, true},
		{"GET", "/THINGS/a%2Fb/", "get", []string{"a/b"}, true},
		{"PUT", "/things/a/Parts/b", "part", []string{"a", "b"}, true},
		{"PUT", "/things//parts/b", "", nil, false},
		{"PUT", "/things/a", "", nil, true},
		{"GET", "/silent", "", nil, true},
		{"GET", "/things/a/b", "", nil, false},
		{"GET", "/", "", nil, false},
	} {
		u, err := url.Parse("https://localhost" + c.path)
		if err != nil {
			t.Fatal(err)
		}
		found, ids, known := routes.Find(c.method, wire.Segments(u))
		run := ""
		if found != nil {
			run = found.Run
		}
		if run != c.want || known != c.known || !slices.Equal(ids, c.ids) {
			t.Errorf("%s %s: %q, IDs %q, known %t", c.method, c.path, run, ids, known)
		}
	}
}
