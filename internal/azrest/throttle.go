// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Bucket is a throttle of a service, which the calls of some routes count against together.
type Bucket struct {
	// Name is what the log calls it.
	Name string
	// Calls is how many calls the smallest instance of the service lets through in Per, which is as many as a full bucket
	// holds. What this instance lets through is learnt.
	Calls int
	Per   time.Duration
	// Base is the first wait after a 429 that does not say how long to wait; zero means the service's.
	Base time.Duration
}

// documented is the rate of the smallest instance, in calls a second. Of a bucket without a rate nothing is known.
func (b Bucket) documented() float64 {
	if b.Calls <= 0 || b.Per <= 0 {
		return 1
	}
	return float64(b.Calls) / b.Per.Seconds()
}

func (b Bucket) period() time.Duration { return orDefault(b.Per, time.Minute) }

const (
	// caution is the part of a measured rate that is used: the rest is left to others and to mistakes of measuring.
	caution = 0.97
	// growth is in the time of how many calls of the smallest instance, for each that was refused, the highest rate so far
	// is added to what was learnt last, growthPeriods in how many periods at the latest. The third power of the time
	// counts: the rate hardly moves at first, and soon finds what others do not use any more. What is added is the same
	// for every client of the bucket, and what a 429 takes is not, so that their shares become alike. Of the calls of a
	// client that is alone, about one in a hundred is refused for that.
	growth, growthPeriods = 150, 3
	// hurry is how many times as fast calls follow each other while they catch up with what a wait has left in the bucket.
	hurry = 4
	// slowdown is how many times as fast they do where the bucket of an instance that has not refused anything may end.
	slowdown = 12
	// few calls teach little.
	few = 5
	// slowest is which part of the documented rate is the least that is ever learnt.
	slowest = 50
)

// gate lets the calls of one bucket through. It is open until the service refuses one (429). From then on it does as
// the service does, whose bucket was empty at that moment: calls go one after the other, at the rate that was learnt.
type gate struct {
	bucket Bucket

	mu sync.Mutex
	// passed is when the service took calls in the last period, while the gate was never closed.
	passed []time.Time
	// closings counts the refusals that closed the gate, refused those with the last one, of calls on their way.
	closings, refused int
	// rate is what the last one taught, in calls a second, peak the most that any did. late is what a call adds to rate
	// whose answer comes after that refusal.
	rate, peak, late float64
	// until is when the gate opens again, free when the next call may pass, last when one did.
	until, free, last time.Time
	// accepted counts the calls since, a moment at which the bucket was empty.
	accepted int
	since    time.Time

	// going counts the calls that have passed and are not answered. queue are those that wait, arrivals counts those that
	// ever came.
	going    int
	queue    []*turn
	arrivals int
	told     time.Time
}

// pass is the leave of a call to be sent: how often the gate had been closed by then.
type pass int

// let lets a call pass.
func (g *gate) let(now time.Time) pass {
	g.last = now
	if g.closings > 0 {
		g.free = g.free.Add(seconds(1 / g.current(now)))
	}
	g.going++
	return pass(g.closings)
}

// moment is when a call may pass that so many others go ahead of.
func (g *gate) moment(now time.Time, ahead int) time.Time {
	at, free, last := now, g.free, g.last
	var interval, apart time.Duration
	if g.closings > 0 {
		g.overflow(now)
		interval = seconds(1 / g.current(now))
		free, apart = g.free, interval/hurry
	} else if end := g.nearEnd(now); end > 0 {
		apart = g.bucket.Per / time.Duration(slowdown*end)
	}
	for range ahead + 1 {
		at = later(later(now, g.until), later(free, last.Add(apart)))
		free, last = free.Add(interval), at
	}
	return at
}

// nearEnd is what the bucket of an instance holds, the smallest or one with twice, four times … its rate, if the calls
// of the last period are about as many, with those on their way; otherwise 0.
func (g *gate) nearEnd(now time.Time) int {
	start := now.Add(-g.bucket.period())
	g.passed = slices.DeleteFunc(g.passed, func(at time.Time) bool { return at.Before(start) })
	for end := g.bucket.Calls; end > 0 && len(g.passed)+g.going >= end-end/10; end *= 2 {
		if len(g.passed) < end+end/5 {
			return end
		}
	}
	return 0
}

