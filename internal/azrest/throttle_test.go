// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// throttled is a service with one throttle, in a bubble: a full bucket holds a period's calls and refills evenly.
type throttled struct {
	calls      int
	per        time.Duration
	latency    time.Duration
	retryAfter string

	mu                sync.Mutex
	left              float64
	at                time.Time
	arrivals          []time.Time
	accepted, refused int
}

func (s *throttled) Do(req *http.Request) (*http.Response, error) {
	elapse(s.latency)
	answer := &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: req,
	}
	if !s.take() {
		answer.StatusCode = http.StatusTooManyRequests
		answer.Header.Set("Retry-After", s.retryAfter)
	}
	return answer, nil
}

func (s *throttled) take() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.arrivals = append(s.arrivals, now)
	if s.at.IsZero() {
		s.left, s.at = float64(s.calls), now
	}
	s.left = min(float64(s.calls), s.left+now.Sub(s.at).Seconds()*float64(s.calls)/s.per.Seconds())
	s.at = now
	if s.left < 1 {
		s.refused++
		return false
	}
	s.left--
	s.accepted++
	return true
}

// elapse lets time pass in a bubble.
func elapse(d time.Duration) { <-time.After(d) }

// wasted is the part of the calls that were refused, in percent.
func (s *throttled) wasted() float64 {
	return 100 * float64(s.refused) / float64(s.refused+s.accepted)
}

// least is how long so many calls take at least.
func (s *throttled) least(calls int) time.Duration {
	return time.Duration(calls-s.calls) * s.per / time.Duration(s.calls)
}

// client makes a client of the service, for calls of a bucket.
func (s *throttled) client(documented azrest.Bucket) func(ctx context.Context) error {
	o := &azrest.Options{}
	o.Transport = s
	p := azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
	call := getThing()
	call.Bucket = documented
	return func(ctx context.Context) error {
		_, err := azrest.Do[thing](ctx, p, call)
		return err
	}
}

// work makes so many calls, some at a time, and tells how long that took.
func work(t *testing.T, calls, side int, call func(ctx context.Context) error) time.Duration {
	t.Helper()
	start := time.Now()
	todo := make(chan struct{}, calls)
	for range calls {
		todo <- struct{}{}
	}
	close(todo)
	var all sync.WaitGroup
	for range side {
		all.Go(func() {
			for range todo {
				if err := call(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

// Terraform's default parallelism.
const side = 10

func registry() azrest.Bucket { return azrest.Bucket{Name: "registry", Calls: 100, Per: time.Minute} }

func twins() azrest.Bucket {
	return azrest.Bucket{Name: "twins", Calls: 100, Per: second, Base: second / 2}
}

func operations() azrest.Bucket {
	return azrest.Bucket{Name: "operations", Calls: 1000, Per: time.Minute}
}

// What the services dictate is what work takes, and hardly a call is refused.
func TestThrottle_costsLittleMoreTimeAndCallsThanTheBucketDictates(t *testing.T) {
	t.Parallel()
	const network = 50 * time.Millisecond
	for name, c := range map[string]struct {
		documented  azrest.Bucket
		service     *throttled
		calls, side int
	}{
		"250 identities":             {registry(), &throttled{calls: 100, per: time.Minute}, 250, side},
		"250 identities, far away":   {registry(), &throttled{calls: 100, per: time.Minute, latency: network}, 250, side},
		"250 identities, 60 at once": {registry(), &throttled{calls: 100, per: time.Minute}, 250, 60},
		"1,000 identities":           {registry(), &throttled{calls: 100, per: time.Minute}, 1000, side},
		"1,000 with three units":     {registry(), &throttled{calls: 300, per: time.Minute}, 1000, side},
		"2,000 twins":                {twins(), &throttled{calls: 100, per: second}, 2000, side},
		"2,000 twins, far away":      {twins(), &throttled{calls: 100, per: second, latency: network}, 2000, side},
		"15,000 twins of an S3":      {twins(), &throttled{calls: 500, per: second, latency: network / 5}, 15000, side},
		"600 creates at 300 a minute": {
			operations(), &throttled{calls: 300, per: time.Minute, retryAfter: "1"}, 600, side,
		},
		"3,000 creates": {
			operations(), &throttled{calls: 1000, per: time.Minute, retryAfter: "1", latency: network}, 3000, side,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := c.service
				took, least := work(t, c.calls, c.side, s.client(c.documented)), s.least(c.calls)
				t.Logf("%.3f of the least time, %.2f %% refused", float64(took)/float64(least), s.wasted())
				if took > least*105/100 || s.wasted() >= 3 {
					t.Errorf("%s of at least %s; %d of %d calls were refused", took, least, s.refused, len(s.arrivals))
				}
			})
		})
	}
}

// How two clients share a bucket is held more closely, whatever chance decides, by TestGate_sharesABucketWithOthers.
func TestThrottle_isSharedByTwoClients(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		documented azrest.Bucket
		service    *throttled
		calls      int
	}{
		"registry":   {registry(), &throttled{calls: 100, per: time.Minute}, 1000},
		"twins":      {twins(), &throttled{calls: 100, per: second}, 5000},
		"operations": {operations(), &throttled{calls: 1000, per: time.Minute, retryAfter: "1"}, 5000},
	} {
		for when, late := range map[string]time.Duration{"at once": 0, "later": 3 * c.service.per} {
			t.Run(name+" "+when, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, start := &throttled{calls: c.service.calls, per: c.service.per, retryAfter: c.service.retryAfter}, time.Now()
					var first, second time.Duration
					var both sync.WaitGroup
					both.Go(func() { first = work(t, c.calls, side, s.client(c.documented)) })
					elapse(late)
					both.Go(func() { second = work(t, c.calls, side, s.client(c.documented)) })
					both.Wait()
					took, least := time.Since(start), s.least(2*c.calls)
					t.Logf("%s and %s of at least %s, %.2f %% refused", first, second, least, s.wasted())
					if took > least*11/10 || s.wasted() >= 3 {
						t.Errorf("%s of at least %s; %.2f %% were refused", took, least, s.wasted())
					}
					if second > 2*first || first > 2*second {
						t.Errorf("one took %s and the other %s", first, second)
					}
				})
			})
		}
	}
}

