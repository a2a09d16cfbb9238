package queue_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"tandem/internal/queue"
	"tandem/internal/store"
	"tandem/internal/store/storetest"
)

// Two processes on one database: each row runs once, and one process's mark wakes the other.
func TestTwoProcesses(t *testing.T) {
	db := storetest.Postgres(t)
	var mu sync.Mutex
	ran := map[string]int{}
	by := map[int]int{}
	var stores []*store.Store
	for i := range 2 {
		st := db.Open(t, nil)
		stores = append(stores, st)
		q := queue.New(queue.Options{Store: st, Concurrency: 8, Handlers: map[string]queue.Handler{
			"": func(ctx context.Context, w store.Work) queue.Outcome {
				mu.Lock()
				ran[w.Key]++
				by[i]++
				mu.Unlock()
				time.Sleep(5 * time.Millisecond)
				return queue.Done()
			}}})
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { q.Stop(context.Background()) })
	}
	markAll(t, stores[0], "acme", 0, 300)
	within(t, 20*time.Second, "300 rows", func() bool { mu.Lock(); defer mu.Unlock(); return len(ran) == 300 })
	mu.Lock()
	defer mu.Unlock()
	for k, n := range ran {
		if n != 1 {
			t.Errorf("%s ran %d times", k, n)
		}
	}
	if by[0] == 0 || by[1] == 0 {
		t.Errorf("the processes ran %v; want both at work", by)
	}
}

// What a dead process held is taken over when its lease ends, though nobody says so.
func TestTakeOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db storetest.Database) {
		const lease = time.Second
		st := db.Open(t, nil)
		mark(t, st, "link:1")
		err := st.Update(t.Context(), func(tx *store.Tx) error { // the process that dies
			list, err := tx.Claim(store.ClaimRequest{Owner: "dead", Limit: 1, MaxLane: 2, LeaseFor: lease})
			if len(list) != 1 {
				return fmt.Errorf("claimed %v", list)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		died := time.Now()
		ran := make(chan time.Time, 1)
		q := queue.New(queue.Options{Store: st, LeaseFor: lease, Handlers: map[string]queue.Handler{
			"": func(context.Context, store.Work) queue.Outcome { ran <- time.Now(); return queue.Done() }}})
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer q.Stop(t.Context())
		select {
		case at := <-ran:
			if d := at.Sub(died); d < lease-50*time.Millisecond || d > 2*lease {
				t.Errorf("taken over after %v, want when the lease of %v ends", d, lease)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("never taken over")
		}
	})
}

func within(t *testing.T, most time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(most); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", most, what)
		}
	}
}