// overflow forgets what no bucket holds: after a pause it is full, as if it had been empty one period ago.
func (g *gate) overflow(now time.Time) {
	if full := now.Add(-g.bucket.period()); g.free.Before(full) {
		g.rate = max(g.rate, float64(g.accepted)/max(now.Sub(g.since), time.Second).Seconds())
		g.free, g.since, g.accepted = full, full, 0
	}
}

// current is the rate at which calls pass.
func (g *gate) current(now time.Time) float64 {
	whole := min(float64(growth*g.refused)/g.bucket.documented(), growthPeriods*g.bucket.period().Seconds())
	part := now.Sub(g.since).Seconds() / whole
	return g.rate + g.peak*part*part*part
}

// answered notes whether the service took a call, whatever it made of it.
func (g *gate) answered(p pass, now time.Time, taken bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.going--
	switch {
	case !taken:
	case int(p) == g.closings-1:
		g.rate += g.late // taken before the refusal, whose answer came first
	case int(p) != g.closings:
	case g.closings == 0:
		g.passed = append(g.passed, now)
	default:
		g.accepted++
	}
}

// close holds back the calls of the bucket for so long, because the service refused one. A call that was on its way
// when the refusal of another closed the gate teaches nothing new: closed is false.
func (g *gate) close(p pass, now time.Time, wait time.Duration) (closed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if int(p) != g.closings {
		g.refused++
		return false
	}
	g.rate, g.late = g.learn(now)
	g.peak = max(g.peak, g.rate)
	g.passed = nil
	g.closings, g.refused = g.closings+1, 1
	g.until = now.Add(wait)
	g.free, g.last = now.Add(seconds(1/g.rate)), time.Time{}
	if g.free.After(g.until) {
		g.free = g.until // however slow the rate, one call finds out
	}
	g.accepted, g.since = 0, now
	return true
}

// learn is the rate that a refusal at a moment teaches. A bucket that was empty at two moments has let through exactly
// what came into it between them, less what others took. Before the first refusal it was full at best. late is what a
// call adds whose answer is on its way.
func (g *gate) learn(now time.Time) (rate, late float64) {
	documented := g.bucket.documented()
	if g.closings == 0 {
		if len(g.passed) == 0 || len(g.passed) < g.bucket.Calls/few {
			return caution * documented, 0 // others have used it up
		}
		late = caution / (g.bucket.period() + now.Sub(g.passed[0])).Seconds()
		return late * float64(len(g.passed)), late
	}
	late = caution / max(now.Sub(g.since), time.Millisecond).Seconds()
	rate = late * float64(g.accepted)
	switch used := g.current(now); {
	case rate > used:
		return used, 0
	case g.accepted < few:
		rate, late = max(rate, used/2), 0
	}
	return max(rate, documented/slowest), late
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// delay is the wait before the next try: what the service asks for, or else base, doubled with each of count
// failures up to the cap. Up to half of it is added at random, or a tenth of what the service asked for.
func (r *retries) delay(resp *http.Response, base time.Duration, count int) time.Duration {
	if resp != nil {
		if asked := retryAfter(resp.Header.Get("Retry-After"), r.now()); asked > 0 {
			return asked + time.Duration(float64(asked)/10*r.options.Jitter())
		}
	}
	wait := min(base, r.options.Cap)
	for i := 1; i < count && wait < r.options.Cap; i++ {
		wait = min(2*wait, r.options.Cap)
	}
	return wait + time.Duration(float64(wait)/2*r.options.Jitter())
}

// retryAfter reads a Retry-After header: seconds, or a date. Anything else, and the past, is zero.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		const longest = 24 * 60 * 60 // beyond any budget, and far from overflowing
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, longest) * float64(time.Second))
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
