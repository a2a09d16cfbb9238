package storetest

import (
	"testing"
	"time"

	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

func inbox(t *testing.T, b *bench) {
	put := func(id string, wantFresh bool) {
		t.Helper()
		b.update(func(tx *store.Tx) error {
			fresh, err := tx.InsertDelivery(store.Delivery{Pair: pair, Source: record.GHL, DeliveryID: id, Type: "ContactUpdate",
				Body: []byte(`{"id":"` + id + `"}`), ReceivedAt: b.clock.Now()})
			if fresh != wantFresh {
				t.Errorf("delivery %s: fresh is %v", id, fresh)
			}
			return err
		})
		b.clock.Advance(time.Second)
	}
	first := b.clock.Now()
	put("a", true)
	put("b", true)
	put("a", false)
	put("c", true)
	var list []store.Delivery
	b.update(func(tx *store.Tx) (err error) { list, err = tx.UnprocessedDeliveries(2); return err })
	if len(list) != 2 || list[0].DeliveryID != "a" || list[1].DeliveryID != "b" || string(list[0].Body) != `{"id":"a"}` ||
		!list[0].ReceivedAt.Equal(first) || list[0].Source != record.GHL || list[0].Type != "ContactUpdate" {
		t.Fatalf("unprocessed: %+v", list)
	}
	b.update(func(tx *store.Tx) error { return tx.DeliveryProcessed([]int64{list[0].Seq}, "marked") })
	b.view(func(tx *store.Tx) error {
		n, oldest, err := tx.PendingDeliveries(pair)
		if n != 2 || !oldest.Equal(first.Add(time.Second)) {
			t.Errorf("pending: %d since %v", n, oldest)
		}
		return err
	})
	put("a", false) // settled, and still known
	b.update(func(tx *store.Tx) error {
		n, err := tx.PruneDeliveries(b.clock.Now())
		if n != 1 {
			t.Errorf("pruned %d, want the settled one", n)
		}
		return err
	})
	b.view(func(tx *store.Tx) error {
		n, _, err := tx.PendingDeliveries(pair)
		if n != 2 {
			t.Errorf("%d unsettled deliveries survived pruning, want 2", n)
		}
		return err
	})
}

// awkwardTexts: what a far side may send must neither fail nor differ between the databases.
func awkwardTexts(t *testing.T, b *bench) {
	ref := record.Ref{Side: record.GHL, Kind: record.Contact, ID: "x"}
	b.update(func(tx *store.Tx) error {
		if err := tx.PutSeen(store.Seen{Pair: pair, Ref: ref, Name: "a\x00b\xffc'\"?$1\u2028😀", SeenAt: b.clock.Now()}); err != nil {
			return err
		}
		return tx.PutBases(7, store.Bases{"notes": merge.Base{GHL: record.Text("nul \x00 here"), Key: record.Set("ü", "?")}})
	})
	b.view(func(tx *store.Tx) error {
		s, _, err := tx.SeenOf(pair, ref)
		if want := "ab\ufffdc'\"?$1\u2028😀"; s.Name != want {
			t.Errorf("read %q, want %q", s.Name, want)
		}
		if err != nil {
			return err
		}
		bases, err := tx.Bases(7)
		if got := bases["notes"]; got.GHL.Text() != "nul \x00 here" || !got.Key.Equal(record.Set("?", "ü")) {
			t.Errorf("base came back as %+v", got)
		}
		return err
	})
}
