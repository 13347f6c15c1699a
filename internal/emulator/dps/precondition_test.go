// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestPut_withoutIfMatch_createsOnce(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		world.WantStatus(t, w.Service("PUT", k.Path+"/a", k.Body("a", "")), 200)
		world.WantProblem(t, w.Service("PUT", k.Path+"/a", k.Body("a", "")), 409, 409000+k.Code)
	})
}

func TestPut_conflict_hasTheRecordedMessage(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		message, _ := w.Service("PUT", k.Path+"/a", k.Body("a", "")).Object(t)["message"].(string)
		if want := k.ItemType + " already exists."; message != want {
			t.Errorf("message %q, want %q", message, want)
		}
	})
}

func TestPut_ifMatchOnExisting(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		for _, c := range []struct {
			name   string
			send   func(etag string) string
			status int
		}{
			{"star", func(string) string { return "*" }, 200},
			{"quoted star", func(string) string { return `"*"` }, 200},
			{"bare current", func(e string) string { return e }, 200},
			{"quoted current", func(e string) string { return `"` + e + `"` }, 200},
			{"stale", func(string) string { return "IjAwMDAwMDAwLTAwMDAtMDgwMC0wMDAwLTAwMDAwMDAwMDAwMCI=" }, 412},
			{"quoted stale", func(string) string { return `"stale"` }, 412},
			{"weak", func(e string) string { return `W/"` + e + `"` }, 412},
			{"other case", strings.ToLower, 412},
			{"empty quotes", func(string) string { return `""` }, 409},
		} {
			id := strings.ReplaceAll(c.name, " ", "-")
			first := w.Service("PUT", k.Path+"/"+id, k.Body(id, ""))
			r := w.Service("PUT", k.Path+"/"+id, k.Body(id, ""), "If-Match", c.send(world.ETagOf(t, first)))
			if r.Status != c.status {
				t.Errorf("%s: status %d, want %d", c.name, r.Status, c.status)
				continue
			}
			if c.status != 200 {
				world.WantProblem(t, r, c.status, c.status*1000+k.Code)
			} else if world.ETagOf(t, r) == world.ETagOf(t, first) {
				t.Errorf("%s: the write kept the entity tag", c.name)
			}
		}
	})
}

func TestPut_ifMatchOnMissing(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		world.WantProblem(t, w.Service("PUT", k.Path+"/a", k.Body("a", ""), "If-Match", "*"), 404, k.Missing)
		world.WantProblem(t, w.Service("PUT", k.Path+"/a", k.Body("a", ""), "If-Match", `"x"`), 412, 412000+k.Code)
		world.WantStatus(t, w.Service("GET", k.Path+"/a", ""), 404)
	})
}

func TestPut_ifMatchOnMissing_is404_whenChosen(t *testing.T) {
	t.Parallel()
	o := world.Choosing(emulator.DPSChoices{MissingEntryIs404: true})
	world.ForEachKind(t, o, func(t *testing.T, w *world.World, k world.EntryKind) {
		world.WantProblem(t, w.Service("PUT", k.Path+"/a", k.Body("a", ""), "If-Match", "x"), 404, k.Missing)
	})
}

func TestPut_refused_changesNothing(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		before := w.Service("GET", k.Path+"/a", "").Body
		w.Service("PUT", k.Path+"/a", k.Body("a", `,"provisioningStatus":"disabled"`), "If-Match", "stale")
		w.Service("PUT", k.Path+"/a", k.Body("a", `,"provisioningStatus":"disabled"`))
		if after := w.Service("GET", k.Path+"/a", "").Body; after != before {
			t.Errorf("the entry changed from %s to %s", before, after)
		}
	})
}

func TestDelete_ifMatch(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		for _, c := range []struct {
			name   string
			header func(etag string) []string
			status int
		}{
			{"absent", func(string) []string { return nil }, 204},
			{"star", func(string) []string { return []string{"If-Match", "*"} }, 204},
			{"quoted-star", func(string) []string { return []string{"If-Match", `"*"`} }, 204},
			{"current", func(e string) []string { return []string{"If-Match", e} }, 204},
			{"quoted-current", func(e string) []string { return []string{"If-Match", `"` + e + `"`} }, 204},
			{"stale", func(string) []string { return []string{"If-Match", "stale"} }, 412},
		} {
			etag := world.ETagOf(t, w.Service("PUT", k.Path+"/"+c.name, k.Body(c.name, "")))
			r := w.Service("DELETE", k.Path+"/"+c.name, "", c.header(etag)...)
			if r.Status != c.status {
				t.Errorf("%s: status %d, want %d", c.name, r.Status, c.status)
			}
			left := w.Service("GET", k.Path+"/"+c.name, "")
			if gone := left.Status == 404; gone != (c.status == 204) {
				t.Errorf("%s: afterwards GET is %d", c.name, left.Status)
			}
			if c.status == 204 && r.Body != "" {
				t.Errorf("%s: 204 with the body %q", c.name, r.Body)
			}
		}
	})
}

func TestDelete_missing_is404_whateverIfMatch(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		world.WantProblem(t, w.Service("DELETE", k.Path+"/a", ""), 404, k.Missing)
		world.WantProblem(t, w.Service("DELETE", k.Path+"/a", "", "If-Match", "*"), 404, k.Missing)
		world.WantProblem(t, w.Service("DELETE", k.Path+"/a", "", "If-Match", "x"), 404, k.Missing)
	})
}
