package budget

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// TestNoWindowIsExceeded is I9: wherever the far side's windows begin, and however late calls arrive and answers come
// back, no interval holds more calls than the burst, for one process and for several that share a ledger.
func TestNoWindowIsExceeded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		burst := rapid.IntRange(1, 40).Draw(rt, "burst")
		interval := time.Duration(rapid.IntRange(100, 10_000).Draw(rt, "interval_ms")) * time.Millisecond
		processes := rapid.IntRange(1, 3).Draw(rt, "processes")
		daily := rapid.SampledFrom([]int{0, 50}).Draw(rt, "daily")
		calls := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) call {
			return call{
				at: time.Duration(rapid.IntRange(0, 30_000).Draw(t, "at_ms")) * time.Millisecond, lane: Lane(rapid.IntRange(0, 2).Draw(t, "lane")),
				flight: time.Duration(rapid.IntRange(0, 3_000).Draw(t, "flight_ms")) * time.Millisecond, back: time.Duration(rapid.IntRange(0, 3_000).Draw(t, "back_ms")) * time.Millisecond,
				process: rapid.IntRange(0, processes-1).Draw(t, "process"),
			}
		}), 1, 120).Draw(rt, "calls")
		limits := Limits{Burst: burst, Interval: interval, Daily: daily}
		if processes > 1 {
			// Between processes a call's way out cannot be seen: what is proved is the moment of leaving.
			for i := range calls {
				calls[i].flight = 0
			}
		}
		var arrived []time.Time
		var unserved int
		synctest.Test(t, func(t *testing.T) { arrived, unserved = play(t, limits, processes, calls) })

		slices.SortFunc(arrived, time.Time.Compare)
		for i := burst; i < len(arrived); i++ {
			if d := arrived[i].Sub(arrived[i-burst]); d < interval {
				rt.Fatalf("%d calls within %s, and the window is %s", burst+1, d, interval)
			}
		}
		if daily > 0 && len(arrived) > daily {
			rt.Fatalf("%d calls in a day of %d", len(arrived), daily)
		}
		if daily == 0 && unserved > 0 {
			rt.Fatalf("%d calls were never served", unserved)
		}
	})
}

type call struct {
	at, flight, back time.Duration
	lane             Lane
	process          int
}

func play(t *testing.T, limits Limits, processes int, calls []call) (arrived []time.Time, unserved int) {
	var ledger Ledger
	if processes > 1 {
		ledger = &memory{rows: map[string]row{}}
	}
	budgets := make([]*Budget, processes)
	for i := range budgets {
		budgets[i] = New(Options{Limits: limits, Ledger: ledger})
	}
	var mu sync.Mutex
	var done sync.WaitGroup
	for _, c := range calls {
		done.Go(func() {
			time.Sleep(c.at)
			b := budgets[c.process]
			err := b.Take(t.Context(), c.lane)
			if err != nil {
				mu.Lock()
				unserved++
				mu.Unlock()
				return
			}
			time.Sleep(c.flight)
			mu.Lock()
			arrived = append(arrived, time.Now())
			mu.Unlock()
			time.Sleep(c.back)
			b.Done(nil)
		})
	}
	done.Wait()
	return arrived, unserved
}

// memory is a ledger with the rules of the store's: a window that ended begins anew.
type memory struct {
	mu   sync.Mutex
	rows map[string]row
}

type row struct {
	used   int
	resets time.Time
}

func (m *memory) Take(_ context.Context, window string, n, limit int, resetsAt time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rows[window]
	if !time.Now().Before(r.resets) {
		r = row{resets: resetsAt}
	}
	if r.used+n > limit {
		return false, nil
	}
	r.used += n
	m.rows[window] = r
	return true, nil
}
