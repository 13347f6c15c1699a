// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// entryKind is one of the two kinds of entries, for tests that hold for both.
type entryKind struct {
	name, path, idName, items, itemType string
	code                                int
}

func entryKinds() []entryKind {
	return []entryKind{
		{"individual", "/enrollments", "registrationId", "enrollments", "Enrollment", 201},
		{"group", "/enrollmentGroups", "enrollmentGroupId", "enrollmentGroups", "EnrollmentGroup", 202},
	}
}

// body is a symmetric-key entry; more is appended to its members.
func (k entryKind) body(id, more string) string {
	return fmt.Sprintf(`{"%s":"%s","attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"%s",`+
		`"secondaryKey":"%s"}}%s}`,
		k.idName, id, key(32), key(48), more)
}

func forEachKind(t *testing.T, o emulator.Options, test func(t *testing.T, w *world, k entryKind)) {
	t.Helper()
	for _, k := range entryKinds() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, o), k)
		})
	}
}

func etagOf(t *testing.T, r result) string {
	t.Helper()
	etag, _ := r.object(t)["etag"].(string)
	if etag == "" {
		t.Fatalf("no etag in %s", r.body)
	}
	return etag
}

func TestPut_withoutIfMatch_createsOnce(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		wantStatus(t, w.service("PUT", k.path+"/a", k.body("a", "")), 200)
		wantProblem(t, w.service("PUT", k.path+"/a", k.body("a", "")), 409, 409000+k.code)
	})
}

func TestPut_conflict_hasTheRecordedMessage(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		w.service("PUT", k.path+"/a", k.body("a", ""))
		message, _ := w.service("PUT", k.path+"/a", k.body("a", "")).object(t)["message"].(string)
		if want := k.itemType + " already exists."; message != want {
			t.Errorf("message %q, want %q", message, want)
		}
	})
}

func TestPut_ifMatchOnExisting(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
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
			first := w.service("PUT", k.path+"/"+id, k.body(id, ""))
			r := w.service("PUT", k.path+"/"+id, k.body(id, ""), "If-Match", c.send(etagOf(t, first)))
			if r.status != c.status {
				t.Errorf("%s: status %d, want %d", c.name, r.status, c.status)
				continue
			}
			if c.status != 200 {
				wantProblem(t, r, c.status, c.status*1000+k.code)
			} else if etagOf(t, r) == etagOf(t, first) {
				t.Errorf("%s: the write kept the entity tag", c.name)
			}
		}
	})
}

func TestPut_ifMatchOnMissing(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		wantProblem(t, w.service("PUT", k.path+"/a", k.body("a", ""), "If-Match", "*"), 404, 404000+k.code)
		wantProblem(t, w.service("PUT", k.path+"/a", k.body("a", ""), "If-Match", `"x"`), 412, 412000+k.code)
		wantStatus(t, w.service("GET", k.path+"/a", ""), 404)
	})
}

func TestPut_ifMatchOnMissing_is404_whenChosen(t *testing.T) {
	t.Parallel()
	o := choosing(emulator.DPSChoices{MissingEntryIs404: true})
	forEachKind(t, o, func(t *testing.T, w *world, k entryKind) {
		wantProblem(t, w.service("PUT", k.path+"/a", k.body("a", ""), "If-Match", "x"), 404, 404000+k.code)
	})
}

func TestPut_refused_changesNothing(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		w.service("PUT", k.path+"/a", k.body("a", ""))
		before := w.service("GET", k.path+"/a", "").body
		w.service("PUT", k.path+"/a", k.body("a", `,"provisioningStatus":"disabled"`), "If-Match", "stale")
		w.service("PUT", k.path+"/a", k.body("a", `,"provisioningStatus":"disabled"`))
		if after := w.service("GET", k.path+"/a", "").body; after != before {
			t.Errorf("the entry changed from %s to %s", before, after)
		}
	})
}

func TestDelete_ifMatch(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
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
			etag := etagOf(t, w.service("PUT", k.path+"/"+c.name, k.body(c.name, "")))
			r := w.service("DELETE", k.path+"/"+c.name, "", c.header(etag)...)
			if r.status != c.status {
				t.Errorf("%s: status %d, want %d", c.name, r.status, c.status)
			}
			left := w.service("GET", k.path+"/"+c.name, "")
			if gone := left.status == 404; gone != (c.status == 204) {
				t.Errorf("%s: afterwards GET is %d", c.name, left.status)
			}
			if c.status == 204 && r.body != "" {
				t.Errorf("%s: 204 with the body %q", c.name, r.body)
			}
		}
	})
}

func TestDelete_missing_is404_whateverIfMatch(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		wantProblem(t, w.service("DELETE", k.path+"/a", ""), 404, 404000+k.code)
		wantProblem(t, w.service("DELETE", k.path+"/a", "", "If-Match", "*"), 404, 404000+k.code)
		wantProblem(t, w.service("DELETE", k.path+"/a", "", "If-Match", "x"), 404, 404000+k.code)
	})
}
