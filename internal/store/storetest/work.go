package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"tandem/internal/record"
	"tandem/internal/store"
)

func contact(side record.Side, id string) record.Ref {
	return record.Ref{Side: side, Kind: record.Contact, ID: id}
}

func markFolds(t *testing.T, b *bench) {
	now := b.clock.Now()
	b.mark(store.Mark{Key: "k", Lane: 2, DueAt: now.Add(time.Minute), Cause: "sweep"})
	b.clock.Advance(time.Second)
	b.mark(store.Mark{Key: "k", Lane: 1, Cause: "webhook"}, store.Mark{Key: "k", Lane: 2, DueAt: now.Add(time.Hour), Cause: "poll"})
	w, _ := b.row("k")
	if w.Version != 3 || w.Lane != 1 || !w.DueAt.Equal(now.Add(time.Second)) || !w.MarkedAt.Equal(now) || w.Cause != "poll" {
		t.Errorf("three marks made %+v", w)
	}
	err := b.s.Update(t.Context(), func(tx *store.Tx) error { return tx.Mark(store.Mark{Pair: pair}) })
	if err == nil {
		t.Error("a mark of nothing was accepted")
	}
}

func markWhileRunning(t *testing.T, b *bench) {
	b.mark(store.Mark{Key: "k"})
	w := b.claimOne("k")
	b.clock.Advance(time.Second)
	b.mark(store.Mark{Key: "k"})
	remarked := b.clock.Now()
	if got := b.claim(10); len(got) != 0 {
		t.Fatalf("a running row was claimed again: %v", keys(got))
	}
	b.update(func(tx *store.Tx) error { return tx.Done(w) })
	again := b.claimOne("k") // I8: dirtied meanwhile, runs again
	if !again.MarkedAt.Equal(remarked) {
		t.Errorf("lag counts from %v, want from the mark that was not served, %v", again.MarkedAt, remarked)
	}
	if again.Owner == w.Owner {
		t.Error("two claims have one token")
	}
	b.update(func(tx *store.Tx) error { return tx.Done(again) })
	if _, found := b.row("k"); found {
		t.Error("a finished row is still there")
	}
	// A schedule: the handler marks its own row for later, then ends. It must not run at once.
	b.mark(store.Mark{Key: "sys:poll"})
	w = b.claimOne("sys:poll")
	later := b.clock.Now().Add(30 * time.Second)
	b.mark(store.Mark{Key: "sys:poll", DueAt: later})
	b.update(func(tx *store.Tx) error { return tx.Done(w) })
	if got := b.claim(10); len(got) != 0 {
		t.Fatal("a row marked for later ran at once")
	}
	b.view(func(tx *store.Tx) error {
		next, ok, err := tx.NextDue()
		if !ok || !next.Equal(later) {
			t.Errorf("next due %v %v, want %v", next, ok, later)
		}
		return err
	})
	b.clock.Advance(30 * time.Second)
	b.claimOne("sys:poll")
}

func markResolvesLinks(t *testing.T, b *bench) {
	l := store.Link{Pair: pair, Kind: record.Contact, GHL: "g", Commonsku: "c"}
	b.update(func(tx *store.Tx) error { return tx.InsertLink(&l) })
	b.mark(store.Mark{Ref: contact(record.GHL, "g")}, store.Mark{Ref: contact(record.Commonsku, "c")},
		store.Mark{Ref: contact(record.GHL, "other")})
	if w, found := b.row(store.LinkKey(l.ID)); !found || w.Version != 2 {
		t.Errorf("marks of both sides made %+v %v, want the link's row twice", w, found)
	}
	if _, found := b.row("ghl:contact:other"); !found {
		t.Error("an unlinked record has no row of its own")
	}
}

