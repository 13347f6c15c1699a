// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestQuery_answersEveryEntryWhateverTheText(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		w.Service("PUT", k.Path+"/b", k.Body("b", ""))
		w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		for _, text := range []string{
			"*", "SELECT *", "select * from enrollments", "", "SELECT * FROM x WHERE nothing = 1",
			"{'additional_properties': {}, 'query': 'SELECT *'}",
		} {
			if got := fmt.Sprint(w.Pages(k.Path+"/query", `{"query":`+world.Quote(t, text)+`}`, k.IDName)); got != "[[b a]]" {
				t.Errorf("%q: %s", text, got)
			}
		}
	})
}

func TestQuery_pages(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{PageSize: 3}, func(t *testing.T, w *world.World, k world.EntryKind) {
		for i := range 7 {
			id := fmt.Sprint(i)
			w.Service("PUT", k.Path+"/"+id, k.Body(id, ""))
		}
		w.Service("DELETE", k.Path+"/4", "")
		body := `{"QUERY":"*"}`
		for size, want := range map[string]string{
			"": "[[0 1 2] [3 5 6]]", "2": "[[0 1] [2 3] [5 6]]", "4": "[[0 1 2] [3 5 6]]", "1000": "[[0 1 2] [3 5 6]]",
		} {
			if got := fmt.Sprint(w.Pages(k.Path+"/query", body, k.IDName, "x-ms-max-item-count", size)); got != want {
				t.Errorf("size %q: %s, want %s", size, got, want)
			}
		}
	})
}

func TestQuery_defaultPageIs100(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	k := world.EntryKinds()[0]
	for i := range 15 {
		items := make([]string, 10)
		for j := range items {
			items[j] = k.Body(fmt.Sprint(i, "-", j), "")
		}
		wantBody(t, w.Service("POST", k.Path, k.Bulk("create", items...)), bulkSucceeded)
	}
	pages := w.Pages("/enrollments/query", `{"query":"*"}`, "registrationId")
	if len(pages) != 2 || len(pages[0]) != 100 || len(pages[1]) != 50 {
		t.Errorf("%d pages", len(pages))
	}
}

func TestQuery_headers(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		r := w.Service("POST", k.Path+"/query", `{"query":"*"}`)
		wantBody(t, r, "[]")
		if got := r.Header.Get("x-ms-item-type"); got != k.ItemType {
			t.Errorf("x-ms-item-type %q", got)
		}
		if got := r.Header.Values("x-ms-continuation"); len(got) != 0 {
			t.Errorf("a continuation without more: %q", got)
		}
		if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("X-Content-Type-Options %q", got)
		}
	})
}

func TestQuery_survivesChangesBetweenPages(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{PageSize: 2})
	k := world.EntryKinds()[0]
	for _, id := range []string{"a", "b", "c", "d"} {
		w.Service("PUT", k.Path+"/"+id, k.Body(id, ""))
	}
	r := w.Service("POST", "/enrollments/query", `{"query":"*"}`)
	token := r.Header.Get("x-ms-continuation")
	w.Service("DELETE", "/enrollments/a", "")
	w.Service("DELETE", "/enrollments/b", "")
	w.Service("DELETE", "/enrollments/c", "")
	r = w.Service("POST", "/enrollments/query", `{"query":"*"}`, "x-ms-continuation", token)
	if !strings.Contains(r.Body, `"d"`) || strings.Contains(r.Body, `"a"`) {
		t.Errorf("page %s", r.Body)
	}
}

func TestQuery_refusals(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{PageSize: 1}, func(t *testing.T, w *world.World, k world.EntryKind) {
		path, body := k.Path+"/query", `{"query":"*"}`
		for _, pair := range [][2]string{
			{"x-ms-max-item-count", "0"}, {"x-ms-max-item-count", "many"},
			{"x-ms-continuation", "rubbish"}, {"x-ms-continuation", "e30="},
		} {
			world.WantProblem(t, w.Service("POST", path, body, pair[0], pair[1]), 400, 400001)
		}
		world.WantProblem(t, w.Service("POST", path, ""), 400, 400001)
		world.WantProblem(t, w.Service("POST", path, "{}"), 400, 400001)
		other := world.EntryKinds()[0]
		if other.Name == k.Name {
			other = world.EntryKinds()[1]
		}
		w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		w.Service("PUT", k.Path+"/b", k.Body("b", ""))
		token := w.Service("POST", path, body).Header.Get("x-ms-continuation")
		world.WantProblem(t, w.Service("POST", other.Path+"/query", body, "x-ms-continuation", token), 400, 400001)
	})
}

func TestRoute_entryMayBeCalledQuery(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		world.WantStatus(t, w.Service("PUT", k.Path+"/query", k.Body("query", "")), 200)
		world.WantStatus(t, w.Service("GET", k.Path+"/query", ""), 200)
		world.WantStatus(t, w.Service("DELETE", k.Path+"/query", ""), 204)
		world.WantStatus(t, w.Service("PUT", k.Path+"/registrations", k.Body("registrations", "")), 200)
		world.WantStatus(t, w.Service("POST", k.Path+"/registrations/attestationmechanism", ""), 200)
	})
}
