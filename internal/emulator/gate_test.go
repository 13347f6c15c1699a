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
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestJournal_listsEveryExchangeInOrderWithoutSecrets(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	w.ClearJournal()
	w.Service("GET", "/enrollments/dev", "")
	w.Service("GET", "/enrollments/a%3Ab", "")
	w.Service("GET", "/enrollments/dev", "", "Authorization", "")
	w.OnHub("hub1", "GET", "/devices/x", "")
	w.SymmetricDevice("dev", world.Key(32)).Begin()
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
	if text := fmt.Sprint(w.Journal()); strings.Contains(text, "sig=") || strings.Contains(text, world.Key(32)) {
		t.Errorf("a secret in %s", text)
	}
	w.ClearJournal()
	if got := w.Journal(); len(got) != 0 {
		t.Errorf("after clearing: %v", got)
	}
}

func TestFault_answersInsteadOfTheService(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.AddFault(emulator.Fault{
		Method: "PUT", Path: regexp.MustCompile("^/enrollments/"), Status: 503,
		Headers: map[string]string{"Retry-After": "5", "Content-Type": "text/html"}, Body: "<html>", Times: 1,
	})
	body := world.EntryKinds()[0].Body("a", "")
	r := w.Service("PUT", "/enrollments/a", body)
	if r.Status != 503 || r.Body != "<html>" || r.Header.Get("Retry-After") != "5" ||
		r.Header.Get("Content-Type") != "text/html" {
		t.Errorf("answer %v", r)
	}
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
	world.WantStatus(t, w.Service("PUT", "/enrollments/a", body), 200)
	if got := w.Journal()[0].Status; got != 503 {
		t.Errorf("journal has status %d", got)
	}
}

func TestFault_withoutBodySpeaksAsTheService(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	for _, status := range []int{400, 401, 403, 409, 412, 429, 500, 503} {
		w.AddFault(emulator.Fault{Status: status, Times: 2})
		world.WantProblem(t, w.Service("GET", "/enrollments/a", ""), status, status*1000)
		r := w.OnHub("hub1", "GET", "/devices/a", "")
		world.WantStatus(t, r, status)
		code := r.Header.Get("iothub-errorcode")
		message, _ := r.Object(t)["Message"].(string)
		if code == "" || !strings.HasPrefix(message, "ErrorCode:"+code+";") {
			t.Errorf("%d: code %q, message %q", status, code, message)
		}
	}
}

func TestFault_404WithoutBodyIsAProxys(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.AddFault(emulator.Fault{Status: 404})
	for _, r := range []world.Result{w.Service("GET", "/enrollments/a", ""), w.OnHub("hub1", "GET", "/devices/a", "")} {
		code := r.Header.Get("iothub-errorcode") + r.Header.Get("x-ms-error-code")
		if r.Status != 404 || r.Body != "" || code != "" {
			t.Errorf("the answer should be empty: %v", r)
		}
	}
}

func TestFault_selection(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	statuses := func(n int) (got []int) {
		for range n {
			got = append(got, w.Service("GET", "/enrollments/a", "").Status)
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
	w := world.Start(t, emulator.Options{})
	w.AddFault(emulator.Fault{Method: "PUT", Cut: emulator.CutBefore, Times: 1})
	c := w.ServiceCall("PUT", "/enrollments/a", world.EntryKinds()[0].Body("a", ""))
	if r, err := w.Try(c); err == nil {
		t.Errorf("an answer came: %v", r)
	}
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
	if got := w.Journal()[0]; got.Status != 0 {
		t.Errorf("journal %v", got)
	}
}

func TestFault_cutAfter_carriesOutAndDropsTheAnswer(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.AddFault(emulator.Fault{Method: "PUT", Cut: emulator.CutAfter, Times: 1})
	c := w.ServiceCall("PUT", "/enrollments/a", world.EntryKinds()[0].Body("a", ""))
	if r, err := w.Try(c); err == nil {
		t.Errorf("an answer came: %v", r)
	}
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 200)
	// A retry of the lost create meets its own write.
	world.WantProblem(t, w.Do(c), 409, 409201)
	if got := w.Journal()[0]; got.Status != 200 {
		t.Errorf("journal %v", got)
	}
}

func TestFault_cutAfterWithAStatus_carriesOutAndAnswersOtherwise(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.AddFault(emulator.Fault{Method: "PUT", Cut: emulator.CutAfter, Status: 200, Body: "<html>", Times: 1})
	if r := w.Do(w.ServiceCall("PUT", "/enrollments/a", world.EntryKinds()[0].Body("a", ""))); r.Body != "<html>" {
		t.Errorf("the answer should be the fault's: %v", r)
	}
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 200)
}

