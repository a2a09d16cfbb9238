package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"tandem/internal/record"
	"tandem/internal/store"
)

func seen(t *testing.T, b *bench) {
	now := b.clock.Now()
	full := store.Seen{Pair: pair, Ref: contact(record.GHL, "a"), Email: "a@x.com", Phone: "+13125550100", NameKey: "ann lee",
		CompanyKey: "acme", ParentID: "p", Name: "Ann Lee", ChangedAt: now.Add(-time.Hour), CreatedAt: now.Add(-2 * time.Hour),
		RowHash: "h", SeenAt: now}
	list := []store.Seen{full}
	for i := range 600 {
		list = append(list, store.Seen{Pair: pair, Ref: contact(record.Commonsku, fmt.Sprintf("c%03d", i)), Email: "office@x.com", SeenAt: now})
	}
	b.update(func(tx *store.Tx) error { return tx.PutSeen(list...) })
	b.view(func(tx *store.Tx) error {
		got, found, err := tx.SeenOf(pair, full.Ref)
		if !found || !reflect.DeepEqual(got, full) {
			t.Errorf("stored  %+v\nread    %+v", full, got)
		}
		byPhone, perr := tx.SeenByPhone(pair, record.GHL, record.Contact, "+13125550100")
		byName, nerr := tx.SeenByNameKey(pair, record.GHL, record.Contact, "ann lee")
		byEmail, merr := tx.SeenByEmail(pair, record.Commonsku, record.Contact, "office@x.com")
		nobody, oerr := tx.SeenByEmail(pair, record.GHL, record.Contact, "")
		if len(byPhone) != 1 || len(byName) != 1 || len(byEmail) != 600 || len(nobody) != 0 {
			t.Errorf("by phone %d, name %d, e-mail %d, nothing %d", len(byPhone), len(byName), len(byEmail), len(nobody))
		}
		n := 0
		eerr := tx.EachSeen(pair, record.Commonsku, record.Contact, func(store.Seen) error { n++; return nil })
		if n != 600 {
			t.Errorf("walked %d", n)
		}
		return errors.Join(err, perr, nerr, merr, oerr, eerr)
	})
	begun := now.Add(time.Minute)
	b.update(func(tx *store.Tx) error {
		again := list[1]
		again.SeenAt = begun
		return errors.Join(tx.PutSeen(again), tx.MarkGone(pair, list[2].Ref, begun), tx.MarkGone(pair, contact(record.GHL, "never"), begun))
	})
	b.view(func(tx *store.Tx) error {
		refs, err := tx.SeenBefore(pair, record.Commonsku, record.Contact, begun)
		if len(refs) != 598 || refs[0] != list[3].Ref {
			t.Errorf("a complete walk missed %d, the first %v; want 598: neither the one it met nor the one known gone", len(refs), refs[0])
		}
		s, found, gerr := tx.SeenOf(pair, contact(record.GHL, "never"))
		if !found || !s.GoneAt.Equal(begun) {
			t.Errorf("gone: %+v %v", s, found)
		}
		return errors.Join(err, gerr)
	})
}

func intents(t *testing.T, b *bench) {
	now := b.clock.Now()
	want := store.Intent{Pair: pair, Key: "ghl:contact:g", Ref: record.Ref{Side: record.Commonsku, Kind: record.Contact}, Verb: "create",
		Fields: map[string]record.Value{"first_name": record.Text("Ann"), "tags": record.Set("a", "b")},
		Parent: record.Ref{Side: record.Commonsku, Kind: record.Company, ID: "co"}, Fingerprint: "f", State: store.IntentOpen,
		CreatedAt: now, RunID: "r"}
	b.update(func(tx *store.Tx) error { want.ID = 0; return tx.PutIntent(&want) })
	b.view(func(tx *store.Tx) error {
		list, err := tx.IntentsOf(pair, "ghl:contact:g")
		if len(list) != 1 || !reflect.DeepEqual(list[0], want) {
			t.Errorf("stored  %+v\nread    %+v", want, list)
		}
		creates, cerr := tx.OpenCreates(pair, record.Commonsku, record.Contact)
		if len(creates) != 0 {
			t.Error("an intent that was not sent is an open create")
		}
		return errors.Join(err, cerr)
	})
	want.State, want.SentAt, want.Looks, want.LookedAt = store.IntentSent, now, 2, now.Add(time.Second)
	b.update(func(tx *store.Tx) error { return tx.PutIntent(&want) })
	update := store.Intent{Pair: pair, Key: "link:1", LinkID: 1, Ref: contact(record.GHL, "g"), Verb: "update", State: store.IntentSent, CreatedAt: now}
	b.update(func(tx *store.Tx) error { update.ID = 0; return tx.PutIntent(&update) })
	b.view(func(tx *store.Tx) error {
		creates, err := tx.OpenCreates(pair, record.Commonsku, record.Contact)
		if len(creates) != 1 || !reflect.DeepEqual(creates[0], want) {
			t.Errorf("open creates: %+v", creates)
		}
		about, aerr := tx.IntentsAbout(pair, contact(record.GHL, "g"))
		n, nerr := tx.CountIntents(pair)
		all, oerr := tx.OpenIntents(pair)
		if len(about) != 1 || about[0].ID != update.ID || n != 2 || len(all) != 2 {
			t.Errorf("about the record %d, in all %d and %d", len(about), n, len(all))
		}
		return errors.Join(err, aerr, nerr, oerr)
	})
	b.update(func(tx *store.Tx) error { return tx.DeleteIntent(want.ID) })
	if err := b.s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutIntent(&want) }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("writing over a closed intent: %v", err)
	}
}

