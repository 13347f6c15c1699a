// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestGate_keepsThePanicsOfHandlersForClose(t *testing.T) {
	t.Parallel()
	e := &Emulator{gate: gate{now: time.Now}}
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		all := strings.Fields("a b")
		_ = all[len(all)]
	})
	e.gate.wrap("host", broken, nil).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/devices/x", nil))
	err := e.Close()
	if err == nil || !strings.Contains(err.Error(), "GET /devices/x: runtime error: index out of range") {
		t.Errorf("closing says %v", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("closing again says %v", err)
	}
}

func TestPanics_areKeptUpToANumber(t *testing.T) {
	t.Parallel()
	e := &Emulator{gate: gate{now: time.Now}}
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(0) }) //nolint:forbidigo // caught
	for range 3 * maxPanics {
		e.gate.wrap("host", broken, nil).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}
	if n := len(e.gate.panics.all()); n != maxPanics {
		t.Errorf("%d panics are kept", n)
	}
}

func TestJournal_forgetsTheOldestWhenItIsLong(t *testing.T) {
	t.Parallel()
	var j journal
	for range 2 * maxJournal {
		j.open("old", "GET", "/")
	}
	j.open("new", "GET", "/")(200)
	defer func() {
		j.open("long", "GET", strings.Repeat("/", 2*maxJournalPath))
		if all := j.list(); len(all[len(all)-1].Path) != maxJournalPath {
			t.Errorf("a path of %d bytes is kept", len(all[len(all)-1].Path))
		}
	}()
	if all := j.list(); len(all) != maxJournal+1 || all[maxJournal] != (Exchange{"new", "GET", "/", 200}) {
		t.Errorf("%d exchanges, the last is %v", len(all), all[len(all)-1])
	}
}