// A client that knows no pace, such as a person with a command line, gets in among ten that work all the time.
func TestThrottle_leavesRoomForAPlainClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 100, per: time.Minute}
		var busy sync.WaitGroup
		busy.Go(func() { work(t, 1000, side, s.client(registry())) })
		elapse(90 * second)
		tries := 0
		for range 20 {
			tries++
			for ; !s.take(); tries++ {
				elapse(10 * second)
			}
			elapse(second)
		}
		if tries > 40 {
			t.Errorf("20 calls took %d tries", tries)
		}
		busy.Wait()
	})
}

func TestThrottle_letsWaitingCallsThroughOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 100, per: time.Minute}
		work(t, 150, side, s.client(registry()))
		var opened []time.Time
		for _, at := range s.arrivals {
			if at.Sub(s.arrivals[0]) > 5*second {
				opened = append(opened, at)
			}
		}
		for i := range len(opened) - 1 {
			// A call may pass every 600 ms; they catch up four times as fast.
			if gap := opened[i+1].Sub(opened[i]); gap < 100*time.Millisecond {
				t.Fatalf("call %d after the gate opened came %s after the one before", i+2, gap)
			}
		}
		if len(opened) < 45 {
			t.Errorf("only %d calls were made after the gate opened", len(opened))
		}
	})
}

// Ten tasks of three calls each are under way at a time. What was begun first ends first, instead of all at the same
// time, so that the last task is begun early.
func TestThrottle_letsWhatWasBegunFirstEndFirst(t *testing.T) {
	t.Parallel()
	const tasks, each = 60, 3
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 100, per: time.Minute}
		call, start := s.client(registry()), time.Now()
		var mu sync.Mutex
		var last time.Duration
		work(t, tasks, side, func(ctx context.Context) error {
			mu.Lock()
			last = max(last, time.Since(start))
			mu.Unlock()
			ctx = azrest.OneTask(ctx)
			for range each {
				if err := call(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		// The last one is begun when fifty are done, which takes fifty calls more than the bucket holds.
		if least := (each*(tasks-side) - 100) * 600 * time.Millisecond; last < least || last > least*11/10 {
			t.Errorf("the last task was begun after %s, not hardly later than %s", last, least)
		}
	})
}

func TestThrottle_findsARateThatRises(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 100, per: time.Minute}
		call := s.client(registry())
		work(t, 200, side, call)
		s.mu.Lock()
		s.calls, s.left = 400, 0
		s.mu.Unlock()
		// At the old rate it would take 16 minutes, at the new one 4.
		if took := work(t, 1600, side, call); took > 7*time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

func TestThrottle_followsARateThatFalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 400, per: time.Minute}
		call := s.client(registry())
		work(t, 600, side, call)
		s.mu.Lock()
		s.calls, s.left, s.refused, s.accepted = 50, 0, 0, 0
		s.mu.Unlock()
		if took := work(t, 500, side, call); took > 11*time.Minute || s.wasted() > 5 {
			t.Errorf("it took %s of at least 10 m, and %.2f %% were refused", took, s.wasted())
		}
	})
}