func allowances(t *testing.T, b *bench) {
	now := b.clock.Now()
	ref := contact(record.GHL, "g")
	grant := func(typ string, d time.Duration) store.Allowance {
		return store.Allowance{Pair: pair, Ref: ref, EventType: typ, ExpiresAt: now.Add(d)}
	}
	b.update(func(tx *store.Tx) error {
		return tx.Grant(grant("ContactUpdate", time.Hour), grant("ContactUpdate", time.Minute), grant("ContactTagUpdate", time.Minute))
	})
	swallow := func(typ string, at time.Time) (ok bool) {
		b.update(func(tx *store.Tx) (err error) { ok, err = tx.Swallow(pair, ref, typ, at); return err })
		return ok
	}
	for i, want := range []bool{true, true, false} {
		if got := swallow("ContactUpdate", now); got != want {
			t.Errorf("event %d: swallowed is %v", i, got)
		}
	}
	if swallow("ContactTagUpdate", now.Add(time.Minute)) {
		t.Error("an allowance that ended was spent")
	}
	b.update(func(tx *store.Tx) error {
		n, err := tx.PruneAllowances(now.Add(time.Minute))
		if n != 1 {
			t.Errorf("pruned %d", n)
		}
		return err
	})
}

func history(t *testing.T, b *bench) {
	start := b.clock.Now()
	l := store.Link{Pair: pair, Kind: record.Contact, GHL: "g", Commonsku: "c"}
	add := func(e store.Event) {
		t.Helper()
		e.Pair, e.Kind, e.At = pair, record.Contact, b.clock.Now()
		b.update(func(tx *store.Tx) error { return tx.AddEvents(e) })
		b.clock.Advance(time.Second)
	}
	add(store.Event{GHL: "g", Action: "ask"}) // before it was linked
	b.update(func(tx *store.Tx) error { l.ID = 0; return tx.InsertLink(&l) })
	add(store.Event{LinkID: l.ID, GHL: "g", Commonsku: "c", Action: "linked"})
	full := store.Event{LinkID: l.ID, GHL: "g", Commonsku: "c", Action: "updated", Side: record.Commonsku, Field: "tags",
		Old: record.Set("a"), New: record.Set("a", "b"), Reason: "ghl changed", RunID: "r"}
	add(full)
	add(store.Event{LinkID: l.ID, GHL: "g-new", Commonsku: "c", Action: "updated", Side: record.GHL, Field: "email", New: record.Text("x")})
	b.view(func(tx *store.Tx) error {
		all, err := tx.HistoryOf(pair, record.Contact, record.GHL, "g", 0, 0)
		if len(all) != 4 || all[0].Field != "email" || all[3].Action != "ask" {
			t.Errorf("history of the record: %+v", all)
			return err
		}
		got := all[1]
		if !got.Old.Equal(full.Old) || !got.New.Equal(full.New) || got.Side != full.Side || got.Reason != full.Reason || got.RunID != "r" ||
			!got.At.Equal(start.Add(2*time.Second)) {
			t.Errorf("read %+v", got)
		}
		page, perr := tx.HistoryOf(pair, record.Contact, record.Commonsku, "c", all[1].ID, 1)
		if len(page) != 1 || page[0].Action != "linked" {
			t.Errorf("the page after: %+v", page)
		}
		recent, rerr := tx.RecentEvents(l.ID, start.Add(2*time.Second))
		if len(recent) != 2 || recent[0].Field != "email" {
			t.Errorf("recent: %+v", recent)
		}
		writes, werr := tx.WritesSince(l.ID, record.Commonsku, start)
		n, nerr := tx.CountEvents(pair, record.Contact, []string{"updated", "linked"}, start.Add(2*time.Second))
		if writes != 1 || n != 2 {
			t.Errorf("%d writes to commonsku, %d events counted", writes, n)
		}
		var actions []string
		eerr := tx.EachEvent(pair, start.Add(time.Second), func(e store.Event) error {
			actions = append(actions, e.Action)
			return nil
		})
		if !reflect.DeepEqual(actions, []string{"linked", "updated", "updated"}) {
			t.Errorf("each event: %v", actions)
		}
		return errors.Join(err, perr, rerr, werr, nerr, eerr)
	})
	b.update(func(tx *store.Tx) error {
		for range 1100 { // more than two pages, at one instant
			if err := tx.AddEvents(store.Event{Pair: "busy", Kind: record.Contact, Action: "updated", At: start}); err != nil {
				return err
			}
		}
		n := 0
		err := tx.EachEvent("busy", start, func(store.Event) error { n++; return nil })
		if n != 1100 {
			t.Errorf("walked %d of 1100 events", n)
		}
		return err
	})
}