func claimOrder(t *testing.T, b *bench) {
	now := b.clock.Now()
	b.mark(store.Mark{Key: "backfill", Lane: 2, DueAt: now.Add(-time.Hour)}, store.Mark{Key: "sweep", Lane: 1},
		store.Mark{Key: "live-late", Lane: 0}, store.Mark{Key: "live-early", Lane: 0, DueAt: now.Add(-time.Minute)},
		store.Mark{Key: "future", Lane: 0, DueAt: now.Add(time.Minute)})
	if got := keys(b.claimAs(store.ClaimRequest{Limit: 3, MaxLane: 1, LeaseFor: lease})); !reflect.DeepEqual(got,
		[]string{"live-early", "live-late", "sweep"}) {
		t.Errorf("claimed %v", got)
	}
	if got := keys(b.claimAs(store.ClaimRequest{Limit: 3, MaxLane: 1, LeaseFor: lease})); len(got) != 0 {
		t.Errorf("backfill was claimed although it was not asked for: %v", got)
	}
	b.claimOne("backfill")
}

// claimTurns: a pair with a deep backlog of live changes cannot keep another's backfill from a slot.
func claimTurns(t *testing.T, b *bench) {
	old := b.clock.Now().Add(-time.Hour)
	for i := range 40 {
		b.mark(store.Mark{Pair: "deep", Key: fmt.Sprintf("k%02d", i), Lane: i % 2, DueAt: old})
	}
	b.mark(store.Mark{Pair: "small", Key: "a", Lane: 2}, store.Mark{Pair: "small", Key: "b", Lane: 2})
	count := map[string]int{}
	for _, w := range b.claimAs(store.ClaimRequest{Limit: 4, MaxLane: 2, LeaseFor: lease}) {
		count[w.Pair]++
	}
	if count["deep"] != 2 || count["small"] != 2 {
		t.Errorf("four slots went %v", count)
	}
	// One slot, and the deep pair has jobs already.
	b.mark(store.Mark{Pair: "small", Key: "c", Lane: 2})
	list := b.claimAs(store.ClaimRequest{Limit: 1, MaxLane: 2, LeaseFor: lease, Running: map[string]int{"deep": 3, "small": 2}})
	if len(list) != 1 || list[0].Pair != "small" {
		t.Errorf("the free slot went to %+v", list)
	}
	// One slot and nothing running: who was served longest ago.
	b.mark(store.Mark{Pair: "small", Key: "d", Lane: 0})
	list = b.claimAs(store.ClaimRequest{Limit: 1, MaxLane: 2, LeaseFor: lease, Served: map[string]int64{"deep": 9, "small": 8}})
	if len(list) != 1 || list[0].Pair != "small" {
		t.Errorf("the turn went to %+v", list)
	}
}

func claimPaused(t *testing.T, b *bench) {
	b.mark(store.Mark{Pair: "off", Key: "link:1"}, store.Mark{Pair: "off", Key: "sys:poll"}, store.Mark{Pair: "on", Key: "link:2"})
	list := b.claimAs(store.ClaimRequest{Limit: 9, MaxLane: 2, LeaseFor: lease, Paused: []string{"off"}})
	got := map[string]bool{}
	for _, w := range list {
		got[w.Key] = true
	}
	if len(list) != 2 || !got["sys:poll"] || !got["link:2"] {
		t.Errorf("claimed %v of a paused and a running pair", keys(list))
	}
	b.update(func(tx *store.Tx) error {
		for _, w := range list {
			if err := tx.Done(w); err != nil {
				return err
			}
		}
		return nil
	})
	b.view(func(tx *store.Tx) error {
		if next, ok, err := tx.NextDue("off"); ok || err != nil {
			t.Errorf("only a paused row is left, but something is due at %v (%v)", next, err)
		}
		_, ok, err := tx.NextDue()
		if !ok {
			t.Error("without the pause nothing is due")
		}
		return err
	})
}

// claimDeepBacklog: with very many rows waiting a claim reads no more than with a hundred.
func claimDeepBacklog(t *testing.T, b *bench) {
	claims := func() time.Duration {
		best := time.Hour
		for range 5 {
			begun := time.Now()
			if list := b.claim(8); len(list) != 8 {
				t.Fatalf("claimed %d", len(list))
			}
			best = min(best, time.Since(begun))
		}
		return best
	}
	fill := func(from, to int) {
		for from < to {
			b.update(func(tx *store.Tx) error {
				for i := from; i < min(to, from+5000); i++ {
					if err := tx.Mark(store.Mark{Pair: pair, Key: fmt.Sprintf("k%d", i), Lane: 2}); err != nil {
						return err
					}
				}
				return nil
			})
			from += 5000
		}
	}
	fill(0, 100)
	few := claims()
	rows := 100_000
	if b.db.Name == store.Postgres {
		rows = 30_000 // a round trip each
	}
	fill(100, rows)
	many := claims()
	if many > 5*few+5*time.Millisecond {
		t.Errorf("a claim took %v with few rows and %v with %d", few, many, rows)
	}
	t.Logf("claim of 8: %v with 100 rows, %v with %d", few, many, rows)
}

