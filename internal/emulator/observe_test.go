// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// observations are exchanges as "METHOD path?query > request body > status > answer".
type observations struct {
	mu   sync.Mutex
	seen []string
}

func (o *observations) observe(request *http.Request, answer *http.Response) {
	sent, _ := io.ReadAll(request.Body)
	answered, _ := io.ReadAll(answer.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = append(o.seen, fmt.Sprintf("%s %s > %s > %d %s > %s",
		request.Method, request.URL.RequestURI(), sent, answer.StatusCode, answer.Header.Get("Content-Type"), answered))
}

func (o *observations) last(t *testing.T) string {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.seen) == 0 {
		t.Fatal("nothing was observed")
	}
	return o.seen[len(o.seen)-1]
}

func TestObserve_showsEveryExchangeThatAServiceAnswers(t *testing.T) {
	t.Parallel()
	o := &observations{}
	w := world.Start(t, emulator.Options{Observe: o.observe})
	body := world.EntryKinds()[0].Body("a", "")
	r := w.Service("PUT", "/enrollments/a", body)
	want := "PUT /enrollments/a?api-version=2021-10-01 > " + body + " > 200 application/json; charset=utf-8 > " + r.Body
	if got := o.last(t); got != want {
		t.Errorf("observed %s, want %s", got, want)
	}
	r = w.OnHub("hub1", "GET", "/devices/nobody", "")
	if got := o.last(t); !strings.HasPrefix(got, "GET /devices/nobody?") || !strings.HasSuffix(got, "> "+r.Body) {
		t.Errorf("observed %s", got)
	}
	// A body that was not read is not shown.
	w.Service("PUT", "/enrollments/a", body, "Authorization", "")
	if got := o.last(t); strings.Contains(got, "registrationId") || !strings.Contains(got, "> 401 ") {
		t.Errorf("observed %s", got)
	}
}

func TestObserve_showsNothingOfInjectedFailures(t *testing.T) {
	t.Parallel()
	o := &observations{}
	w := world.Start(t, emulator.Options{Observe: o.observe})
	w.Service("GET", "/enrollments/first", "")
	w.AddFault(emulator.Fault{Status: 500, Times: 1})
	w.Service("GET", "/enrollments/second", "")
	if got := o.last(t); !strings.Contains(got, "/enrollments/first?") || len(o.seen) != 1 {
		t.Errorf("observed %q", o.seen)
	}
}
