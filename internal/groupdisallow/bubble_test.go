// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

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

// bridge carries the requests of a provider that runs in a synctest bubble to an emulator that runs outside of it: the
// provider's clock stands still while it waits for an answer, and jumps on when all that it does is to wait for time.
// So an hour of throttling takes as long as its calls do, and everything that waits at the same time waits together.
type bridge struct {
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
	answer  chan answer
}

type answer struct {
	response *http.Response
	err      error
}

// carriers is how many requests are on their way at most.
const carriers = 32

func newBridge(t testing.TB, start time.Time) *bridge {
	t.Helper()
	b := &bridge{slots: make(chan *slot, carriers), calls: make(chan *slot)}
	b.now.Store(start.UnixNano())
	for range carriers {
		b.slots <- &slot{answer: make(chan answer, 1)}
		go func() {
			for s := range b.calls {
				s.answer <- b.carry(s.request)
			}
		}()
	}
	t.Cleanup(func() { close(b.calls) })
	return b
}

// carry sends a request and reads the whole answer.
func (b *bridge) carry(request *http.Request) answer {
	response, err := b.client.Do(request)
	if err != nil {
		return answer{err: err}
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	return answer{response: response, err: err}
}

// RoundTrip hands a request over. Its context belongs to the bubble and stays there.
func (b *bridge) RoundTrip(request *http.Request) (*http.Response, error) {
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
	a := <-s.answer
	b.slots <- s
	if a.err != nil {
		return nil, a.err
	}
	a.response.Request = request
	return a.response, nil
}

// weigh looks at the heap every few hundred calls.
func (b *bridge) weigh() {
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
func (b *bridge) Now() time.Time { return time.Unix(0, b.now.Load()).UTC() }

// inBubble runs f in a bubble, with a provider whose clock is the bubble's.
func (p plant) inBubble(t *testing.T, b *bridge, f func()) {
	t.Helper()
	outer := p.T
	b.client = p.HTTPClient()
	synctest.Test(t, func(t *testing.T) {
		p.T = t
		p.Adjust = func(o *provider.Options) {
			o.Now, o.Sleep = time.Now, nil
			o.HTTPClient = func(*x509.CertPool) *http.Client { return &http.Client{Transport: b} }
		}
		f()
	})
	p.T, p.Adjust = outer, nil
}
