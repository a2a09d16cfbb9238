package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// linkingFolds: both unlinked rows become the link's: versions add up, least lane and due time, waiters free, intents and
// questions go along.
func linkingFolds(t *testing.T, b *bench) {
	now := b.clock.Now()
	b.mark(store.Mark{Ref: contact(record.GHL, "g"), Lane: 2}, store.Mark{Ref: contact(record.GHL, "g"), Lane: 2},
		store.Mark{Ref: contact(record.Commonsku, "c"), Lane: 1, DueAt: now.Add(-time.Minute)},
		store.Mark{Key: "child", WaitsFor: "commonsku:contact:c"})
	in := store.Intent{Pair: pair, Key: "ghl:contact:g", Verb: "create", State: store.IntentSent, CreatedAt: now,
		Ref: record.Ref{Side: record.Commonsku, Kind: record.Contact}}
	p := store.Parked{Pair: pair, Why: "dead", Ref: contact(record.GHL, "g"), Key: "ghl:contact:g"}
	l := store.Link{Pair: pair, Kind: record.Contact, GHL: "g", Commonsku: "c"}
	b.update(func(tx *store.Tx) error {
		in.ID, l.ID = 0, 0
		return errors.Join(tx.PutIntent(&in), tx.Park(&p), tx.InsertLink(&l))
	})
	w, found := b.row(store.LinkKey(l.ID))
	if !found || w.Version != 3 || w.Lane != 1 || !w.DueAt.Equal(now.Add(-time.Minute)) || w.Owner != "" {
		t.Errorf("folded into %+v %v", w, found)
	}
	for _, key := range []string{"ghl:contact:g", "commonsku:contact:c"} {
		if _, found := b.row(key); found {
			t.Errorf("%s still has a row", key)
		}
	}
	if got := b.claim(9); len(got) != 2 {
		t.Errorf("claimed %v, want the link and the child that waited", keys(got))
	}
	b.view(func(tx *store.Tx) error {
		list, err := tx.IntentsOf(pair, store.LinkKey(l.ID))
		if len(list) != 1 || list[0].LinkID != l.ID {
			t.Errorf("intents of the link: %+v", list)
		}
		if err != nil {
			return err
		}
		q, err := tx.ParkedByID(p.ID)
		if q.Key != store.LinkKey(l.ID) || q.LinkID != l.ID {
			t.Errorf("what is parked has key %q and link %d", q.Key, q.LinkID)
		}
		return err
	})
}

// linkingKeepsHolder: the job that links runs on under the link's key; another job of the other record loses its row; and
// what was marked meanwhile runs again.
func linkingKeepsHolder(t *testing.T, b *bench) {
	b.mark(store.Mark{Ref: contact(record.GHL, "g")}, store.Mark{Ref: contact(record.Commonsku, "c")})
	list := b.claim(2)
	mine, other := list[0], list[1]
	if mine.Key != "commonsku:contact:c" {
		mine, other = other, mine
	}
	l := store.Link{Pair: pair, Kind: record.Contact, GHL: "g", Commonsku: "c"}
	b.update(func(tx *store.Tx) error {
		l.ID = 0
		return errors.Join(tx.Hold(mine), tx.InsertLink(&l))
	})
	if w, _ := b.row(store.LinkKey(l.ID)); w.Owner != mine.Owner || !w.Lease.Equal(mine.Lease) {
		t.Errorf("the link's row belongs to %q until %v", w.Owner, w.Lease)
	}
	if got := b.claim(9); len(got) != 0 {
		t.Fatalf("%v was claimed while its job runs", keys(got))
	}
	if err := b.s.Update(t.Context(), func(tx *store.Tx) error { return tx.Hold(other) }); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("the other record's job still holds: %v", err)
	}
	b.update(func(tx *store.Tx) error { return errors.Join(tx.Renew(mine, b.clock.Now().Add(lease)), tx.Done(mine)) })
	again := b.claimOne(store.LinkKey(l.ID)) // the other record's mark was not this job's
	b.update(func(tx *store.Tx) error { return tx.Done(again) })

	// Alone, and nothing else marked: the row of the job is the link's row, and Done ends it.
	b.mark(store.Mark{Ref: contact(record.GHL, "g2")})
	mine = b.claimOne("ghl:contact:g2")
	l = store.Link{Pair: pair, Kind: record.Contact, GHL: "g2", Commonsku: "c2"}
	b.update(func(tx *store.Tx) error {
		l.ID = 0
		return errors.Join(tx.Hold(mine), tx.InsertLink(&l), tx.Done(mine))
	})
	if got := b.claim(9); len(got) != 0 {
		t.Errorf("%v is left after the only job ended", keys(got))
	}

	// The job marked its record for later (a second look), then linked it: later it is.
	b.mark(store.Mark{Ref: contact(record.GHL, "g3")})
	mine = b.claimOne("ghl:contact:g3")
	b.mark(store.Mark{Ref: contact(record.GHL, "g3"), DueAt: b.clock.Now().Add(10 * time.Second)})
	l = store.Link{Pair: pair, Kind: record.Contact, GHL: "g3", Commonsku: "c3"}
	b.update(func(tx *store.Tx) error {
		l.ID = 0
		return errors.Join(tx.Hold(mine), tx.InsertLink(&l), tx.Done(mine))
	})
	if got := b.claim(9); len(got) != 0 {
		t.Errorf("%v runs before its time", keys(got))
	}
	b.clock.Advance(10 * time.Second)
	b.claimOne(store.LinkKey(l.ID))
}

