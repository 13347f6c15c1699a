// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// gate is what every request passes before a service sees it: the journal, the latency,
// the faults and the holds, in this order.
type gate struct {
	journal journal
	faults  faultList
	holds   holdList
	latency atomic.Int64
	now     func() time.Time
	panics  panicList
}

// maxPanics is how many panics are kept: the first ones, and the last.
const maxPanics = 100

// panicList holds the panics of handlers.
type panicList struct {
	mu     sync.Mutex
	panics []error
}

// catch keeps a panic, with where it happened, and ends the request as the server does.
func (l *panicList) catch(w http.ResponseWriter, r *http.Request) {
	if reason := recover(); reason != nil {
		l.keep(fmt.Errorf("%s %s: %v\n%s", r.Method, r.URL.Path, reason, debug.Stack()))
		cut(w)
	}
}

func (l *panicList) keep(caught error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.panics = append(l.panics[:min(len(l.panics), maxPanics-1)], caught)
}

func (l *panicList) all() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.panics
}

// refusal writes an injected error status in the words of a service.
type refusal func(w http.ResponseWriter, r *http.Request, status int)

// wrap puts the gate before a service; host is the listener's host:port.
func (g *gate) wrap(host string, inner http.Handler, refuse refusal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer g.panics.catch(w, r)
		path := r.URL.EscapedPath()
		w.Header().Set("Date", g.now().UTC().Format(http.TimeFormat))
		rec := &watcher{ResponseWriter: w, settle: g.journal.open(host, r.Method, path)}
		if !pause(r.Context(), time.Duration(g.latency.Load())) {
			return
		}
		f, found := g.faults.take(host, r.Method, path)
		if found {
			if !pause(r.Context(), f.Delay) {
				return
			}
			if f.Cut == CutBefore {
				cut(w)
				return
			}
			if f.Cut == "" && f.Status != 0 {
				f.answer(rec, r, refuse)
				return
			}
		}
		if !g.holds.wait(r.Context(), host, r.Method, path) {
			return
		}
		if f.Cut == CutAfter {
			inner.ServeHTTP(&discard{header: http.Header{}, settle: rec.settle}, r)
			if f.Status != 0 {
				f.answer(w, r, refuse)
				return
			}
			cut(w)
			return
		}
		inner.ServeHTTP(rec, r)
	})
}

// pause waits; false when the client has gone away meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cut closes the connection under a request without an answer.
func cut(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// watcher tells the status of an answer before the client can see it, and keeps a copy of
// the body if it has a place for it.
type watcher struct {
	http.ResponseWriter
	settle func(status int)
	copied *bytes.Buffer
	done   bool
}

func (w *watcher) WriteHeader(status int) {
	if !w.done {
		w.done = true
		w.settle(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watcher) Write(b []byte) (int, error) {
	if !w.done {
		w.WriteHeader(http.StatusOK)
	}
	if w.copied != nil {
		w.copied.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// discard takes the answer of a request that was carried out but is not answered.
type discard struct {
	header http.Header
	settle func(status int)
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.settle(status) }
