// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// pages reads a query to its end and returns the IDs of each page.
func (w *world) pages(path, body, idName string, pairs ...string) [][]string {
	w.t.Helper()
	var all [][]string
	token := ""
	for {
		headers := pairs
		if token != "" {
			headers = append(headers, "x-ms-continuation", token)
		}
		r := w.service("POST", path, body, headers...)
		wantStatus(w.t, r, 200)
		var items []map[string]any
		if err := json.Unmarshal([]byte(r.body), &items); err != nil {
			w.t.Fatal(err)
		}
		ids := []string{}
		for _, i := range items {
			ids = append(ids, fmt.Sprint(i[idName]))
		}
		all = append(all, ids)
		if token = r.header.Get("x-ms-continuation"); token == "" {
			return all
		}
	}
}

func TestQuery_answersEveryEntryWhateverTheText(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		w.service("PUT", k.path+"/b", k.body("b", ""))
		w.service("PUT", k.path+"/a", k.body("a", ""))
		for _, text := range []string{
			"*", "SELECT *", "select * from enrollments", "", "SELECT * FROM x WHERE nothing = 1",
			"{'additional_properties': {}, 'query': 'SELECT *'}",
		} {
			if got := fmt.Sprint(w.pages(k.path+"/query", `{"query":`+quote(t, text)+`}`, k.idName)); got != "[[b a]]" {
				t.Errorf("%q: %s", text, got)
			}
		}
	})
}

func TestQuery_pages(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{PageSize: 3}, func(t *testing.T, w *world, k entryKind) {
		for i := range 7 {
			id := fmt.Sprint(i)
			w.service("PUT", k.path+"/"+id, k.body(id, ""))
		}
		w.service("DELETE", k.path+"/4", "")
		body := `{"QUERY":"*"}`
		for size, want := range map[string]string{
			"": "[[0 1 2] [3 5 6]]", "2": "[[0 1] [2 3] [5 6]]", "4": "[[0 1 2] [3 5 6]]", "1000": "[[0 1 2] [3 5 6]]",
		} {
			if got := fmt.Sprint(w.pages(k.path+"/query", body, k.idName, "x-ms-max-item-count", size)); got != want {
				t.Errorf("size %q: %s, want %s", size, got, want)
			}
		}
	})
}

func TestQuery_defaultPageIs100(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	k := entryKinds()[0]
	for i := range 15 {
		items := make([]string, 10)
		for j := range items {
			items[j] = k.body(fmt.Sprint(i, "-", j), "")
		}
		wantBody(t, w.service("POST", k.path, k.bulk("create", items...)), bulkSucceeded)
	}
	pages := w.pages("/enrollments/query", `{"query":"*"}`, "registrationId")
	if len(pages) != 2 || len(pages[0]) != 100 || len(pages[1]) != 50 {
		t.Errorf("%d pages", len(pages))
	}
}

func TestQuery_headers(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		r := w.service("POST", k.path+"/query", `{"query":"*"}`)
		wantBody(t, r, "[]")
		if got := r.header.Get("x-ms-item-type"); got != k.itemType {
			t.Errorf("x-ms-item-type %q", got)
		}
		if got := r.header.Values("x-ms-continuation"); len(got) != 0 {
			t.Errorf("a continuation without more: %q", got)
		}
		if got := r.header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("X-Content-Type-Options %q", got)
		}
	})
}

func TestQuery_survivesChangesBetweenPages(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{PageSize: 2})
	k := entryKinds()[0]
	for _, id := range []string{"a", "b", "c", "d"} {
		w.service("PUT", k.path+"/"+id, k.body(id, ""))
	}
	r := w.service("POST", "/enrollments/query", `{"query":"*"}`)
	token := r.header.Get("x-ms-continuation")
	w.service("DELETE", "/enrollments/a", "")
	w.service("DELETE", "/enrollments/b", "")
	w.service("DELETE", "/enrollments/c", "")
	r = w.service("POST", "/enrollments/query", `{"query":"*"}`, "x-ms-continuation", token)
	if !strings.Contains(r.body, `"d"`) || strings.Contains(r.body, `"a"`) {
		t.Errorf("page %s", r.body)
	}
}

func TestQuery_refusals(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{PageSize: 1}, func(t *testing.T, w *world, k entryKind) {
		path, body := k.path+"/query", `{"query":"*"}`
		for _, pair := range [][2]string{
			{"x-ms-max-item-count", "0"}, {"x-ms-max-item-count", "many"},
			{"x-ms-continuation", "rubbish"}, {"x-ms-continuation", "e30="},
		} {
			wantProblem(t, w.service("POST", path, body, pair[0], pair[1]), 400, 400001)
		}
		wantProblem(t, w.service("POST", path, ""), 400, 400001)
		wantProblem(t, w.service("POST", path, "{}"), 400, 400001)
		other := entryKinds()[0]
		if other.name == k.name {
			other = entryKinds()[1]
		}
		w.service("PUT", k.path+"/a", k.body("a", ""))
		w.service("PUT", k.path+"/b", k.body("b", ""))
		token := w.service("POST", path, body).header.Get("x-ms-continuation")
		wantProblem(t, w.service("POST", other.path+"/query", body, "x-ms-continuation", token), 400, 400001)
	})
}

func TestRoute_entryMayBeCalledQuery(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		wantStatus(t, w.service("PUT", k.path+"/query", k.body("query", "")), 200)
		wantStatus(t, w.service("GET", k.path+"/query", ""), 200)
		wantStatus(t, w.service("DELETE", k.path+"/query", ""), 204)
		wantStatus(t, w.service("PUT", k.path+"/registrations", k.body("registrations", "")), 200)
		wantStatus(t, w.service("POST", k.path+"/registrations/attestationmechanism", ""), 200)
	})
}
