// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// diary is what a client tells of its waits, with the time of each.
type diary struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func (d *diary) write(_ context.Context, w azrest.Wait) {
	d.mu.Lock()
	defer d.mu.Unlock()
	word := "waits"
	if w.Begins {
		word = "begins"
	}
	d.lines = append(d.lines, fmt.Sprintf("%s %s: %s %s %q %q %s, %d", time.Since(d.start), word, w.Service, w.Host,
		w.Bucket, w.Reason, w.Left, w.Waiting))
}

// told returns what is told of a call that is answered with replies, one after the other.
func told(t *testing.T, replies ...reply) []string {
	t.Helper()
	var d diary
	synctest.Test(t, func(t *testing.T) {
		d.start = time.Now()
		o := &azrest.Options{OnWait: d.write, Retry: azrest.RetryOptions{Jitter: func() float64 { return 0 }}}
		o.Transport = &transport{replies: replies}
		p := azrest.NewPipeline(testService(), "H.example", anonymous{}, o)
		call := getThing()
		call.Bucket = registry()
		work(t, 1, 1, func(ctx context.Context) error {
			_, err := azrest.Do[thing](ctx, p, call)
			return err
		})
	})
	return d.lines
}

func TestWait_isToldWhenItBeginsAndEveryFiveSeconds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first reply
		want  []string
	}{
		"throttled": {status(429), []string{
			`0s begins: Test h.example "registry" "429 Too Many Requests" 10s, 1`,
			`5s waits: Test h.example "registry" "" 5s, 1`,
		}},
		"as the service asks": {reply{status: 429, header: map[string]string{"Retry-After": "11"}}, []string{
			`0s begins: Test h.example "registry" "429 Too Many Requests" 11s, 1`,
			`5s waits: Test h.example "registry" "" 6s, 1`,
			`10s waits: Test h.example "registry" "" 1s, 1`,
		}},
		"unavailable": {status(503), []string{
			`0s begins: Test h.example "" "503 Service Unavailable" 10s, 1`,
			`5s waits: Test h.example "" "503 Service Unavailable" 5s, 1`,
		}},
		"no answer": {cut(), []string{`0s begins: Test h.example "" "no answer" 1s, 1`}},
		"answered":  {ok(`{}`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := told(t, c.first, ok(`{}`)); !slices.Equal(got, c.want) {
				t.Errorf("told\n%q, want\n%q", got, c.want)
			}
		})
	}
}

// Calls that wait for the same throttle are one line each time, which counts them.
func TestWait_isToldOnceForAllCallsOfABucket(t *testing.T) {
	t.Parallel()
	var d diary
	synctest.Test(t, func(t *testing.T) {
		d.start = time.Now()
		s := &throttled{calls: 100, per: time.Minute}
		o := &azrest.Options{OnWait: d.write, Retry: azrest.RetryOptions{Jitter: func() float64 { return 0 }}}
		o.Transport = s
		p := azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
		call := getThing()
		call.Bucket = registry()
		work(t, 150, side, func(ctx context.Context) error {
			_, err := azrest.Do[thing](ctx, p, call)
			return err
		})
	})
	begins, lasts := 0, 0
	for _, line := range d.lines {
		switch {
		case strings.Contains(line, "begins"):
			begins++
		case strings.HasSuffix(line, ", 10"):
			lasts++
		}
	}
	// It takes 30 seconds; the calls at the end are fewer than ten.
	if begins != 1 || lasts < 3 || len(d.lines) > 8 {
		t.Errorf("told %q", d.lines)
	}
}
