package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"tandem/internal/record"
	"tandem/internal/store"
)

// concurrentClaims: many at once take each row exactly once.
func concurrentClaims(t *testing.T, b *bench) {
	for i := range 200 {
		b.mark(store.Mark{Pair: fmt.Sprintf("p%d", i%3), Key: fmt.Sprintf("k%d", i)})
	}
	var mu sync.Mutex
	got := map[string]int{}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for {
				var list []store.Work
				err := b.s.Update(t.Context(), func(tx *store.Tx) (err error) {
					list, err = tx.Claim(store.ClaimRequest{Limit: 7, MaxLane: 2, LeaseFor: lease})
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, w := range list {
					got[w.Pair+w.Key]++
				}
				all := len(got) == 200
				mu.Unlock()
				if all {
					return
				}
			}
		})
	}
	wg.Wait()
	for k, n := range got {
		if n != 1 {
			t.Errorf("%s was claimed %d times", k, n)
		}
	}
}

// concurrentQuota: I9 across all who take at once.
func concurrentQuota(t *testing.T, b *bench) {
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				var ok bool
				err := b.s.Update(t.Context(), func(tx *store.Tx) (err error) {
					ok, err = tx.TakeQuota(pair, record.GHL, "day", 3, 100, b.clock.Now().Add(lease))
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if ok {
					taken.Add(3)
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() != 99 {
		t.Errorf("%d calls taken of 100, by threes", taken.Load())
	}
}

// linkWhileMarked: whatever meets, an unlinked record's row and a wait for it never outlast its link.
func linkWhileMarked(t *testing.T, b *bench) {
	for round := range 15 {
		g, c := contact(record.GHL, fmt.Sprint("g", round)), contact(record.Commonsku, fmt.Sprint("c", round))
		l := store.Link{Pair: pair, Kind: record.Contact, GHL: g.ID, Commonsku: c.ID}
		child := fmt.Sprint("child", round)
		var wg sync.WaitGroup
		run := func(fn func(tx *store.Tx) error) {
			wg.Go(func() {
				if err := b.s.Update(t.Context(), fn); err != nil {
					t.Error(err)
				}
			})
		}
		run(func(tx *store.Tx) error { return tx.Mark(store.Mark{Pair: pair, Ref: g}) })
		run(func(tx *store.Tx) error { l.ID = 0; return tx.InsertLink(&l) })
		run(func(tx *store.Tx) error { return tx.Mark(store.Mark{Pair: pair, Ref: c}) })
		run(func(tx *store.Tx) error { return tx.Mark(store.Mark{Pair: pair, Key: child, WaitsFor: g.String()}) })
		run(func(tx *store.Tx) error {
			return errors.Join(tx.Mark(store.Mark{Pair: pair, Ref: g}), tx.Mark(store.Mark{Pair: pair, Ref: c}))
		})
		wg.Wait()
		w, found := b.row(store.LinkKey(l.ID))
		if !found || w.Version != 4 {
			t.Errorf("round %d: the link's row has %d of 4 marks", round, w.Version)
		}
		for _, ref := range []record.Ref{g, c} {
			if _, found := b.row(ref.String()); found {
				t.Errorf("round %d: %s still has a row of its own", round, ref)
			}
		}
		if w, _ := b.row(child); w.WaitsFor != "" {
			t.Errorf("round %d: a child waits for a record that is linked", round)
		}
	}
}
