// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

const second = time.Second

func refused() reply {
	return reply{err: &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}}
}

func cut() reply { return reply{err: io.ErrUnexpectedEOF} }

func TestRetry_waitsAsTheServiceAsksAndDoublesOtherwise(t *testing.T) {
	t.Parallel()
	after := func(status int, value string) reply {
		return reply{status: status, header: map[string]string{"Retry-After": value}}
	}
	date := newClock().now.Add(90 * second).UTC().Format(http.TimeFormat)
	past := newClock().now.Add(-90 * second).UTC().Format(http.TimeFormat)
	for name, c := range map[string]struct {
		replies []reply
		want    []time.Duration
	}{
		"throttled": {[]reply{status(429), status(429)}, []time.Duration{10 * second, 20 * second}},
		"throttled for long": {
			[]reply{status(429), status(503), status(429), status(429), status(429)},
			[]time.Duration{10 * second, 20 * second, 40 * second, 60 * second, 60 * second},
		},
		"seconds":         {[]reply{after(429, "7"), after(503, "3")}, []time.Duration{7 * second, 3 * second}},
		"longer than cap": {[]reply{after(429, "300")}, []time.Duration{300 * second}},
		"short waits": { // the rate that is learnt becomes less than a call a second; one call finds out all the same
			slices.Repeat([]reply{after(429, "1")}, 6), slices.Repeat([]time.Duration{second}, 6),
		},
		"date":         {[]reply{after(429, date)}, []time.Duration{90 * second}},
		"past date":    {[]reply{after(429, past)}, []time.Duration{10 * second}},
		"zero":         {[]reply{after(429, "0")}, []time.Duration{10 * second}},
		"negative":     {[]reply{after(429, "-5")}, []time.Duration{10 * second}},
		"nonsense":     {[]reply{after(429, "soon")}, []time.Duration{10 * second}},
		"not a number": {[]reply{after(429, "NaN")}, []time.Duration{10 * second}},
		"server errors": {
			[]reply{status(500), status(502), status(504), status(408)},
			[]time.Duration{1 * second, 2 * second, 4 * second, 8 * second},
		},
		"no answers": {[]reply{cut(), refused()}, []time.Duration{1 * second, 2 * second}},
		"both kinds": {[]reply{cut(), status(429), cut()}, []time.Duration{1 * second, 10 * second, 2 * second}},
		"a code that passes": {
			[]reply{{status: 404, body: `{"code":"failing over","transient":true}`}}, []time.Duration{10 * second},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, clock := pipeline(t, append(c.replies, ok(`{"name":"n"}`))...)
			if got, err := azrest.Do[thing](t.Context(), p, getThing()); err != nil || got.Name != "n" {
				t.Fatalf("read %v, %v", got, err)
			}
			if !slices.Equal(clock.waits, c.want) {
				t.Errorf("waited %v, want %v", clock.waits, c.want)
			}
		})
	}
}

func TestRetry_addsJitter(t *testing.T) {
	t.Parallel()
	tr, c := &transport{replies: []reply{
		status(429), {status: 429, header: map[string]string{"Retry-After": "100"}}, ok(`{}`),
	}}, newClock()
	o := options(tr, c)
	o.Retry.Jitter = func() float64 { return 0.5 }
	p := azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
	if _, err := azrest.Do[thing](t.Context(), p, getThing()); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{12500 * time.Millisecond, 105 * second}; !slices.Equal(c.waits, want) {
		t.Errorf("waited %v, want %v", c.waits, want)
	}
}

func TestRetry_givesUpOnFinalAnswersAtOnce(t *testing.T) {
	t.Parallel()
	for _, code := range []int{400, 401, 403, 404, 405, 409, 412, 413, 415, 501} {
		p, tr, c := pipeline(t, status(code))
		_, err := azrest.Do[thing](t.Context(), p, getThing())
		e, ok := azrest.AsError(err)
		if !ok || e.Status != code || e.Tries != 1 || len(tr.requests) != 1 || len(c.waits) != 0 {
			t.Errorf("%d: %v after %d requests", code, err, len(tr.requests))
		}
	}
}