func linkedOnce(t *testing.T, b *bench) {
	b.update(func(tx *store.Tx) error {
		return tx.InsertLink(&store.Link{Pair: pair, Kind: record.Contact, GHL: "g", Commonsku: "c", State: store.Tombstone})
	})
	for _, l := range []store.Link{{GHL: "g", Commonsku: "other"}, {GHL: "other", Commonsku: "c"}, {GHL: "g"}, {Commonsku: "c"}} {
		l.Pair, l.Kind = pair, record.Contact
		b.update(func(tx *store.Tx) error {
			if err := tx.InsertLink(&l); !errors.Is(err, store.ErrLinked) { // I2
				t.Errorf("a second link of %q and %q: %v", l.GHL, l.Commonsku, err)
			}
			return tx.SetWatermark(pair, "went on", "1") // the transaction is still good
		})
	}
	b.update(func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertLink(&store.Link{Pair: pair, Kind: record.Company, GHL: "g", Commonsku: "c"}),
			tx.InsertLink(&store.Link{Pair: "other", Kind: record.Contact, GHL: "g", Commonsku: "c"}),
			tx.InsertLink(&store.Link{Pair: pair, Kind: record.Contact, GHL: "half"}),
			tx.InsertLink(&store.Link{Pair: pair, Kind: record.Contact, GHL: "half2"}))
	})
}

func linkLists(t *testing.T, b *bench) {
	want := store.Link{Pair: pair, Kind: record.Contact, GHL: "g", Commonsku: "c", GHLParent: "gp", CommonskuParent: "cp",
		State: store.Live, GHLChanged: b.clock.Now(), CommonskuChanged: b.clock.Now().Add(time.Microsecond), CreatedAt: b.clock.Now(),
		SyncedAt: b.clock.Now(), Why: "conflict", WhyDetail: "phone", Meta: map[string]string{"phone_slot": "cell"}}
	b.update(func(tx *store.Tx) error {
		want.ID = 0
		if err := tx.InsertLink(&want); err != nil {
			return err
		}
		for i := range 1200 {
			l := store.Link{Pair: pair, Kind: record.Contact, GHL: fmt.Sprintf("g%d", i), Commonsku: fmt.Sprintf("c%d", i)}
			if i%2 == 0 {
				l.State = store.Tombstone
			}
			if err := tx.InsertLink(&l); err != nil {
				return err
			}
		}
		return nil
	})
	b.view(func(tx *store.Tx) error {
		got, err := tx.Link(want.ID)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("stored  %+v\nread    %+v", want, got)
		}
		if _, nerr := tx.Link(999_999); !errors.Is(nerr, store.ErrNotFound) {
			t.Errorf("a link that is not there: %v", nerr)
		}
		for name, f := range map[string]store.LinkFilter{
			"kind": {Kind: record.Contact, Limit: 1}, "ghl": {GHL: "g"}, "commonsku": {Commonsku: "c"},
			"parent": {Kind: record.Contact, CommonskuParent: "cp"}, "why": {Why: "conflict"}, "any why": {Why: "*"},
		} {
			list, lerr := tx.Links(pair, f)
			if err = errors.Join(err, lerr); len(list) != 1 || list[0].ID != want.ID {
				t.Errorf("filter %s: %d links", name, len(list))
			}
		}
		n, cerr := tx.CountLinks(pair, record.Contact)
		if n != 601 {
			t.Errorf("%d living links, want 601", n)
		}
		seen, last := 0, int64(0)
		eerr := tx.EachLink(pair, record.Contact, func(l store.Link) error {
			if l.ID <= last {
				t.Errorf("link %d after %d", l.ID, last)
			}
			seen, last = seen+1, l.ID
			_, err := tx.Bases(l.ID) // the transaction can be used inside
			return err
		})
		if seen != 1201 {
			t.Errorf("walked %d links, want 1201", seen)
		}
		return errors.Join(err, cerr, eerr)
	})
}

