// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestJournal_listsEveryExchangeInOrderWithoutSecrets(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite("")
	w.ClearJournal()
	w.service("GET", "/enrollments/dev", "")
	w.service("GET", "/enrollments/a%3Ab", "")
	w.service("GET", "/enrollments/dev", "", "Authorization", "")
	w.hub("hub1", "GET", "/devices/x", "")
	w.symmetricDevice("dev", key(32)).begin()
	dps, hub := w.DPSHostname(), w.Hub("hub1").Hostname()
	want := []emulator.Exchange{
		{Host: dps, Method: "GET", Path: "/enrollments/dev", Status: 200},
		{Host: dps, Method: "GET", Path: "/enrollments/a%3Ab", Status: 404},
		{Host: dps, Method: "GET", Path: "/enrollments/dev", Status: 401},
		{Host: hub, Method: "GET", Path: "/devices/x", Status: 404},
		{Host: dps, Method: "PUT", Path: "/" + w.IDScope() + "/registrations/dev/register", Status: 202},
	}
	if got := w.Journal(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("journal\n%v, want\n%v", got, want)
	}
	if text := fmt.Sprint(w.Journal()); strings.Contains(text, "sig=") || strings.Contains(text, key(32)) {
		t.Errorf("a secret in %s", text)
	}
	w.ClearJournal()
	if got := w.Journal(); len(got) != 0 {
		t.Errorf("after clearing: %v", got)
	}
}

func TestFault_answersInsteadOfTheService(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.AddFault(emulator.Fault{
		Method: "PUT", Path: regexp.MustCompile("^/enrollments/"), Status: 503,
		Headers: map[string]string{"Retry-After": "5", "Content-Type": "text/html"}, Body: "<html>", Times: 1,
	})
	body := entryKinds()[0].body("a", "")
	r := w.service("PUT", "/enrollments/a", body)
	if r.status != 503 || r.body != "<html>" || r.header.Get("Retry-After") != "5" ||
		r.header.Get("Content-Type") != "text/html" {
		t.Errorf("answer %v", r)
	}
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
	wantStatus(t, w.service("PUT", "/enrollments/a", body), 200)
	if got := w.Journal()[0].Status; got != 503 {
		t.Errorf("journal has status %d", got)
	}
}

func TestFault_withoutBodySpeaksAsTheService(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	for _, status := range []int{400, 401, 403, 409, 412, 429, 500, 503} {
		w.AddFault(emulator.Fault{Status: status, Times: 2})
		wantProblem(t, w.service("GET", "/enrollments/a", ""), status, status*1000)
		r := w.hub("hub1", "GET", "/devices/a", "")
		wantStatus(t, r, status)
		code := r.header.Get("iothub-errorcode")
		message, _ := r.object(t)["Message"].(string)
		if code == "" || !strings.HasPrefix(message, "ErrorCode:"+code+";") {
			t.Errorf("%d: code %q, message %q", status, code, message)
		}
	}
}

func TestFault_404WithoutBodyIsAProxys(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.AddFault(emulator.Fault{Status: 404})
	for _, r := range []result{w.service("GET", "/enrollments/a", ""), w.hub("hub1", "GET", "/devices/a", "")} {
		code := r.header.Get("iothub-errorcode") + r.header.Get("x-ms-error-code")
		if r.status != 404 || r.body != "" || code != "" {
			t.Errorf("the answer should be empty: %v", r)
		}
	}
}

func TestFault_selection(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	statuses := func(n int) (got []int) {
		for range n {
			got = append(got, w.service("GET", "/enrollments/a", "").status)
		}
		return got
	}
	for name, c := range map[string]struct {
		fault emulator.Fault
		want  string
	}{
		"until cleared":  {emulator.Fault{Status: 500}, "[500 500 500]"},
		"twice":          {emulator.Fault{Status: 500, Times: 2}, "[500 500 404]"},
		"skip one":       {emulator.Fault{Status: 500, Times: 1, Skip: 1}, "[404 500 404]"},
		"this host":      {emulator.Fault{Status: 500, Host: w.DPSHostname()}, "[500 500 500]"},
		"another host":   {emulator.Fault{Status: 500, Host: w.Hub("hub1").Hostname()}, "[404 404 404]"},
		"another method": {emulator.Fault{Status: 500, Method: "PUT"}, "[404 404 404]"},
		"another path":   {emulator.Fault{Status: 500, Path: regexp.MustCompile("Groups")}, "[404 404 404]"},
		"delay only":     {emulator.Fault{Delay: time.Millisecond}, "[404 404 404]"},
	} {
		w.AddFault(c.fault)
		if got := fmt.Sprint(statuses(3)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		w.ClearFaults()
	}
	w.AddFault(emulator.Fault{Status: 500, Times: 1})
	w.AddFault(emulator.Fault{Status: 503, Times: 1})
	if got := fmt.Sprint(statuses(3)); got != "[500 503 404]" {
		t.Errorf("two faults: %s", got)
	}
}

func TestFault_cutBefore_carriesNothingOut(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.AddFault(emulator.Fault{Method: "PUT", Cut: emulator.CutBefore, Times: 1})
	c := w.serviceCall("PUT", "/enrollments/a", entryKinds()[0].body("a", ""))
	if r, err := w.try(c); err == nil {
		t.Errorf("an answer came: %v", r)
	}
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
	if got := w.Journal()[0]; got.Status != 0 {
		t.Errorf("journal %v", got)
	}
}

func TestFault_cutAfter_carriesOutAndDropsTheAnswer(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.AddFault(emulator.Fault{Method: "PUT", Cut: emulator.CutAfter, Times: 1})
	c := w.serviceCall("PUT", "/enrollments/a", entryKinds()[0].body("a", ""))
	if r, err := w.try(c); err == nil {
		t.Errorf("an answer came: %v", r)
	}
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 200)
	// A retry of the lost create meets its own write.
	wantProblem(t, w.do(c), 409, 409201)
	if got := w.Journal()[0]; got.Status != 200 {
		t.Errorf("journal %v", got)
	}
}

