// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// directly is a call of a service that does not go through a connection.
func directly(w *world.World, c world.Call) world.Call {
	c.Client = &http.Client{Transport: w.Transport()}
	return c
}

func TestTransport_bringsWhatAConnectionBrings(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	w.ClearJournal()
	calls := []world.Call{
		w.ServiceCall("GET", "/enrollments/dev", ""),
		w.ServiceCall("GET", "/enrollments/a%3Ab", ""),
		w.ServiceCall("GET", "/enrollments/dev", "", "Authorization", ""),
		w.ServiceCall("POST", "/enrollments/query", `{"query":"SELECT * FROM enrollments"}`),
		w.ServiceCall("DELETE", "/enrollments/dev", "", "If-Match", `"another"`),
		{Host: w.Hub("hub1").Hostname(), Method: "GET", Path: "/devices/x"},
	}
	for _, c := range calls {
		connected, direct := w.Do(c), w.Do(directly(w, c))
		if connected.Status != direct.Status || connected.Header.Get("Content-Type") != direct.Header.Get("Content-Type") ||
			connected.Header.Get("Date") != direct.Header.Get("Date") {
			t.Errorf("%s %s: %v, and directly %v", c.Method, c.Path, connected, direct)
		}
		if connected.Status < http.StatusBadRequest && connected.Body != direct.Body {
			t.Errorf("%s %s: %s, and directly %s", c.Method, c.Path, connected.Body, direct.Body)
		}
	}
	journal := w.Journal()
	for pair := range slices.Chunk(journal, 2) {
		if len(journal) != 2*len(calls) || pair[0] != pair[1] {
			t.Errorf("the journal should have each call twice: %v", journal)
		}
	}
}

func TestTransport_failsAsAConnectionDoes(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	get := directly(w, w.ServiceCall("GET", "/enrollments/a", ""))
	for _, moment := range []string{emulator.CutBefore, emulator.CutAfter} {
		w.AddFault(emulator.Fault{Cut: moment, Times: 1})
		if r, err := w.Try(get); err == nil {
			t.Errorf("cut %s: answered %v", moment, r)
		}
	}
	w.AddFault(emulator.Fault{Status: 503, Times: 1})
	world.WantStatus(t, w.Do(get), 503)
	world.WantStatus(t, w.Do(get), 404)
	get.Host = "elsewhere.example"
	if r, err := w.Try(get); err == nil {
		t.Errorf("nobody is there, and answers %v", r)
	}
}

func TestTransport_waitsNoLongerThanItsClient(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.SetLatency(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+w.DPSHostname()+"/enrollments/a", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := w.Transport().RoundTrip(r); !errors.Is(err, context.Canceled) {
		t.Errorf("answered %v %v", answer, err)
	}
}

// A certificate is shown in a handshake, and nowhere else.
func TestTransport_letsNoDeviceIn(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	certificate := world.SelfSigned(t, "dev")
	w.PutLeaf("dev", certificate, "enabled")
	d := w.X509Device("dev", certificate)
	d.Client = &http.Client{Transport: w.Transport()}
	world.WantStatus(t, d.Begin(), 401)
}
