// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func (k entryKind) bulk(mode string, items ...string) string {
	return `{"mode":"` + mode + `","` + k.items + `":[` + strings.Join(items, ",") + `]}`
}

func (k entryKind) etagged(id, etag string) string { return k.body(id, `,"etag":"`+etag+`"`) }

const bulkSucceeded = `{"errors":[],"isSuccessful":true}`

func (k entryKind) bulkFailed(id string, code int, message string) string {
	return fmt.Sprintf(`{"errors":[{"%s":"%s","errorCode":%d,"errorStatus":"%s"}],`+
		`"isSuccessful":false}`, k.idName, id, code, message)
}

func wantBody(t *testing.T, r result, want string) {
	t.Helper()
	wantStatus(t, r, 200)
	if r.body != want {
		t.Errorf("body %s, want %s", r.body, want)
	}
}

func TestBulk_createAndDelete(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		// The Node SDK's path has a trailing slash.
		wantBody(t, w.service("POST", k.path+"/", k.bulk("create", k.body("a", ""), k.body("b", ""))), bulkSucceeded)
		wantBody(t, w.service("POST", k.path, k.bulk("create", k.body("a", ""), k.body("c", ""))),
			k.bulkFailed("a", 409000+k.code, k.itemType+" already exists."))
		wantStatus(t, w.service("GET", k.path+"/c", ""), 200)
		wantBody(t, w.service("POST", k.path, k.bulk("delete", k.body("a", ""), k.body("b", ""))), bulkSucceeded)
		wantBody(t, w.service("POST", k.path, k.bulk("delete", k.body("a", ""), k.body("c", ""))),
			k.bulkFailed("a", 404000+k.code, k.itemType+" not found."))
		wantStatus(t, w.service("GET", k.path+"/c", ""), 404)
	})
}

func TestBulk_updateGoesByTheItemsETag(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		exists, stale := k.itemType+" already exists.", "Precondition failed."
		current := func() string { return etagOf(t, w.service("GET", k.path+"/a", "")) }
		w.service("PUT", k.path+"/a", k.body("a", ""))
		for _, c := range []struct{ mode, item, want string }{
			{"update", k.body("a", ""), k.bulkFailed("a", 409000+k.code, exists)},
			{"update", k.etagged("a", current()), bulkSucceeded},
			{"update", k.etagged("a", "stale"), k.bulkFailed("a", 412000+k.code, stale)},
			{"update", k.etagged("a", "*"), bulkSucceeded},
			{"update", k.body("b", ""), k.bulkFailed("b", 404000+k.code, k.itemType+" not found.")},
			{"updateIfMatchETag", k.body("a", ""), k.bulkFailed("a", 412000+k.code, stale)},
			{"updateIfMatchEtag", k.etagged("a", "stale"), k.bulkFailed("a", 412000+k.code, stale)},
			{"delete", k.etagged("a", "stale"), k.bulkFailed("a", 412000+k.code, stale)},
		} {
			r := w.service("POST", k.path, k.bulk(c.mode, c.item))
			if r.body != c.want {
				t.Errorf("%s %s: %s, want %s", c.mode, c.item, r.body, c.want)
			}
		}
		wantBody(t, w.service("POST", k.path, k.bulk("updateIfMatchETag", k.etagged("a", current()))), bulkSucceeded)
	})
}

func TestBulk_updateOverwrites_whenChosen(t *testing.T) {
	t.Parallel()
	o := choosing(emulator.DPSChoices{BulkUpdateOverwrites: true})
	forEachKind(t, o, func(t *testing.T, w *world, k entryKind) {
		w.service("PUT", k.path+"/a", k.body("a", ""))
		wantBody(t, w.service("POST", k.path, k.bulk("update", k.body("a", ""))), bulkSucceeded)
	})
}

func TestBulk_refusals(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		eleven := make([]string, 11)
		for i := range eleven {
			eleven[i] = k.body(fmt.Sprint("a", i), "")
		}
		for name, body := range map[string]string{
			"no JSON": "{", "no items": k.bulk("create"), "eleven": k.bulk("create", eleven...),
			"unknown mode": k.bulk("upsert", k.body("a", "")), "broken item": k.bulk("create", k.body("x", ""), "1"),
		} {
			if r := w.service("POST", k.path, body); r.status != 400 {
				t.Errorf("%s: status %d", name, r.status)
			}
		}
		wantBody(t, w.service("POST", k.path+"/query", `{"query":"*"}`), "[]")
		invalid := `{"` + k.idName + `":"a","attestation":{"type":"none"}}`
		wantBody(t, w.service("POST", k.path, k.bulk("create", invalid)),
			k.bulkFailed("a", 400001, "TPM or X509 attestation is required."))
		wantBody(t, w.service("POST", k.path, k.bulk("create", eleven[:10]...)), bulkSucceeded)
		wantBody(t, w.service("POST", k.path, k.bulk("create", k.body("d", ""), k.body("d", ""))),
			k.bulkFailed("d", 409000+k.code, k.itemType+" already exists."))
	})
}