// linkGains: a link whose far side is made later takes over what was kept for that record.
func linkGains(t *testing.T, b *bench) {
	l := store.Link{Pair: pair, Kind: record.Contact, GHL: "g"}
	taken := store.Link{Pair: pair, Kind: record.Contact, GHL: "g2", Commonsku: "taken"}
	b.update(func(tx *store.Tx) error {
		l.ID, taken.ID = 0, 0
		return errors.Join(tx.InsertLink(&l), tx.InsertLink(&taken))
	})
	b.mark(store.Mark{Ref: contact(record.Commonsku, "c")})
	l.Commonsku, l.Why = "c", "watched"
	b.update(func(tx *store.Tx) error { return tx.UpdateLink(l) })
	if _, found := b.row(store.LinkKey(l.ID)); !found {
		t.Error("the new record's row was not folded")
	}
	b.update(func(tx *store.Tx) error {
		got, found, err := tx.LinkOf(pair, contact(record.Commonsku, "c"))
		if !found || got.ID != l.ID || got.Why != "watched" {
			t.Errorf("link of the new record: %+v %v", got, found)
		}
		l.Commonsku = "taken"
		if uerr := tx.UpdateLink(l); !errors.Is(uerr, store.ErrLinked) {
			t.Errorf("an id of another link: %v", uerr)
		}
		if uerr := tx.UpdateLink(store.Link{ID: 99999, Pair: pair}); !errors.Is(uerr, store.ErrNotFound) {
			t.Errorf("a link that is not there: %v", uerr)
		}
		return err
	})
}

func deleteLink(t *testing.T, b *bench) {
	l := store.Link{Pair: pair, Kind: record.Contact, GHL: "g", Commonsku: "c"}
	b.update(func(tx *store.Tx) error {
		l.ID = 0
		return errors.Join(tx.InsertLink(&l), tx.PutBases(l.ID, store.Bases{"email": {Key: record.Text("x")}}),
			tx.Mark(store.Mark{Pair: pair, Ref: contact(record.GHL, "g")}),
			tx.AddEvents(store.Event{Pair: pair, LinkID: l.ID, Kind: record.Contact, GHL: "g", Commonsku: "c", Action: "linked"}))
	})
	b.update(func(tx *store.Tx) error { return tx.DeleteLink(l.ID) })
	b.view(func(tx *store.Tx) error {
		_, found, err := tx.LinkOf(pair, contact(record.GHL, "g"))
		base, berr := tx.Bases(l.ID)
		events, herr := tx.HistoryOf(pair, record.Contact, record.Commonsku, "c", 0, 0)
		if found || base != nil || len(events) != 1 {
			t.Errorf("after deleting: linked %v, base %v, %d events", found, base, len(events))
		}
		return errors.Join(err, berr, herr)
	})
	if got := b.claim(1); len(got) != 0 {
		t.Errorf("%v is left of a deleted link", keys(got))
	}
}

func bases(t *testing.T, b *bench) {
	want := store.Bases{
		"email": merge.Base{GHL: record.Text("A@x.com"), Commonsku: record.Text("a@x.com"), Key: record.Text("a@x.com")},
		"tags":  merge.Base{GHL: record.Set("b", "a"), Key: record.Set("a", "b")},
		"phone": {},
	}
	b.update(func(tx *store.Tx) error { return tx.PutBases(1, store.Bases{"old": {}}) })
	b.update(func(tx *store.Tx) error { return tx.PutBases(1, want) })
	b.view(func(tx *store.Tx) error {
		got, err := tx.Bases(1)
		if len(got) != 3 || !got["tags"].GHL.Equal(want["tags"].GHL) || !got["email"].Commonsku.Equal(record.Text("a@x.com")) ||
			!got["phone"].Key.IsEmpty() {
			t.Errorf("read %+v", got)
		}
		none, nerr := tx.Bases(2)
		if none != nil {
			t.Errorf("a link without a base has %v", none)
		}
		return errors.Join(err, nerr)
	})
}
