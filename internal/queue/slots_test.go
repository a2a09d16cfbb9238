package queue_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/queue"
	"tandem/internal/store"
)

// markAll marks many rows at once.
func markAll(t *testing.T, st *store.Store, pair string, lane, n int) {
	t.Helper()
	err := st.Update(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			if err := tx.Mark(store.Mark{Pair: pair, Key: fmt.Sprintf("%d:%d", lane, i), Lane: lane}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// gauge counts what runs, by name.
type gauge struct {
	mu        sync.Mutex // guards what is below
	now, most map[string]int
	ran       map[string]int
}

func newGauge() *gauge {
	return &gauge{now: map[string]int{}, most: map[string]int{}, ran: map[string]int{}}
}

func (g *gauge) enter(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now[name]++
	g.ran[name]++
	g.most[name] = max(g.most[name], g.now[name])
}

func (g *gauge) leave(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now[name]--
}

func (g *gauge) read(m map[string]int, name string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return m[name]
}

// Backfill never has all slots: a live change that comes while thousands wait begins at once.
func TestBackfillLeavesSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGauge()
		liveBegan := make(chan time.Time, 1)
		st, _ := start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			name := fmt.Sprint("lane", w.Lane)
			g.enter(name)
			defer g.leave(name)
			if w.Lane == 0 {
				liveBegan <- time.Now()
			}
			time.Sleep(time.Minute)
			return queue.Done()
		}, nil)
		markAll(t, st, "acme", 2, 100)
		time.Sleep(10 * time.Second)
		marked := time.Now()
		markAll(t, st, "acme", 0, 1)
		if d := (<-liveBegan).Sub(marked); d > time.Second {
			t.Errorf("the live change waited %v behind backfill", d)
		}
		time.Sleep(40 * time.Minute)
		if n := g.read(g.most, "lane2"); n != 3 {
			t.Errorf("backfill had up to %d of 4 slots, want 3", n)
		}
		if n := g.read(g.ran, "lane2"); n != 100 {
			t.Errorf("%d of 100 backfill rows ran", n)
		}
	})
}

// A pair with a deep backlog of live changes cannot starve another pair's sweep.
func TestPairsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := make(chan time.Time, 1)
		st, _ := start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			if w.Pair == "small" {
				began <- time.Now()
			}
			time.Sleep(time.Second)
			return queue.Done()
		}, nil)
		markAll(t, st, "deep", 0, 1000)
		time.Sleep(10*time.Second + 500*time.Millisecond)
		marked := time.Now()
		markAll(t, st, "small", 1, 1)
		if d := (<-began).Sub(marked); d > time.Second {
			t.Errorf("the other pair waited %v behind a backlog; want until the next free slot", d)
		}
	})
}

// Rows that become due later run on time, in any order, without anybody looking in between.
func TestDueTimesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		late := time.Duration(0)
		n := 0
		st, _ := start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			mu.Lock()
			defer mu.Unlock()
			n++
			late = max(late, time.Since(w.DueAt))
			return queue.Done()
		}, nil)
		for i, after := range []time.Duration{time.Hour, time.Minute, 90 * time.Second, 25 * time.Hour, 10 * time.Millisecond} {
			err := st.Update(t.Context(), func(tx *store.Tx) error {
				return tx.Mark(store.Mark{Pair: "acme", Key: fmt.Sprint("k", i), DueAt: time.Now().Add(after)})
			})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(26 * time.Hour)
		mu.Lock()
		defer mu.Unlock()
		if n != 5 || late > 10*time.Millisecond {
			t.Errorf("%d of 5 rows ran, the latest %v after its time", n, late)
		}
	})
}

// A row that recurs by marking itself runs on schedule, not in a loop.
func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		var st *store.Store
		ready := make(chan struct{})
		st, _ = start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			<-ready
			runs.Add(1)
			err := st.Update(ctx, func(tx *store.Tx) error {
				return tx.Mark(store.Mark{Pair: w.Pair, Key: w.Key, DueAt: time.Now().Add(30 * time.Second)})
			})
			if err != nil {
				return queue.Retry(0, err)
			}
			return queue.Done()
		}, nil)
		close(ready)
		mark(t, st, "sys:poll")
		time.Sleep(time.Hour + time.Second)
		if runs.Load() != 121 {
			t.Errorf("ran %d times in an hour, want 121", runs.Load())
		}
	})
}

// A handler that closes its row in its own transaction is not closed again, and one that is marked meanwhile runs again.
func TestFinishedByHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		var st *store.Store
		ready := make(chan struct{})
		st, _ = start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			<-ready
			n := runs.Add(1)
			err := st.Update(ctx, func(tx *store.Tx) error {
				if n == 1 {
					if err := tx.Mark(store.Mark{Pair: w.Pair, Key: w.Key}); err != nil {
						return err
					}
				}
				return tx.Done(w)
			})
			if err != nil {
				t.Error(err)
			}
			return queue.Finished()
		}, nil)
		close(ready)
		mark(t, st, "link:1")
		time.Sleep(time.Hour)
		if runs.Load() != 2 {
			t.Errorf("ran %d times, want twice", runs.Load())
		}
	})
}

// Stop waits for what runs and starts nothing more; a job that does not end in time is cancelled, and its row is free at
// the next start.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		url := "sqlite:" + filepath.Join(t.TempDir(), "q.db")
		st, err := store.Open(t.Context(), store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		g := newGauge()
		q := queue.New(queue.Options{Store: st, Concurrency: 4, Handlers: map[string]queue.Handler{
			"quick": func(ctx context.Context, w store.Work) queue.Outcome {
				g.enter("quick")
				time.Sleep(10 * time.Second)
				if ctx.Err() == nil {
					g.leave("quick")
				}
				return queue.Done()
			},
			"slow": func(ctx context.Context, w store.Work) queue.Outcome {
				g.enter("slow")
				<-ctx.Done()
				return queue.Finished()
			},
		}})
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := q.Start(t.Context()); err == nil {
			t.Error("a second Start was accepted")
		}
		mark(t, st, "quick", "slow")
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		begun := time.Now()
		stopped := make(chan struct{})
		go func() { q.Stop(ctx); close(stopped) }()
		time.Sleep(time.Second)
		mark(t, st, "quick2")
		<-stopped
		q.Stop(ctx)
		if d := time.Since(begun); d < 30*time.Second || d > 31*time.Second {
			t.Errorf("Stop took %v, want the time that it was given for the job that did not end", d)
		}
		if g.read(g.now, "quick") != 0 || g.read(g.ran, "quick") != 1 {
			t.Errorf("the quick job was cut short, or another was begun: %v %v", g.now, g.ran)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		if st, err = store.Open(t.Context(), store.Options{URL: url}); err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		if c := pending(t, st); c.Running != 0 || c.Pending != 2 {
			t.Errorf("after a restart %+v, want the slow job and the one never begun", c)
		}
	})
}
