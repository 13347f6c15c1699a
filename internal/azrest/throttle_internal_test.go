// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"testing"
	"time"
)

// learning is a gate whose calls are answered at moments that a test says.
type learning struct {
	*gate
	now time.Time
}

func newLearning() *learning {
	return &learning{&gate{bucket: Bucket{Name: "b", Calls: 60, Per: time.Minute}}, time.Unix(1_700_000_000, 0)}
}

// pass lets a call through, whether it is its turn or not.
func (l *learning) pass() pass {
	p, _ := l.admit(&turn{}, l.now, true)
	return p
}

// take lets calls through that the service takes.
func (l *learning) take(count int) {
	for range count {
		l.answered(l.pass(), l.now, true)
	}
}

// refuse lets one call through that the service refuses after a while.
func (l *learning) refuse(after time.Duration) {
	l.now = l.now.Add(after)
	p := l.pass()
	l.answered(p, l.now, false)
	l.close(p, l.now, time.Second)
}

func (l *learning) expect(t *testing.T, what string, want float64) {
	t.Helper()
	if got := l.rate; got < want-0.001 || got > want+0.001 {
		t.Errorf("%s: %.3f calls a second, not %.3f", what, got, want)
	}
}

func TestGate_learnsFromWhatPassedBetweenTwoRefusals(t *testing.T) {
	t.Parallel()
	l := newLearning()
	l.take(60)
	l.refuse(20 * time.Second)
	l.expect(t, "a full bucket and 20 seconds of a period", caution*60/80)
	l.take(12)
	l.refuse(30 * time.Second)
	l.expect(t, "12 calls in 30 seconds", caution*12/30)
	l.take(2)
	l.refuse(30 * time.Second)
	half := 0.1969 // of the rate before, which has grown a little in 30 seconds
	l.expect(t, "hardly a call", half)
	l.take(1000)
	l.refuse(time.Second)
	l.expect(t, "more than could be", half)
	for range 50 {
		l.refuse(time.Second)
	}
	l.expect(t, "refused again and again", 1.0/slowest)
}

func TestGate_knowsNothingOfABucketThatOthersHaveEmptied(t *testing.T) {
	t.Parallel()
	l := newLearning()
	l.take(3)
	l.refuse(time.Second)
	l.expect(t, "the documented rate", caution)
}

// Ten calls are on their way; the refusal of the last is answered first.
func TestGate_countsCallsThatWereTakenBeforeARefusalAndAnsweredAfterIt(t *testing.T) {
	t.Parallel()
	l := newLearning()
	l.take(50)
	var going []pass
	for range 11 {
		going = append(going, l.pass())
	}
	l.answered(going[10], l.now, false)
	if !l.close(going[10], l.now, time.Second) {
		t.Error("the first refusal should close the gate")
	}
	for _, p := range going[:10] {
		l.answered(p, l.now, true)
	}
	l.expect(t, "all that were taken", caution)
	if l.close(going[0], l.now, time.Hour) || l.until.Sub(l.now) > time.Second {
		t.Error("a second refusal of calls that were on their way teaches nothing")
	}
}

// Whatever a service asks for is no time in the past, and none that a clock cannot add.
func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{
		"", "0", "30", "-1", "1.5", "1e300", "NaN", "+Inf", "Wed, 21 Oct 2015 07:28:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
	} {
		f.Add(value)
	}
	now := time.Unix(1_700_000_000, 0)
	f.Fuzz(func(t *testing.T, value string) {
		if asked := retryAfter(value, now); asked < 0 || now.Add(asked).Before(now) {
			t.Errorf("%q asks for %s", value, asked)
		}
	})
}
