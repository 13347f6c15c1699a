// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

const (
	pageSize = 100
	// side is how many resources Terraform asks for at a time.
	side = 10
	rtt  = 50 * time.Millisecond
)

// shelf is an instance with entries 0, 1, 2 … in an order of its own, whose answers take their time.
type shelf struct {
	order   []int
	latency time.Duration
	broken  error // of the list

	pages, reads atomic.Int64
	// listing and reading count the calls that are on their way, together the most reads at a time.
	listing, reading, together atomic.Int64
}

func newShelf(entries int, seed uint64) *shelf {
	return &shelf{order: rand.New(rand.NewPCG(seed, 1)).Perm(entries), latency: rtt}
}

func (s *shelf) calls() int { return int(s.pages.Load() + s.reads.Load()) }

func etagOf(entry int) azcore.ETag { return azcore.ETag(strconv.Itoa(entry)) }

func (s *shelf) scan() *scan[int] {
	next := 0
	pager := runtime.NewPager(runtime.PagingHandler[azrest.Page[int]]{
		More: func(azrest.Page[int]) bool { return next < len(s.order) },
		Fetcher: func(ctx context.Context, _ *azrest.Page[int]) (azrest.Page[int], error) {
			if s.listing.Add(1) > 1 {
				return azrest.Page[int]{}, errors.New("two pages at once")
			}
			defer s.listing.Add(-1)
			s.pages.Add(1)
			if err := s.wait(ctx); err != nil || s.broken != nil {
				return azrest.Page[int]{}, errors.Join(err, s.broken)
			}
			page := azrest.Page[int]{Items: s.order[next:min(next+pageSize, len(s.order))]}
			next += len(page.Items)
			return page, nil
		},
	})
	get := func(ctx context.Context, id string) (int, error) {
		s.reads.Add(1)
		s.together.Store(max(s.together.Load(), s.reading.Add(1)))
		defer s.reading.Add(-1)
		if err := s.wait(ctx); err != nil {
			return 0, err
		}
		entry, err := strconv.Atoi(id)
		if err != nil || entry >= len(s.order) {
			return 0, &azrest.Error{Status: http.StatusNotFound}
		}
		return entry, nil
	}
	return newScan(pager, get, func(entry int) (string, listedEntry) {
		return strconv.Itoa(entry), listedEntry{etag: etagOf(entry), disabled: entry%2 == 1}
	})
}

func (s *shelf) wait(ctx context.Context) error {
	if s.latency > 0 {
		select {
		case <-time.After(s.latency):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// refresh refreshes entries 0, 1, 2 … as a plan without changes does, some at a time.
func refresh(t *testing.T, s *scan[int], entries, side int) {
	t.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range side {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < entries; i = int(next.Add(1)) - 1 {
				if !s.unchanged(t.Context(), strconv.Itoa(i), etagOf(i)) {
					t.Errorf("entry %d should be unchanged", i)
				}
			}
		})
	}
	all.Wait()
}

// eachOwnShelf has instances of many sizes refreshed from end to end, so many entries at a time, before test looks.
func eachOwnShelf(t *testing.T, side int, test func(t *testing.T, s *shelf, entries int)) {
	t.Helper()
	for _, entries := range []int{100, 200, 500, 1000, 2000, 5000, 10_000} {
		for seed := range uint64(5) {
			t.Run(fmt.Sprint(entries, " in order ", seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newShelf(entries, seed)
					refresh(t, s.scan(), entries, side)
					test(t, s, entries)
				})
			})
		}
	}
}

func TestScan_ofAnInstanceOfOnesOwnCostsHardlyMoreThanItsPages(t *testing.T) {
	t.Parallel()
	eachOwnShelf(t, side, func(t *testing.T, s *shelf, entries int) {
		t.Helper()
		if most := entries/pageSize*11/10 + 20; s.calls() > most || s.calls() < entries/pageSize {
			t.Errorf("%d pages and %d reads, of at most %d", s.pages.Load(), s.reads.Load(), most)
		}
		if s.together.Load() > fewReads+1 {
			t.Errorf("%d entries were read at a time, though a page may have any", s.together.Load())
		}
	})
}

