// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"regexp"
	"sync"
	"time"
)

// The moments at which a fault can cut the connection.
const (
	// CutBefore drops the connection; the request is not carried out.
	CutBefore = "before"
	// CutAfter carries the request out and drops the connection instead of answering; with
	// a Status it answers so instead, as a proxy that replaces the service's answer does.
	CutAfter = "after"
)

// Fault is an injected failure of matching requests. With a Status the request is not carried out and answered so; with
// a Cut the connection is dropped; with a Delay alone the request is carried out late.
type Fault struct {
	// Host limits the fault to one listener, "host:port"; empty means any.
	Host string
	// Method limits it to one HTTP method; empty means any.
	Method string
	// Path is matched against the path as sent, without the query; nil means any.
	Path *regexp.Regexp
	// Status is the answer; 0 leaves it to the service.
	Status int
	// Headers of the answer.
	Headers map[string]string
	// Body of the answer, sent as it is; empty means the service's own error body for a Status of 400 and more, and
	// nothing for a 404, which is then a proxy's: what is to be gone in the service's own words is deleted.
	Body string
	// Delay is waited before anything else happens.
	Delay time.Duration
	// Cut is CutBefore, CutAfter or empty.
	Cut string
	// Times is how many requests fail; 0 means until the faults are cleared.
	Times int
	// Skip is how many matching requests pass first.
	Skip int
}

func (f *Fault) matches(host, method, path string) bool {
	return (f.Host == "" || f.Host == host) && (f.Method == "" || f.Method == method) &&
		(f.Path == nil || f.Path.MatchString(path))
}

// faultList holds the injected faults; the oldest match counts.
type faultList struct {
	mu     sync.Mutex
	faults []*Fault
}

func (l *faultList) add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, &f)
}

func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = nil
}

// take finds the fault for a request and counts it down.
func (l *faultList) take(host, method, path string) (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, f := range l.faults {
		if !f.matches(host, method, path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		taken := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				l.faults = append(l.faults[:i], l.faults[i+1:]...)
			}
		}
		return taken, true
	}
	return Fault{}, false
}

// answer writes the injected answer.
func (f *Fault) answer(w http.ResponseWriter, r *http.Request, refuse refusal) {
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
	if f.Body == "" && f.Status >= http.StatusBadRequest && f.Status != http.StatusNotFound {
		refuse(w, r, f.Status)
		return
	}
	if f.Body != "" && w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body))
}