func watermarks(t *testing.T, b *bench) {
	for _, v := range []string{"", "one", "two"} {
		if v != "" {
			b.update(func(tx *store.Tx) error { return tx.SetWatermark(pair, "sweep", v) })
		}
		b.view(func(tx *store.Tx) error {
			got, err := tx.Watermark(pair, "sweep")
			if got != v {
				t.Errorf("watermark %q, want %q", got, v)
			}
			return err
		})
	}
}

func parked(t *testing.T, b *bench) {
	begun := b.clock.Now()
	want := store.Parked{Pair: pair, Why: "conflict", LinkID: 4, Ref: contact(record.GHL, "g"), Field: "phone", Key: "link:4",
		Base: record.Text("1"), GHL: record.Text("2"), Commonsku: record.Set("3"),
		Candidates: []store.Candidate{{Ref: contact(record.Commonsku, "c"), Score: 0.5, Reason: "name", Label: "Ann"}},
		Class:      "invalid", Cause: "because", Mend: "do this", Detail: json.RawMessage(`{"n":1}`)}
	b.update(func(tx *store.Tx) error { return tx.Park(&want) })
	b.view(func(tx *store.Tx) error {
		got, err := tx.ParkedByID(want.ID)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("stored  %+v\nread    %+v", want, got)
		}
		return err
	})
	b.clock.Advance(time.Minute)
	again := want
	again.CreatedAt, again.Cause = time.Time{}, "still"
	other := store.Parked{Pair: pair, Why: "dead", LinkID: 5, Key: "link:5"}
	third := store.Parked{Pair: pair, Why: "dead", LinkID: 6, Key: "link:6"}
	b.update(func(tx *store.Tx) error { return errors.Join(tx.Park(&again), tx.Park(&other), tx.Park(&third)) })
	if again.ID != want.ID || other.ID == third.ID {
		t.Errorf("ids %d again %d, others %d %d", want.ID, again.ID, other.ID, third.ID)
	}
	b.view(func(tx *store.Tx) error {
		got, err := tx.ParkedByID(want.ID)
		if !got.CreatedAt.Equal(begun) || got.Cause != "still" {
			t.Errorf("parked again: %+v", got)
		}
		counts, cerr := tx.CountParked(pair)
		if !reflect.DeepEqual(counts, map[string]int{"conflict": 1, "dead": 2}) {
			t.Errorf("counts %v", counts)
		}
		for name, f := range map[string]store.ParkedFilter{
			"why": {Pair: pair, Why: []string{"ask", "conflict"}}, "link": {LinkID: 4}, "ref": {Ref: want.Ref},
			"limit": {Pair: pair, Limit: 1, OpenOnly: true},
		} {
			list, lerr := tx.ParkedList(f)
			if err = errors.Join(err, lerr); len(list) != 1 || list[0].ID != want.ID {
				t.Errorf("filter %s: %+v", name, list)
			}
		}
		rest, lerr := tx.ParkedList(store.ParkedFilter{Pair: pair, Cursor: want.ID})
		if len(rest) != 2 {
			t.Errorf("the page after has %d", len(rest))
		}
		return errors.Join(err, cerr, lerr)
	})
	b.update(func(tx *store.Tx) error {
		return errors.Join(tx.UnparkWhere(pair, "conflict", want.Ref, "email", "no"), tx.Unpark(other.ID, "retried"))
	})
	if err := b.s.Update(t.Context(), func(tx *store.Tx) error { return tx.Unpark(other.ID, "twice") }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("resolving twice: %v", err)
	}
	b.update(func(tx *store.Tx) error { return tx.UnparkWhere(pair, "conflict", want.Ref, "phone", "ghl") })
	b.view(func(tx *store.Tx) error {
		open, err := tx.ParkedList(store.ParkedFilter{Pair: pair, OpenOnly: true})
		if len(open) != 1 || open[0].ID != third.ID {
			t.Errorf("open: %+v", open)
		}
		got, gerr := tx.ParkedByID(want.ID)
		if got.Resolution != "ghl" || got.ResolvedAt.IsZero() {
			t.Errorf("resolved: %+v", got)
		}
		return errors.Join(err, gerr)
	})
	b.update(func(tx *store.Tx) error { return tx.Park(&again) })
	b.view(func(tx *store.Tx) error {
		got, err := tx.ParkedByID(again.ID)
		if !got.ResolvedAt.IsZero() || got.Resolution != "" {
			t.Errorf("parked anew it is still resolved: %+v", got)
		}
		return err
	})
}

