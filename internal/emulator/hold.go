// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"context"
	"regexp"
	"slices"
	"sync"
)

// Hold makes one request wait, so that a test can do something else in between without sleeping.
type Hold struct {
	host, method string
	path         *regexp.Regexp
	reached      chan struct{}
	released     chan struct{}
	release      sync.Once
}

// Reached is closed when the request has arrived. It has not been carried out then.
func (h *Hold) Reached() <-chan struct{} { return h.reached }

// Release lets the request go on; a hold that no request has met yet is withdrawn. It may be called more than once.
func (h *Hold) Release() { h.release.Do(func() { close(h.released) }) }

// holdList holds the holds that no request has met yet.
type holdList struct {
	mu      sync.Mutex
	waiting []*Hold
	all     []*Hold
}

func (l *holdList) add(host, method string, path *regexp.Regexp) *Hold {
	h := &Hold{
		host: host, method: method, path: path,
		reached: make(chan struct{}), released: make(chan struct{}),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting, l.all = append(l.waiting, h), append(l.all, h)
	return h
}

// wait returns when the request may go on; false when its client has gone away.
func (l *holdList) wait(ctx context.Context, host, method, path string) bool {
	h := l.take(host, method, path)
	if h == nil {
		return true
	}
	close(h.reached)
	select {
	case <-h.released:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

func (l *holdList) take(host, method, path string) *Hold {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = slices.DeleteFunc(l.waiting, (*Hold).withdrawn)
	for i, h := range l.waiting {
		match := Fault{Host: h.host, Method: h.method, Path: h.path}
		if match.matches(host, method, path) {
			l.waiting = slices.Delete(l.waiting, i, i+1)
			return h
		}
	}
	return nil
}

func (h *Hold) withdrawn() bool {
	select {
	case <-h.released:
		return true
	default:
		return false
	}
}

func (l *holdList) releaseAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.all {
		h.Release()
	}
}