// Asked one by one, a list of 100 pages takes more. Whoever may spend two calls for each question so far, and answers
// it before the next, reads 2-m pages for a question that a part m of all entries has not been listed for, and m
// entries: after k questions e^(k/100)-1 of the pages, all of them after 69, and 39 entries besides. That is the least
// unless more than twice the single reads are spent where the plan ends early.
func TestScan_askedOneByOneReadsAllPagesAsSoonAsTwiceTheSingleReadsAllow(t *testing.T) {
	t.Parallel()
	eachOwnShelf(t, 1, func(t *testing.T, s *shelf, entries int) {
		t.Helper()
		if most := entries/pageSize*14/10 + fewReads; s.calls() > most || int(s.pages.Load()) != entries/pageSize {
			t.Errorf("%d pages and %d reads, of at most %d", s.pages.Load(), s.reads.Load(), most)
		}
	})
}

func TestScan_ofAHugeInstanceCostsAtMostTwiceTheSingleReads(t *testing.T) {
	t.Parallel()
	for _, entries := range []int{1, 4, 5, 10, 50, 100, 300, 1000} {
		for _, side := range []int{1, side, 60} {
			t.Run(fmt.Sprint(entries, " of 100,000, ", side, " at a time"), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newShelf(100_000+entries, 7)
					refresh(t, s.scan(), entries, side)
					if s.calls() > 2*entries || entries <= fewReads && s.calls() != entries {
						t.Errorf("%d pages and %d reads", s.pages.Load(), s.reads.Load())
					}
				})
			})
		}
	}
}

// An instance has so many others that hardly a page helps: the entries are read side by side, with a page on its way.
func TestScan_readsEntriesWhileAPageIsOnItsWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, start := newShelf(100_000, 7), time.Now()
		refresh(t, s.scan(), 500, side)
		took := time.Since(start)
		t.Logf("%d calls took %s", s.calls(), took)
		if took > time.Duration(s.calls())*rtt*2/3 {
			t.Errorf("%d calls took %s", s.calls(), took)
		}
	})
}

// A list proves that an entry is absent only once all of it was read; until then the entry is read.
func TestScan_knowsWhatIsAbsentFromAListThatIsComplete(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf := newShelf(1000, 3)
		s := shelf.scan()
		for entry := 1000; entry < 1500; entry++ {
			if !s.absent(t.Context(), strconv.Itoa(entry)) {
				t.Errorf("%d should be absent", entry)
			}
		}
		if shelf.pages.Load() != 10 || shelf.calls() > 20 {
			t.Errorf("%d pages and %d reads", shelf.pages.Load(), shelf.reads.Load())
		}
		s.forget("1500")
		for _, id := range []string{"7", "1500"} {
			if s.absent(t.Context(), id) {
				t.Errorf("%s stands, or was written: it is not known to be absent", id)
			}
		}
	})
}

// What cannot be read is not known to be absent, and neither is what a list leaves out that has a page more.
func TestScan_doesNotTakeWhatItCannotReadForAbsent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		shelf := newShelf(100_000, 3)
		s := shelf.scan()
		refresh(t, s, 20, 1)
		cancel()
		if s.absent(ctx, "200000") || !s.absent(t.Context(), "200000") || s.complete {
			t.Error("it should be read")
		}
		shelf.broken = errors.New("no")
		read := shelf.reads.Load()
		if s.absent(t.Context(), "50000") || shelf.reads.Load() != read+1 {
			t.Error("an entry that is there was found by reading it")
		}
		if _, err := s.read(t.Context(), "50000"); err != nil || shelf.reads.Load() != read+1 {
			t.Errorf("it is read once: %v", err)
		}
	})
}

func TestScan_ofNewEntriesSaysWhatIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf := newShelf(1000, 3)
		s := shelf.scan()
		for entry := range 1500 {
			exists, disabled, known := s.standing(t.Context(), strconv.Itoa(entry))
			if exists != (entry < 1000) || disabled != (exists && entry%2 == 1) || !known {
				t.Errorf("%d: %t %t %t", entry, exists, disabled, known)
			}
		}
		if shelf.calls() > 40 {
			t.Errorf("it took %d calls", shelf.calls())
		}
	})
}