func TestFault_cutAfterWithAStatus_carriesOutAndAnswersOtherwise(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.AddFault(emulator.Fault{Method: "PUT", Cut: emulator.CutAfter, Status: 200, Body: "<html>", Times: 1})
	if r := w.do(w.serviceCall("PUT", "/enrollments/a", entryKinds()[0].body("a", ""))); r.body != "<html>" {
		t.Errorf("the answer should be the fault's: %v", r)
	}
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 200)
}

func TestHold_ordersConcurrentRequests(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite("")
	hold := w.Hold(w.DPSHostname(), "PUT", regexp.MustCompile("/enrollments/dev$"))
	etag := etagOf(t, w.service("GET", "/enrollments/dev", ""))
	c := w.serviceCall("PUT", "/enrollments/dev", entryKinds()[0].body("dev", ""), "If-Match", etag)
	var held result
	var err error
	var waiting sync.WaitGroup
	waiting.Go(func() { held, err = w.try(c) })
	<-hold.Reached()
	wantStatus(t, w.do(c), 200)
	hold.Release()
	hold.Release()
	waiting.Wait()
	if err != nil || held.status != 412 {
		t.Errorf("the held write ended %d, %v", held.status, err)
	}
}

func TestHold_withdrawnBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.Hold("", "", nil).Release()
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
}

func TestHold_endsWithTheEmulator(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	hold := w.Hold("", "", nil)
	c := w.serviceCall("GET", "/enrollments/a", "")
	var waiting sync.WaitGroup
	waiting.Go(func() { _, _ = w.try(c) })
	<-hold.Reached()
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	waiting.Wait()
	if _, err := w.try(c); err == nil {
		t.Error("the emulator answers after its end")
	}
}

func TestLatency_delaysEveryAnswer(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.SetLatency(time.Hour)
	c := w.serviceCall("GET", "/enrollments/a", "")
	c.client = w.client()
	c.client.Timeout = 20 * time.Millisecond
	if _, err := w.try(c); err == nil {
		t.Error("an answer came at once")
	}
	w.SetLatency(0)
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
}

func TestThrottle_provisioningService(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite("")
	w.SetThrottles(emulator.Throttles{DPSOperationsPerMinute: 2, DPSRegistrationsPerMinute: 1})
	get := func() result { return w.service("GET", "/enrollments/dev", "") }
	wantStatus(t, get(), 200)
	wantStatus(t, get(), 200)
	r := get()
	wantProblem(t, r, 429, 429001)
	if got := r.header.Get("Retry-After"); got != "30" {
		t.Errorf("Retry-After %q", got)
	}
	// Registrations have a bucket of their own, polls have none.
	d := w.symmetricDevice("dev", key(32))
	begun := d.begin()
	wantStatus(t, begun, 202)
	wantProblem(t, d.begin(), 429, 429001)
	id, _ := begun.object(t)["operationId"].(string)
	for range 3 {
		wantStatus(t, d.poll(id), 200)
	}
	w.clock.advance(30 * time.Second)
	wantStatus(t, get(), 200)
	wantStatus(t, get(), 429)
	w.SetThrottles(emulator.Throttles{})
	wantStatus(t, get(), 200)
}

func TestThrottle_hub(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite("")
	w.symmetricDevice("dev", key(32)).admitted()
	w.SetThrottles(emulator.Throttles{HubRegistryPerMinute: 1, HubTwinReadsPerSecond: 1, HubQueriesPerMinute: 1})
	query := func() result { return w.hub("hub1", "POST", "/devices/query", `{"query":"SELECT * FROM devices"}`) }
	for name, send := range map[string]func() result{
		"registry": func() result { return w.hub("hub1", "GET", "/devices/dev", "") },
		"twins":    func() result { return w.hub("hub1", "GET", "/twins/dev", "") },
		"queries":  query,
	} {
		if r := send(); r.status != 200 {
			t.Errorf("%s: the first is answered %d", name, r.status)
		}
		r := send()
		if r.status != 429 || r.header.Get("Retry-After") != "" || r.header.Get("iothub-errorcode") == "" {
			t.Errorf("%s: the second is answered %v", name, r)
		}
	}
	w.clock.advance(time.Second)
	wantStatus(t, w.hub("hub1", "GET", "/twins/dev", ""), 200)
	wantStatus(t, w.hub("hub1", "GET", "/devices/dev", ""), 429)
	wantStatus(t, w.hub("hub1", "PATCH", "/twins/dev", "{}"), 200)
}