// A bucket that has filled meanwhile is used again, and no more is expected of it than it holds.
func TestThrottle_usesWhatAPauseLeftInTheBucket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 100, per: time.Minute}
		call := s.client(registry())
		work(t, 200, side, call)
		elapse(10 * time.Minute)
		if took := work(t, 90, side, call); took > 15*second {
			t.Errorf("it took %s", took)
		}
		// The bucket is empty soon, and the pause is not taken for a time in which the service let few calls through.
		if took := work(t, 200, side, call); took > 135*second {
			t.Errorf("what came after took %s", took)
		}
	})
}

func TestThrottle_waitsAsLongAsTheServiceAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 100, per: second, retryAfter: "30"}
		if took := work(t, 110, side, s.client(twins())); took < 30*second || took > 34*second {
			t.Errorf("it took %s", took)
		}
	})
}

// Two calls are refused at once, one for a second and one for a minute. The gate opens for the one, not for the other.
func TestThrottle_sendsNoCallBeforeTheServiceWantsToSeeIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		waits := map[string]string{"/1": "1", "/60": "60"}
		var mu sync.Mutex
		sent := map[string]int{}
		o := &azrest.Options{}
		o.Transport = transportFunc(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			sent[req.URL.Path]++
			again := sent[req.URL.Path] > 1
			mu.Unlock()
			elapse(second)
			if again {
				return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{}"))}, nil
			}
			return &http.Response{
				StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {waits[req.URL.Path]}},
			}, nil
		})
		p, start := azrest.NewPipeline(testService(), "h.example", anonymous{}, o), time.Now()
		took := map[string]time.Duration{}
		var both sync.WaitGroup
		for path := range waits {
			both.Go(func() {
				call := azrest.Call{Method: http.MethodGet, Path: []string{path[1:]}, Bucket: twins()}
				if _, err := azrest.Do[thing](t.Context(), p, call); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				took[path] = time.Since(start)
			})
		}
		both.Wait()
		if took["/60"] < 62*second {
			t.Errorf("the other call was sent after %s", took["/60"]-2*second)
		}
	})
}

// Twenty calls wait for a throttle; when they are cancelled, they end without any time passing.
func TestThrottle_endsEveryWaitAtOnceWhenCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 1, per: time.Hour}
		call := s.client(registry())
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		ends := make(chan time.Time, 20)
		for range 20 {
			all.Go(func() {
				for ctx.Err() == nil {
					if err := call(ctx); err != nil && !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
				}
				ends <- time.Now()
			})
		}
		elapse(7 * time.Minute)
		cancelled := time.Now()
		cancel()
		all.Wait()
		for range 20 {
			if end := <-ends; !end.Equal(cancelled) {
				t.Errorf("a call ended %s late", end.Sub(cancelled))
			}
		}
	})
}

// A call that waits for its turn gives up no later than one that is refused again and again.
func TestThrottle_keepsWaitsWithinTheBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &throttled{calls: 1, per: 24 * time.Hour}
		call, start := s.client(registry()), time.Now()
		var all sync.WaitGroup
		for range side {
			all.Go(func() {
				if err := call(t.Context()); err != nil && !azrest.IsThrottled(err) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(start); took > azrest.DefaultBudget || s.accepted != 1 || s.refused < side {
			t.Errorf("it took %s; %d accepted, %d refused", took, s.accepted, s.refused)
		}
	})
}
