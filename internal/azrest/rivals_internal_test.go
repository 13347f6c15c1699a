// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"math/rand/v2"
	"testing"
	"time"
)

// supply is the bucket of a service: full at first, and refilled evenly.
type supply struct {
	calls             int
	per               time.Duration
	left              float64
	at                time.Time
	accepted, refused int
}

func (s *supply) take(now time.Time) bool {
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

// rival is one of several clients of a bucket, with so many calls left to make. It knows of the others what its own
// calls are answered.
type rival struct {
	gate       *gate
	turn       turn
	start, now time.Time
	left       int
}

// contest is work of clients that begin one after the other.
type contest struct {
	bucket Bucket
	// scale is how many times the smallest instance the service is.
	scale          int
	clients, calls int
	apart          time.Duration
	// asked is the service's Retry-After; zero for none.
	asked time.Duration
}

// result is the time of all over the least, which part of the calls was refused, in percent, and the time of the
// slowest client over that of the quickest.
type result struct{ time, refused, unfair float64 }

// run has the clients work. What chance decides in the world, who of several comes first and how much longer than asked
// a client waits, is drawn from a seed.
func (c contest) run(seed uint64) result {
	chance, began := rand.New(rand.NewPCG(seed, seed)), time.Unix(1_700_000_000, 0)
	s := &supply{calls: c.scale * c.bucket.Calls, per: c.bucket.Per, at: began}
	s.left = float64(s.calls)
	rivals := make([]*rival, c.clients)
	for i := range rivals {
		start := began.Add(time.Duration(i) * c.apart)
		rivals[i] = &rival{gate: &gate{bucket: c.bucket}, start: start, now: start, left: c.calls}
	}
	working := rivals
	for len(working) > 0 {
		chance.Shuffle(len(working), func(i, j int) { working[i], working[j] = working[j], working[i] })
		next := 0
		for i, r := range working {
			if r.now.Before(working[next].now) {
				next = i
			}
		}
		if r := working[next]; r.step(s, c.patience(chance)) {
			working = append(append([]*rival{}, working[:next]...), working[next+1:]...)
		}
	}
	return c.judge(s, rivals, began)
}

// step makes the call whose turn it is, or waits for it. It tells whether that was the last one.
func (r *rival) step(s *supply, wait time.Duration) (done bool) {
	p, left := r.gate.admit(&r.turn, r.now, false)
	if left > 0 {
		r.now = r.now.Add(left)
		return false
	}
	r.gate.forget(&r.turn)
	taken := s.take(r.now)
	r.gate.answered(p, r.now, taken)
	if !taken {
		r.gate.close(p, r.now, wait)
		return false
	}
	r.left--
	return r.left == 0
}

// patience is how long a client waits after a refusal.
func (c contest) patience(chance *rand.Rand) time.Duration {
	if c.asked > 0 {
		return c.asked + time.Duration(chance.Float64()*float64(c.asked)/10)
	}
	base := orDefault(c.bucket.Base, 10*time.Second)
	return base + time.Duration(chance.Float64()*float64(base)/2)
}

func (c contest) judge(s *supply, rivals []*rival, began time.Time) result {
	var all, quickest, slowest time.Duration
	for _, r := range rivals {
		took := r.now.Sub(r.start)
		all, slowest = max(all, r.now.Sub(began)), max(slowest, took)
		if quickest == 0 || took < quickest {
			quickest = took
		}
	}
	least := time.Duration(c.clients*c.calls-s.calls) * s.per / time.Duration(s.calls)
	return result{
		time: float64(all) / float64(least), refused: 100 * float64(s.refused) / float64(s.refused+s.accepted),
		unfair: float64(slowest) / float64(quickest),
	}
}

// Clients that know nothing of each other share a bucket: whatever chance decides, they leave hardly anything in it,
// hardly a call is refused, and nobody has to wait for the others to end.
func TestGate_sharesABucketWithOthers(t *testing.T) {
	t.Parallel()
	registry := Bucket{Name: "registry", Calls: 100, Per: time.Minute}
	twins := Bucket{Name: "twins", Calls: 100, Per: time.Second, Base: time.Second / 2}
	operations := Bucket{Name: "operations", Calls: 1000, Per: time.Minute}
	for name, c := range map[string]contest{
		"two of the registry":             {registry, 1, 2, 1000, 0, 0},
		"two of the registry, one later":  {registry, 1, 2, 1000, 3 * time.Minute, 0},
		"two of twins":                    {twins, 1, 2, 5000, 0, 0},
		"two of twins, one later":         {twins, 1, 2, 5000, 3 * time.Second, 0},
		"two of DPS":                      {operations, 1, 2, 5000, 0, time.Second},
		"two of DPS, one later":           {operations, 1, 2, 5000, 3 * time.Minute, time.Second},
		"two of DPS that says no time":    {operations, 1, 2, 5000, 0, 0},
		"three of the registry":           {registry, 1, 3, 1000, 0, 0},
		"three of DPS":                    {operations, 1, 3, 5000, 0, time.Second},
		"two of a registry of four units": {registry, 4, 2, 4000, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var worst result
			for seed := range uint64(50) {
				r := c.run(seed)
				worst.time, worst.refused = max(worst.time, r.time), max(worst.refused, r.refused)
				worst.unfair = max(worst.unfair, r.unfair)
			}
			t.Logf("at worst %.3f of the least time, %.2f %% refused, %.2f times as long as the other",
				worst.time, worst.refused, worst.unfair)
			most := 3.0
			if c.clients > 2 {
				most = 3.5 // Each finds the end of the bucket by itself.
			}
			if worst.time > 1.05 || worst.refused >= most || worst.unfair > 2 {
				t.Error("clients should share a bucket better than that")
			}
		})
	}
}