func pairs(t *testing.T, b *bench) {
	want := store.PairState{Name: pair, Region: "US", Live: true, Reasons: []string{"operator", "auth"}, LastSweep: b.clock.Now(),
		LastFullSweep: b.clock.Now().Add(time.Second), RowsHash: "h"}
	b.update(func(tx *store.Tx) error {
		if _, known, err := tx.PairState(pair); known || err != nil {
			t.Errorf("known before it was put (%v)", err)
		}
		return errors.Join(tx.PutPairState(store.PairState{Name: pair}), tx.PutPairState(want))
	})
	b.view(func(tx *store.Tx) error {
		got, _, err := tx.PairState(pair)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("stored %+v, read %+v", want, got)
		}
		return err
	})
}

func identityLocks(t *testing.T, b *bench) {
	try := func(name, owner string) (ok bool) {
		b.update(func(tx *store.Tx) (err error) {
			ok, err = tx.TryLock(pair, name, owner, b.clock.Now().Add(time.Minute))
			return err
		})
		return ok
	}
	first, again, other := try("a@x.com", "one"), try("a@x.com", "one"), try("a@x.com", "two")
	if !first || !again || other {
		t.Error("one owner at a time, who may ask again")
	}
	b.update(func(tx *store.Tx) error { return tx.Unlock(pair, "a@x.com", "two") })
	if try("a@x.com", "two") {
		t.Error("a lock was given back by somebody else")
	}
	b.update(func(tx *store.Tx) error { return tx.Unlock(pair, "a@x.com", "one") })
	if !try("a@x.com", "two") || !try("+1", "two") {
		t.Error("a free lock was refused")
	}
	b.update(func(tx *store.Tx) error { return tx.UnlockAll(pair, "two") })
	if !try("+1", "three") {
		t.Error("UnlockAll left one")
	}
	b.clock.Advance(time.Minute)
	if !try("+1", "four") {
		t.Error("a lock that ended was refused")
	}
}

func aliases(t *testing.T, b *bench) {
	b.update(func(tx *store.Tx) error {
		return errors.Join(tx.PutAlias(pair, "acme inc", "1"), tx.PutAlias(pair, "acme inc", "2"))
	})
	b.view(func(tx *store.Tx) error {
		id, ok, err := tx.Alias(pair, "acme inc")
		_, other, oerr := tx.Alias("other", "acme inc")
		if id != "2" || !ok || other {
			t.Errorf("alias %q %v %v", id, ok, other)
		}
		return errors.Join(err, oerr)
	})
}

func quota(t *testing.T, b *bench) {
	take := func(n int) bool {
		ok, err := store.Ledger{Store: b.s, Pair: pair, Side: record.GHL}.Take(t.Context(), "10s", n, 10, b.clock.Now().Add(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for i, c := range []struct {
		n  int
		ok bool
	}{{11, false}, {6, true}, {5, false}, {4, true}, {1, false}} {
		if got := take(c.n); got != c.ok {
			t.Errorf("step %d: taking %d is %v", i, c.n, got)
		}
	}
	b.view(func(tx *store.Tx) error {
		list, err := tx.QuotaRows(pair)
		want := store.Quota{Pair: pair, Side: record.GHL, Window: "10s", Used: 10, Limit: 10, ResetsAt: b.clock.Now().Add(10 * time.Second)}
		if len(list) != 1 || list[0] != want {
			t.Errorf("rows %+v", list)
		}
		return err
	})
	b.clock.Advance(10 * time.Second)
	if !take(10) || take(1) {
		t.Error("a new window begins with its whole limit")
	}
}