func leases(t *testing.T, b *bench) {
	b.mark(store.Mark{Key: "k"})
	w := b.claimOne("k")
	b.view(func(tx *store.Tx) error {
		next, ok, err := tx.NextDue()
		if !ok || !next.Equal(w.Lease) {
			t.Errorf("next due %v %v, want the end of the lease %v", next, ok, w.Lease)
		}
		return err
	})
	b.clock.Advance(10 * time.Second)
	b.update(func(tx *store.Tx) error { return tx.Renew(w, b.clock.Now().Add(lease)) })
	b.clock.Advance(10 * time.Second)
	if got := b.claim(1); len(got) != 0 {
		t.Fatal("a renewed lease was taken")
	}
	// A lease that nobody took is still its owner's, ended or not.
	b.clock.Advance(10 * time.Second)
	b.update(func(tx *store.Tx) error { return tx.Hold(w) })
	other := b.claimOne("k") // a dead process's row
	for name, fn := range map[string]func(tx *store.Tx) error{
		"Hold": func(tx *store.Tx) error { return tx.Hold(w) }, "Renew": func(tx *store.Tx) error { return tx.Renew(w, b.clock.Now()) },
		"Done": func(tx *store.Tx) error { return tx.Done(w) }, "Retry": func(tx *store.Tx) error { return tx.Retry(w, b.clock.Now(), "") },
		"Defer": func(tx *store.Tx) error { return tx.Defer(w, b.clock.Now(), "") },
	} {
		if err := b.s.Update(t.Context(), fn); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("%s by who lost the lease: %v", name, err)
		}
	}
	b.update(func(tx *store.Tx) error { return tx.Hold(other) })
	b.update(func(tx *store.Tx) error { return tx.ClearLeases() })
	b.claimOne("k")
}

func retry(t *testing.T, b *bench) {
	b.mark(store.Mark{Key: "k"})
	w := b.claimOne("k")
	until := b.clock.Now().Add(time.Minute)
	b.update(func(tx *store.Tx) error { return tx.Retry(w, until, "502 from the far side") })
	b.mark(store.Mark{Key: "k"}) // a new event does not cut a backoff short
	if got := b.claim(1); len(got) != 0 {
		t.Fatal("a row in backoff was claimed")
	}
	r, _ := b.row("k")
	if r.Attempts != 1 || r.LastError != "502 from the far side" || !r.NotBefore.Equal(until) {
		t.Errorf("after a failed run: %+v", r)
	}
	b.clock.Advance(time.Minute)
	w = b.claimOne("k")
	b.mark(store.Mark{Key: "k"})
	b.update(func(tx *store.Tx) error { return tx.Done(w) })
	if r, _ := b.row("k"); r.Attempts != 0 || r.LastError != "" || !r.NotBefore.IsZero() {
		t.Errorf("success did not clear the failures: %+v", r)
	}
}

func deferring(t *testing.T, b *bench) {
	b.mark(store.Mark{Key: "k"})
	w := b.claimOne("k")
	b.update(func(tx *store.Tx) error { return tx.Defer(w, b.clock.Now().Add(time.Second), "") })
	if got := b.claim(1); len(got) != 0 {
		t.Fatal("a deferred row was claimed before its time")
	}
	b.clock.Advance(time.Second)
	if w = b.claimOne("k"); w.Attempts != 0 {
		t.Errorf("deferring counted as %d attempts", w.Attempts)
	}
}