// What was read to compare its ETag is what a refresh reads, once.
func TestScan_readsWhatHasMovedOnlyOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf := newShelf(1000, 3)
		s := shelf.scan()
		for _, id := range []string{"17", "2000"} {
			if s.unchanged(t.Context(), id, "another") {
				t.Errorf("%s should not be called unchanged", id)
			}
			before := shelf.calls()
			entry, err := s.read(t.Context(), id)
			if id == "17" && (entry != 17 || err != nil) || id == "2000" && !azrest.IsNotFound(err) || shelf.calls() != before {
				t.Errorf("%s: %d %v after %d calls more", id, entry, err, shelf.calls()-before)
			}
			if _, _ = s.read(t.Context(), id); shelf.calls() != before+1 {
				t.Errorf("%s: what was read is used once", id)
			}
		}
		s.unchanged(t.Context(), "18", "another")
		s.forget("18")
		before := shelf.calls()
		if _, _ = s.read(t.Context(), "18"); shelf.calls() != before+1 {
			t.Error("what was read before a write is not used")
		}
	})
}

func TestScan_knowsNothingOfWhatWasWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf := newShelf(50, 3)
		s := shelf.scan()
		s.forget("7")
		refresh(t, s, 6, 1)
		if shelf.pages.Load() != 1 {
			t.Fatal("the list should have been read")
		}
		s.forget("8")
		for _, id := range []string{"7", "8"} {
			if _, _, known := s.standing(t.Context(), id); known || s.unchanged(t.Context(), id, azcore.ETag(id)) ||
				s.unchanged(t.Context(), id, "") {
				t.Errorf("%s was written and has to be read", id)
			}
		}
	})
}

func TestScan_givesUpAListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(1000, 3)
		s.broken = errors.New("no")
		refresh(t, s.scan(), 200, side)
		if s.pages.Load() != 1 || s.reads.Load() != 200 {
			t.Errorf("%d pages and %d reads", s.pages.Load(), s.reads.Load())
		}
	})
}

// Who waits for a page that another one reads ends when it is interrupted itself, and says nothing of the entry.
func TestScan_endsAWaitAtOnceWhenOnlyThatIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(1000, 3).scan()
		refresh(t, s, fewReads, 1)
		var reader sync.WaitGroup
		reader.Go(func() { s.unchanged(t.Context(), "500", etagOf(500)) })
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(rtt/5, cancel)
		if exists, _, known := s.standing(ctx, "501"); exists || known || time.Since(start) != rtt/5 {
			t.Errorf("after %s: %t %t", time.Since(start), exists, known)
		}
		reader.Wait()
	})
}

func TestScan_endsEveryWaitAtOnceWhenCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf := newShelf(100_000, 3)
		s := shelf.scan()
		refresh(t, s, fewReads, 1)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() { s.unchanged(ctx, strconv.Itoa(10+i), "another") })
		}
		synctest.Wait()
		start := time.Now()
		cancel()
		all.Wait()
		if took := time.Since(start); took > 0 {
			t.Errorf("it took %s", took)
		}
	})
}

// The time for each entry is to stay the same from 1,000 to 16,000.
func BenchmarkScan(b *testing.B) {
	for _, entries := range []int{1000, 4000, 16_000} {
		b.Run(strconv.Itoa(entries), func(b *testing.B) {
			shelves := make([]*shelf, 0, b.N)
			for range b.N {
				s := newShelf(entries, 1)
				s.latency = 0
				shelves = append(shelves, s)
			}
			ids := make([]string, entries)
			for i := range ids {
				ids[i] = strconv.Itoa(i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for _, shelf := range shelves {
				s := shelf.scan()
				for i, id := range ids {
					s.unchanged(b.Context(), id, etagOf(i))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*entries), "ns/entry")
		})
	}
}
