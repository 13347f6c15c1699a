// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"fmt"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

const bulkSucceeded = `{"errors":[],"isSuccessful":true}`

func wantBody(t *testing.T, r world.Result, want string) {
	t.Helper()
	world.WantStatus(t, r, 200)
	if r.Body != want {
		t.Errorf("body %s, want %s", r.Body, want)
	}
}

func TestBulk_createAndDelete(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		// The Node SDK's path has a trailing slash.
		wantBody(t, w.Service("POST", k.Path+"/", k.Bulk("create", k.Body("a", ""), k.Body("b", ""))), bulkSucceeded)
		wantBody(t, w.Service("POST", k.Path, k.Bulk("create", k.Body("a", ""), k.Body("c", ""))),
			k.BulkFailed("a", 409000+k.Code, k.ItemType+" already exists."))
		world.WantStatus(t, w.Service("GET", k.Path+"/c", ""), 200)
		wantBody(t, w.Service("POST", k.Path, k.Bulk("delete", k.Body("a", ""), k.Body("b", ""))), bulkSucceeded)
		wantBody(t, w.Service("POST", k.Path, k.Bulk("delete", k.Body("a", ""), k.Body("c", ""))),
			k.BulkFailed("a", k.Missing, k.ItemType+" not found."))
		world.WantStatus(t, w.Service("GET", k.Path+"/c", ""), 404)
	})
}

func TestBulk_updateGoesByTheItemsETag(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		exists, stale := k.ItemType+" already exists.", "Precondition failed."
		current := func() string { return world.ETagOf(t, w.Service("GET", k.Path+"/a", "")) }
		w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		for _, c := range []struct{ mode, item, want string }{
			{"update", k.Body("a", ""), k.BulkFailed("a", 409000+k.Code, exists)},
			{"update", k.ETagged("a", current()), bulkSucceeded},
			{"update", k.ETagged("a", "stale"), k.BulkFailed("a", 412000+k.Code, stale)},
			{"update", k.ETagged("a", "*"), bulkSucceeded},
			{"update", k.Body("b", ""), k.BulkFailed("b", k.Missing, k.ItemType+" not found.")},
			{"updateIfMatchETag", k.Body("a", ""), k.BulkFailed("a", 412000+k.Code, stale)},
			{"updateIfMatchEtag", k.ETagged("a", "stale"), k.BulkFailed("a", 412000+k.Code, stale)},
			{"delete", k.ETagged("a", "stale"), k.BulkFailed("a", 412000+k.Code, stale)},
		} {
			r := w.Service("POST", k.Path, k.Bulk(c.mode, c.item))
			if r.Body != c.want {
				t.Errorf("%s %s: %s, want %s", c.mode, c.item, r.Body, c.want)
			}
		}
		wantBody(t, w.Service("POST", k.Path, k.Bulk("updateIfMatchETag", k.ETagged("a", current()))), bulkSucceeded)
	})
}

func TestBulk_updateOverwrites_whenChosen(t *testing.T) {
	t.Parallel()
	o := world.Choosing(emulator.DPSChoices{BulkUpdateOverwrites: true})
	world.ForEachKind(t, o, func(t *testing.T, w *world.World, k world.EntryKind) {
		w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		wantBody(t, w.Service("POST", k.Path, k.Bulk("update", k.Body("a", ""))), bulkSucceeded)
	})
}

func TestBulk_refusals(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		eleven := make([]string, 11)
		for i := range eleven {
			eleven[i] = k.Body(fmt.Sprint("a", i), "")
		}
		for name, body := range map[string]string{
			"no JSON": "{", "no items": k.Bulk("create"), "eleven": k.Bulk("create", eleven...),
			"unknown mode": k.Bulk("upsert", k.Body("a", "")), "broken item": k.Bulk("create", k.Body("x", ""), "1"),
		} {
			if r := w.Service("POST", k.Path, body); r.Status != 400 {
				t.Errorf("%s: status %d", name, r.Status)
			}
		}
		wantBody(t, w.Service("POST", k.Path+"/query", `{"query":"*"}`), "[]")
		invalid := `{"` + k.IDName + `":"a","attestation":{"type":"none"}}`
		wantBody(t, w.Service("POST", k.Path, k.Bulk("create", invalid)),
			k.BulkFailed("a", 400001, "TPM or X509 attestation is required."))
		wantBody(t, w.Service("POST", k.Path, k.Bulk("create", eleven[:10]...)), bulkSucceeded)
		wantBody(t, w.Service("POST", k.Path, k.Bulk("create", k.Body("d", ""), k.Body("d", ""))),
			k.BulkFailed("d", 409000+k.Code, k.ItemType+" already exists."))
	})
}