func waits(t *testing.T, b *bench) {
	parent := contact(record.GHL, "parent")
	b.mark(store.Mark{Key: "child-marked", WaitsFor: parent.String()}, store.Mark{Key: "child-deferred"}, store.Mark{Key: "child-remarked"})
	list := b.claim(9)
	if len(list) != 2 {
		t.Fatalf("claimed %v, want those that do not wait", keys(list))
	}
	b.mark(store.Mark{Key: "child-remarked"}) // news during the run: look again before waiting
	b.update(func(tx *store.Tx) error {
		for _, w := range list {
			if err := tx.Defer(w, b.clock.Now(), parent.String()); err != nil {
				return err
			}
		}
		return nil
	})
	again := b.claimOne("child-remarked")
	if again.WaitsFor != "" {
		t.Errorf("a row that runs waits for %s", again.WaitsFor)
	}
	b.update(func(tx *store.Tx) error { return tx.Done(again) })
	b.clock.Advance(365 * 24 * time.Hour)
	if got := b.claim(9); len(got) != 0 {
		t.Fatalf("%v did not wait for the parent", keys(got))
	}
	l := store.Link{Pair: pair, Kind: record.Contact, GHL: "parent", Commonsku: "p2"}
	b.update(func(tx *store.Tx) error { return tx.InsertLink(&l) })
	list = b.claim(9)
	if len(list) != 2 {
		t.Fatalf("linking the parent freed %v", keys(list))
	}
	// The parent was linked between the child's look and its Defer: it must not wait for ever.
	b.update(func(tx *store.Tx) error { return tx.Defer(list[0], b.clock.Now(), parent.String()) })
	b.claimOne(list[0].Key)
	b.mark(store.Mark{Key: "late", WaitsFor: parent.String()})
	b.claimOne("late")
}

func workCounts(t *testing.T, b *bench) {
	now := b.clock.Now()
	b.mark(store.Mark{Key: "run"})
	running := b.claimOne("run")
	b.mark(store.Mark{Key: "fail"})
	failed := b.claimOne("fail")
	b.update(func(tx *store.Tx) error { return tx.Retry(failed, now.Add(time.Hour), "x") })
	b.mark(store.Mark{Key: "wait", WaitsFor: "ghl:contact:z"}, store.Mark{Key: "later", DueAt: now.Add(time.Minute)},
		store.Mark{Key: "sys:due"}, store.Mark{Key: "sys:later", DueAt: now.Add(time.Minute)}, store.Mark{Pair: "other", Key: "x"})
	b.clock.Advance(5 * time.Second)
	b.view(func(tx *store.Tx) error {
		c, err := tx.WorkCounts(pair)
		want := store.WorkCounts{Pending: 2, Running: 1, Backoff: 1, Waiting: 1, Oldest: now}
		if c != want {
			t.Errorf("counts %+v, want %+v", c, want)
		}
		return err
	})
	_ = running
}

func wake(t *testing.T, b *bench) {
	drain := func() {
		select {
		case <-b.s.Wake():
		default:
		}
	}
	woken := func() bool {
		select {
		case <-b.s.Wake():
			return true
		case <-time.After(50 * time.Millisecond):
			return false
		}
	}
	time.Sleep(50 * time.Millisecond) // PostgreSQL: what listening begins with
	drain()
	b.mark(store.Mark{Key: "k"})
	if !woken() {
		t.Error("a mark woke nobody")
	}
	b.update(func(tx *store.Tx) error { return tx.SetWatermark(pair, "w", "1") })
	if woken() {
		t.Error("a watermark woke the queue")
	}
	_ = b.s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.Mark(store.Mark{Pair: pair, Key: "j"}); err != nil {
			return err
		}
		return errors.New("refused")
	})
	if woken() {
		t.Error("a mark that was rolled back woke the queue")
	}
	w := b.claimOne("k")
	b.update(func(tx *store.Tx) error { return tx.Retry(w, b.clock.Now().Add(time.Hour), "") })
	if !woken() {
		t.Error("a new due time woke nobody")
	}
	b.update(func(tx *store.Tx) error { return tx.PutPairState(store.PairState{Name: pair, Live: true}) })
	if !woken() {
		t.Error("a resumed pair woke nobody")
	}
}
