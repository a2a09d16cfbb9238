package queue_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/queue"
	"tandem/internal/store"
)

// start opens a real SQLite store and runs a queue with one handler.
func start(t *testing.T, handler queue.Handler, paused func() []string) (*store.Store, *queue.Queue) {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "q.db")})
	if err != nil {
		t.Fatal(err)
	}
	q := queue.New(queue.Options{Store: st, Handlers: map[string]queue.Handler{"": handler}, Concurrency: 4, Paused: paused})
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		q.Stop(ctx)
		st.Close()
	})
	return st, q
}

func mark(t *testing.T, st *store.Store, keys ...string) {
	t.Helper()
	err := st.Update(t.Context(), func(tx *store.Tx) error {
		for _, k := range keys {
			if err := tx.Mark(store.Mark{Pair: "acme", Key: k}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pending(t *testing.T, st *store.Store) (c store.WorkCounts) {
	t.Helper()
	if err := st.View(t.Context(), func(tx *store.Tx) (err error) { c, err = tx.WorkCounts("acme"); return err }); err != nil {
		t.Fatal(err)
	}
	return c
}

// A record that is dirtied while its job runs is worked on once more, and never by two at once (I8).
func TestDirtiedWhileRunningRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		runs, at, most := 0, 0, 0
		st, _ := start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			mu.Lock()
			runs++
			at++
			most = max(most, at)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			at--
			mu.Unlock()
			return queue.Done()
		}, nil)
		mark(t, st, "link:1")
		time.Sleep(500 * time.Millisecond)
		for range 5 {
			mark(t, st, "link:1")
		}
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if runs != 2 || most != 1 {
			t.Errorf("ran %d times, %d at once; want 2 times, 1 at once", runs, most)
		}
		if c := pending(t, st); c.Pending+c.Running+c.Backoff != 0 {
			t.Errorf("left over: %+v", c)
		}
	})
}

// A record that always fails backs off and does not keep others from running; new marks do not cut its backoff short.
func TestPoisonBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		runs := map[string]int{}
		st, _ := start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			mu.Lock()
			defer mu.Unlock()
			runs[w.Key]++
			switch w.Key {
			case "link:poison":
				return queue.Retry(0, errors.New("always"))
			case "link:panic":
				panic("a bug")
			}
			return queue.Done()
		}, nil)
		mark(t, st, "link:poison", "link:panic", "link:good")
		for range 600 {
			time.Sleep(time.Second)
			mark(t, st, "link:poison")
		}
		mu.Lock()
		defer mu.Unlock()
		if runs["link:good"] != 1 {
			t.Errorf("the good record ran %d times, want once", runs["link:good"])
		}
		for _, k := range []string{"link:poison", "link:panic"} {
			if n := runs[k]; n < 5 || n > 60 {
				t.Errorf("%s ran %d times in ten minutes; want some, with growing pauses", k, n)
			}
		}
	})
}

// A job that takes longer than its lease keeps the row, since the lease is renewed.
func TestLongJobKeepsItsRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		runs := 0
		st, _ := start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			mu.Lock()
			runs++
			mu.Unlock()
			select {
			case <-time.After(5 * time.Minute):
			case <-ctx.Done():
			}
			return queue.Done()
		}, nil)
		mark(t, st, "link:1")
		time.Sleep(10 * time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if runs != 1 {
			t.Errorf("ran %d times, want once", runs)
		}
	})
}

// A paused pair's records wait, what recurs goes on, and a resumed pair is worked on at once.
func TestPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		paused := []string{"acme"}
		ran := map[string]time.Time{}
		st, q := start(t, func(ctx context.Context, w store.Work) queue.Outcome {
			mu.Lock()
			defer mu.Unlock()
			ran[w.Key] = time.Now()
			return queue.Done()
		}, func() []string { mu.Lock(); defer mu.Unlock(); return paused })
		mark(t, st, "link:1", "sys:sweep")
		time.Sleep(time.Hour)
		mu.Lock()
		if _, ok := ran["link:1"]; ok || ran["sys:sweep"].IsZero() {
			t.Errorf("while paused ran %v; want only sys:sweep", ran)
		}
		paused = nil
		mu.Unlock()
		resumed := time.Now()
		q.Wake()
		synctest.Wait()
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if d := ran["link:1"].Sub(resumed); ran["link:1"].IsZero() || d > time.Second {
			t.Errorf("ran %v after resuming, want at once", d)
		}
	})
}

// With nothing to do the queue does nothing: a simulated month costs next to no time.
func TestIdleCostsNothing(t *testing.T) {
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		st, _ := start(t, func(context.Context, store.Work) queue.Outcome { return queue.Done() }, nil)
		err := st.Update(t.Context(), func(tx *store.Tx) error {
			return tx.Mark(store.Mark{Pair: "acme", Key: "sys:full", DueAt: time.Now().Add(24 * time.Hour)})
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Hour)
		if c := pending(t, st); c.Pending+c.Running != 0 {
			t.Errorf("the row that was due after a day has not run: %+v", c)
		}
	})
	t.Logf("30 simulated hours took %v", time.Since(began))
}