func TestRetry_spendsTheBudgetOnThrottlingOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply    reply
		atLeast  time.Duration
		atMost   time.Duration
		requests int
	}{
		"throttled":   {status(429), 19 * time.Minute, 20 * time.Minute, 22},
		"unavailable": {status(503), 19 * time.Minute, 20 * time.Minute, 22},
		"broken":      {status(500), 15 * second, 15 * second, 5},
		"silent":      {cut(), 15 * second, 15 * second, 5},
		"gone":        {refused(), 15 * second, 15 * second, 5},
		"asks for more than there is": {
			reply{status: 429, header: map[string]string{"Retry-After": "86400000000000000000"}}, 0, 0, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, tr, clock := pipeline(t, c.reply)
			_, err := azrest.Do[thing](t.Context(), p, getThing())
			spent := clock.now.Sub(newClock().now)
			if err == nil || spent < c.atLeast || spent > c.atMost || len(tr.requests) != c.requests {
				t.Errorf("%v after %s and %d requests", err, spent, len(tr.requests))
			}
			if c.requests > 1 && !strings.Contains(err.Error(), " tries in ") {
				t.Errorf("the error does not tell of the tries: %v", err)
			}
		})
	}
}

func TestRetry_endsEvenWhenTheClockStands(t *testing.T) {
	t.Parallel()
	tr := &transport{replies: []reply{status(429)}}
	o := options(tr, newClock())
	o.Retry.Sleep = func(context.Context, time.Duration) error { return nil }
	p := azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
	if _, err := azrest.Do[thing](t.Context(), p, getThing()); !azrest.IsThrottled(err) {
		t.Errorf("error is %v", err)
	}
}

func TestRetry_doesNotTryAnUntrustedHostAgain(t *testing.T) {
	t.Parallel()
	p, tr, _ := pipeline(t, reply{err: x509.UnknownAuthorityError{}})
	_, err := azrest.Do[thing](t.Context(), p, getThing())
	if !azrest.IsUntrusted(err) || !azrest.IsTransport(err) || len(tr.requests) != 1 {
		t.Errorf("%v after %d requests", err, len(tr.requests))
	}
	if err == nil || !strings.Contains(err.Error(), "not signed by a trusted authority") {
		t.Errorf("error is %v", err)
	}
}

func TestRetry_sendsTheWholeBodyEachTime(t *testing.T) {
	t.Parallel()
	p, tr, _ := pipeline(t, status(500), cut(), status(429), ok(`{}`))
	call := azrest.Call{Method: http.MethodPut, Path: []string{"x"}, Body: thing{"n"}, Condition: onlyIf("e")}
	if _, err := azrest.Do[thing](t.Context(), p, call); err != nil {
		t.Fatal(err)
	}
	for i, req := range tr.requests {
		if tr.bodies[i] != `{"name":"n"}` || req.Header.Get("If-Match") != "e" ||
			req.Header.Get("Content-Type") != "application/json" || req.ContentLength != 12 {
			t.Errorf("try %d: %s %v", i+1, tr.bodies[i], req.Header)
		}
	}
}

func TestRetry_saysWhenAnEarlierTryMayHaveWorked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first reply
		want  bool
	}{
		"cut":         {cut(), true},
		"broken":      {status(500), true},
		"unavailable": {status(503), true},
		"timeout":     {status(408), true},
		"throttled":   {status(429), false},
		"refused":     {refused(), false},
		"not found":   {reply{err: &net.DNSError{Err: "no such host", Name: "h.example", IsNotFound: true}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, _ := pipeline(t, c.first, status(409))
			_, err := azrest.Do[thing](t.Context(), p, azrest.Call{Method: http.MethodPut, Path: []string{"x"}})
			if e, ok := azrest.AsError(err); !ok || !azrest.IsConflict(err) || e.Uncertain != c.want || e.Tries != 2 {
				t.Errorf("error is %#v", err)
			}
		})
	}
}

func TestRetry_marksAnUnansweredCallThatWasNotSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		replies            []reply
		notSent, uncertain bool
	}{
		"never sent":     {[]reply{refused()}, true, false},
		"sent":           {[]reply{cut()}, false, true},
		"sent at first":  {[]reply{cut(), refused()}, true, true},
		"sent at last":   {[]reply{refused(), refused(), refused(), refused(), cut()}, false, false},
		"broken at once": {[]reply{status(500), refused()}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, _ := pipeline(t, c.replies...)
			_, err := azrest.Do[thing](t.Context(), p, getThing())
			failure, ok := errors.AsType[*azrest.TransportError](err)
			if !ok || failure.NotSent != c.notSent || failure.Uncertain != c.uncertain || failure.Tries != 5 {
				t.Errorf("error is %#v", err)
			}
		})
	}
}

