// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// Bridge carries the requests of a provider that runs in a synctest bubble to an emulator that runs outside of it: the
// provider's clock stands still while it waits for an answer, and jumps on when all that it does is to wait for time.
// So an hour of throttling takes as long as its calls do, and everything that waits at the same time waits together.
type Bridge struct {
	// Passed, where it is set, is told of each call that was answered, and when.
	Passed func(response *http.Response, at time.Time)

	client *http.Client
	now    atomic.Int64
	// slots are made outside of the bubble: waiting for one is no waiting for time.
	slots chan *slot
	calls chan *slot

	heap  atomic.Uint64
	count atomic.Uint64
}

// slot is one request on its way.
type slot struct {
	request *http.Request
	carried chan carried
}

type carried struct {
	response *http.Response
	err      error
}

// carriers is how many requests are on their way at most.
const carriers = 32

// NewBridge makes a bridge whose far end sees the time start until the provider's first call.
func NewBridge(t testing.TB, start time.Time) *Bridge {
	t.Helper()
	b := &Bridge{slots: make(chan *slot, carriers), calls: make(chan *slot)}
	b.now.Store(start.UnixNano())
	for range carriers {
		b.slots <- &slot{carried: make(chan carried, 1)}
		go func() {
			for s := range b.calls {
				s.carried <- b.carry(s.request)
			}
		}()
	}
	t.Cleanup(func() { close(b.calls) })
	return b
}

// carry sends a request and reads the whole answer.
func (b *Bridge) carry(request *http.Request) carried {
	response, err := b.client.Do(request)
	if err != nil {
		return carried{err: err}
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	return carried{response: response, err: err}
}

// RoundTrip hands a request over. Its context belongs to the bubble and stays there.
func (b *Bridge) RoundTrip(request *http.Request) (*http.Response, error) {
	b.now.Store(time.Now().UnixNano())
	outside := request.Clone(context.Background())
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		outside.Body = io.NopCloser(bytes.NewReader(body))
	}
	outside.RequestURI = ""
	b.weigh()
	s := <-b.slots
	s.request = outside
	b.calls <- s
	a := <-s.carried
	b.slots <- s
	if a.err != nil {
		return nil, a.err
	}
	a.response.Request = request
	if b.Passed != nil {
		b.Passed(a.response, time.Now())
	}
	return a.response, nil
}

// Heap is the most that the heap was seen to hold.
func (b *Bridge) Heap() uint64 { return b.heap.Load() }

// weigh looks at the heap every few hundred calls.
func (b *Bridge) weigh() {
	if b.count.Add(1)%250 != 0 {
		return
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	for {
		most := b.heap.Load()
		if stats.HeapAlloc <= most || b.heap.CompareAndSwap(most, stats.HeapAlloc) {
			return
		}
	}
}

// Now is the moment in the bubble, as the emulator sees it.
func (b *Bridge) Now() time.Time { return time.Unix(0, b.now.Load()).UTC() }

// Start is the moment at which a bubble's clock starts.
func Start() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

// InBubble runs f in a bubble, with providers whose clock is the bubble's and whose calls cross the bridge.
func (w *World) InBubble(t *testing.T, b *Bridge, f func()) {
	t.Helper()
	outer := w.T
	b.client = w.HTTPClient()
	synctest.Test(t, func(t *testing.T) {
		w.T = t
		w.Adjust = func(o *provider.Options) {
			o.Now, o.Sleep = time.Now, nil
			o.HTTPClient = func(*x509.CertPool) *http.Client { return &http.Client{Transport: b} }
		}
		f()
	})
	w.T, w.Adjust = outer, nil
}