func TestHold_ordersConcurrentRequests(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	hold := w.Hold(w.DPSHostname(), "PUT", regexp.MustCompile("/enrollments/dev$"))
	etag := world.ETagOf(t, w.Service("GET", "/enrollments/dev", ""))
	c := w.ServiceCall("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""), "If-Match", etag)
	var held world.Result
	var err error
	var waiting sync.WaitGroup
	waiting.Go(func() { held, err = w.Try(c) })
	<-hold.Reached()
	world.WantStatus(t, w.Do(c), 200)
	hold.Release()
	hold.Release()
	waiting.Wait()
	if err != nil || held.Status != 412 {
		t.Errorf("the held write ended %d, %v", held.Status, err)
	}
}

func TestHold_withdrawnBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Hold("", "", nil).Release()
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
}

func TestHold_endsWithTheEmulator(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	hold := w.Hold("", "", nil)
	c := w.ServiceCall("GET", "/enrollments/a", "")
	var waiting sync.WaitGroup
	waiting.Go(func() { _, _ = w.Try(c) })
	<-hold.Reached()
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	waiting.Wait()
	if _, err := w.Try(c); err == nil {
		t.Error("the emulator answers after its end")
	}
}

func TestLatency_delaysEveryAnswer(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.SetLatency(time.Hour)
	c := w.ServiceCall("GET", "/enrollments/a", "")
	c.Client = w.Client()
	c.Client.Timeout = 20 * time.Millisecond
	if _, err := w.Try(c); err == nil {
		t.Error("an answer came at once")
	}
	w.SetLatency(0)
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
}

func TestThrottle_provisioningService(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	w.SetThrottles(emulator.Throttles{DPSOperationsPerMinute: 2, DPSRegistrationsPerMinute: 1, DPSPollsPerTenSeconds: 3})
	get := func() world.Result { return w.Service("GET", "/enrollments/dev", "") }
	world.WantStatus(t, get(), 200)
	world.WantStatus(t, get(), 200)
	r := get()
	world.WantProblem(t, r, 429, 429001)
	if got := r.Header.Get("Retry-After"); got != "30" {
		t.Errorf("Retry-After %q", got)
	}
	// Registrations have a bucket of their own, and so have the polls of each device (azure-docs, iot-dps-limits).
	d := w.SymmetricDevice("dev", world.Key(32))
	begun := d.Begin()
	world.WantStatus(t, begun, 202)
	world.WantProblem(t, d.Begin(), 429, 429001)
	id, _ := begun.Object(t)["operationId"].(string)
	for range 3 {
		world.WantStatus(t, d.Poll(id), 200)
	}
	r = d.Poll(id)
	world.WantProblem(t, r, 429, 429001)
	if got := r.Header.Get("Retry-After"); got != "4" {
		t.Errorf("Retry-After of a poll %q", got)
	}
	w.Clock.Advance(30 * time.Second)
	world.WantStatus(t, get(), 200)
	world.WantStatus(t, get(), 429)
	w.SetThrottles(emulator.Throttles{})
	world.WantStatus(t, get(), 200)
}

func TestThrottle_hub(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	w.SymmetricDevice("dev", world.Key(32)).Admitted()
	w.SetThrottles(emulator.Throttles{
		HubRegistryPerMinute: 1, HubTwinReadsPerSecond: 1, HubTwinWritesPerSecond: 1, HubQueriesPerMinute: 1,
	})
	query := func() world.Result {
		return w.OnHub("hub1", "POST", "/devices/query", `{"query":"SELECT * FROM devices"}`)
	}
	for name, send := range map[string]func() world.Result{
		"registry": func() world.Result { return w.OnHub("hub1", "GET", "/devices/dev", "") },
		"twins":    func() world.Result { return w.OnHub("hub1", "GET", "/twins/dev", "") },
		"changes":  func() world.Result { return w.OnHub("hub1", "PATCH", "/twins/dev", "{}") },
		"queries":  query,
	} {
		if r := send(); r.Status != 200 {
			t.Errorf("%s: the first is answered %d", name, r.Status)
		}
		r := send()
		if r.Status != 429 || r.Header.Get("Retry-After") != "" || r.Header.Get("iothub-errorcode") == "" {
			t.Errorf("%s: the second is answered %v", name, r)
		}
	}
	w.Clock.Advance(time.Second)
	world.WantStatus(t, w.OnHub("hub1", "GET", "/twins/dev", ""), 200)
	world.WantStatus(t, w.OnHub("hub1", "GET", "/devices/dev", ""), 429)
	world.WantStatus(t, w.OnHub("hub1", "PATCH", "/twins/dev", "{}"), 200)
}

func TestThrottle_countsThePollsOfEachDeviceByItself(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	var polls []func() world.Result
	for _, id := range []string{"first", "second"} {
		world.WantStatus(t, w.Service("PUT", "/enrollments/"+id, world.EntryKinds()[0].Body(id, "")), 200)
		d := w.SymmetricDevice(id, world.Key(32))
		operation, _ := d.Begin().Object(t)["operationId"].(string)
		polls = append(polls, func() world.Result { return d.Poll(operation) })
	}
	w.SetThrottles(emulator.ServiceThrottles())
	for range 5 {
		world.WantStatus(t, polls[0](), 200)
	}
	world.WantStatus(t, polls[0](), 429)
	world.WantStatus(t, polls[1](), 200)
}
