// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package world

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// EntryKind is one of the two kinds of entries, for tests that hold for both.
type EntryKind struct {
	Name, Path, IDName, Items, ItemType string
	// Code ends the kind's error numbers; Missing is that of an entry that is not there.
	Code, Missing int
}

// EntryKinds are both.
func EntryKinds() []EntryKind {
	return []EntryKind{
		{"individual", "/enrollments", "registrationId", "enrollments", "Enrollment", 201, 404201},
		{"group", "/enrollmentGroups", "enrollmentGroupId", "enrollmentGroups", "EnrollmentGroup", 202, 404204},
	}
}

// Body is a symmetric-key entry; more is appended to its members.
func (k EntryKind) Body(id, more string) string {
	return fmt.Sprintf(`{"%s":"%s","attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"%s",`+
		`"secondaryKey":"%s"}}%s}`,
		k.IDName, id, Key(32), Key(48), more)
}

// ForEachKind runs a test for both kinds, each in a world of its own.
func ForEachKind(t *testing.T, o emulator.Options, test func(t *testing.T, w *World, k EntryKind)) {
	t.Helper()
	for _, k := range EntryKinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			test(t, Start(t, o), k)
		})
	}
}

// ETagOf is the entity tag in an answer.
func ETagOf(t *testing.T, r Result) string {
	t.Helper()
	etag, _ := r.Object(t)["etag"].(string)
	if etag == "" {
		t.Fatalf("no etag in %s", r.Body)
	}
	return etag
}

// Bulk is the body of a bulk call.
func (k EntryKind) Bulk(mode string, items ...string) string {
	return `{"mode":"` + mode + `","` + k.Items + `":[` + strings.Join(items, ",") + `]}`
}

// ETagged is an entry with an entity tag.
func (k EntryKind) ETagged(id, etag string) string { return k.Body(id, `,"etag":"`+etag+`"`) }

// BulkFailed is the answer to a bulk call of which one item failed.
func (k EntryKind) BulkFailed(id string, code int, message string) string {
	return fmt.Sprintf(`{"errors":[{"%s":"%s","errorCode":%d,"errorStatus":"%s"}],`+
		`"isSuccessful":false}`, k.IDName, id, code, message)
}

// Rewrite replaces the enrollment "dev".
func (w *World) Rewrite(more string) {
	w.T.Helper()
	body := EntryKinds()[0].Body("dev", more)
	WantStatus(w.T, w.Service("PUT", "/enrollments/dev", body, "If-Match", w.IfExists("/enrollments/dev")), 200)
}

// PutGroup makes an X.509 group with one signing certificate.
func (w *World) PutGroup(id string, ca *Authority, status string) {
	w.T.Helper()
	body := `{"enrollmentGroupId":"` + id + `","provisioningStatus":"` + status + `","attestation":{"type":"x509",` +
		`"x509":{"signingCertificates":{"primary":{"certificate":` + Quote(w.T, ca.PEM()) + `}}}}}`
	WantStatus(w.T, w.Service("PUT", "/enrollmentGroups/"+id, body, "If-Match", w.IfExists("/enrollmentGroups/"+id)), 200)
}

// PutLeaf makes an individual enrollment for a client certificate.
func (w *World) PutLeaf(id string, c tls.Certificate, status string) {
	w.T.Helper()
	body := `{"registrationId":"` + id + `","provisioningStatus":"` + status + `","attestation":{"type":"x509","x509":{` +
		`"clientCertificates":{` + Slot(w.T, "primary", PEMOf(c.Certificate[0])) + `}}}}`
	WantStatus(w.T, w.Service("PUT", "/enrollments/"+id, body, "If-Match", w.IfExists("/enrollments/"+id)), 200)
}

// IfExists is "*" for an existing entry and nothing for a new one.
func (w *World) IfExists(path string) string {
	w.T.Helper()
	if w.Service("GET", path, "").Status == 200 {
		return "*"
	}
	return ""
}

// Pages reads a query to its end and returns the IDs of each page.
func (w *World) Pages(path, body, idName string, pairs ...string) [][]string {
	w.T.Helper()
	var all [][]string
	token := ""
	for {
		headers := pairs
		if token != "" {
			headers = append(headers, "x-ms-continuation", token)
		}
		r := w.Service("POST", path, body, headers...)
		WantStatus(w.T, r, 200)
		var items []map[string]any
		if err := json.Unmarshal([]byte(r.Body), &items); err != nil {
			w.T.Fatal(err)
		}
		ids := []string{}
		for _, i := range items {
			ids = append(ids, fmt.Sprint(i[idName]))
		}
		all = append(all, ids)
		if token = r.Header.Get("x-ms-continuation"); token == "" {
			return all
		}
	}
}

// Slot is one slot of X.509 certificates, with its certificate as text.
func Slot(t *testing.T, name, certificate string) string {
	t.Helper()
	return `"` + name + `":{"certificate":` + Quote(t, certificate) + `}`
}