func TestRetry_endsWithTheContextWhileWaiting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	tr := &transport{replies: []reply{status(429)}}
	o := options(tr, newClock())
	o.Retry.Sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	p := azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
	_, err := azrest.Do[thing](ctx, p, getThing())
	if !errors.Is(err, context.Canceled) || !azrest.IsThrottled(err) || len(tr.requests) != 1 {
		t.Fatalf("error is %v", err)
	}
	if !strings.Contains(err.Error(), "429 Too Many Requests") || !strings.Contains(err.Error(), "while waiting") {
		t.Errorf("error is %v", err)
	}
}

func TestRetry_endsWithTheContextInTheMiddleOfATry(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	tr := transportFunc(func(req *http.Request) (*http.Response, error) {
		cancel()
		<-req.Context().Done()
		return nil, errors.New("some text")
	})
	p := azrest.NewPipeline(testService(), "h.example", anonymous{}, options(tr, newClock()))
	_, err := azrest.Do[thing](ctx, p, getThing())
	if !errors.Is(err, context.Canceled) || !azrest.IsTransport(err) {
		t.Errorf("error is %v", err)
	}
	const want = "Test h.example: GET /things/a: no answer: the operation was cancelled"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v", err)
	}
}

func TestRetry_keepsAnAnswerThatComesWithTheEndOfTheContext(t *testing.T) {
	t.Parallel()
	for _, r := range []reply{ok(`{"name":"n"}`), status(429), status(409)} {
		ctx, cancel := context.WithCancel(t.Context())
		tr := &transport{replies: []reply{r}}
		late := transportFunc(func(req *http.Request) (*http.Response, error) {
			defer cancel()
			return tr.Do(req)
		})
		p := azrest.NewPipeline(testService(), "h.example", anonymous{}, options(late, newClock()))
		_, err := azrest.Do[thing](ctx, p, getThing())
		if e, isAnswer := azrest.AsError(err); r.status != http.StatusOK && (!isAnswer || e.Status != r.status) ||
			r.status == http.StatusOK && err != nil {
			t.Errorf("after %d: %v", r.status, err)
		}
	}
}

func TestRetry_waitsForRealWithoutASleepOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 25*second)
		defer cancel()
		tr := &transport{replies: []reply{status(429)}}
		o := &azrest.Options{Retry: azrest.RetryOptions{Jitter: func() float64 { return 0 }}}
		o.Transport = tr
		p := azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
		start := time.Now()
		_, err := azrest.Do[thing](ctx, p, getThing())
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 25*second || len(tr.requests) != 2 {
			t.Errorf("%v after %s and %d requests", err, time.Since(start), len(tr.requests))
		}
	})
}

func TestRetry_givesATryUpThatTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &azrest.Options{Retry: azrest.RetryOptions{Jitter: func() float64 { return 0 }}}
		o.Transport = transportFunc(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		p := azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
		_, err := azrest.Do[thing](t.Context(), p, getThing())
		if !azrest.IsTransport(err) || errors.Is(err, context.DeadlineExceeded) ||
			!strings.Contains(err.Error(), "nothing came within 1m0s, after 5 tries in 5m15s") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestRetry_holdsBackOtherCallsOfAThrottledBucket(t *testing.T) {
	t.Parallel()
	tr, c := &transport{replies: []reply{status(429), ok(`{}`)}}, newClock()
	o := options(tr, c)
	var p *azrest.Pipeline
	do := func(bucket string) {
		call := getThing()
		call.Bucket = azrest.Bucket{Name: bucket}
		if _, err := azrest.Do[thing](t.Context(), p, call); err != nil {
			t.Error(err)
		}
	}
	var waits []string
	o.Retry.Sleep = func(ctx context.Context, d time.Duration) error {
		waits = append(waits, d.String())
		if len(waits) == 1 { // the throttled call has begun to wait, and others come
			do("other")
			waits = append(waits, "other done")
			do("same")
			waits = append(waits, "same done")
		}
		return c.Sleep(ctx, d)
	}
	p = azrest.NewPipeline(testService(), "h.example", anonymous{}, o)
	do("same")
	// Of that service nobody knows the rate: one call a second, a little less to be on the safe side.
	if want := []string{"10s", "other done", "10.257731958s", "same done"}; !slices.Equal(waits, want) {
		t.Errorf("waited %v, want %v", waits, want)
	}
}
