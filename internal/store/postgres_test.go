package store_test

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/record"
	"tandem/internal/store"
	"tandem/internal/store/storetest"
)

// heard says whether a signal comes soon; well below the interval at which a process looks unasked.
func heard(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	case <-time.After(2 * time.Second):
		return false
	}
}

// quiet lets what listening begins with pass.
func quiet(c <-chan struct{}) {
	for {
		select {
		case <-c:
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

// One process's marks wake the other's queue, and its deliveries the other's ingestion.
func TestProcessesHearEachOther(t *testing.T) {
	db := storetest.Postgres(t)
	one, other := db.Open(t, nil), db.Open(t, nil)
	quiet(other.Wake())
	quiet(other.Arrivals())
	quiet(one.Arrivals())
	update(t, one, func(tx *store.Tx) error { return tx.Mark(store.Mark{Pair: "acme", Key: "k"}) })
	if !heard(other.Wake()) {
		t.Error("the other process did not hear of a mark")
	}
	update(t, one, func(tx *store.Tx) error {
		_, err := tx.InsertDelivery(store.Delivery{Pair: "acme", Source: record.GHL, DeliveryID: "d"})
		return err
	})
	if !heard(other.Arrivals()) {
		t.Error("the other process did not hear of a delivery")
	}
	select {
	case <-one.Arrivals():
		t.Error("a process heard of its own delivery as of another's")
	default:
	}
}

// The server is restarted under us: what runs fails as unavailable or runs again, then all goes on, listening included.
func TestServerGoesAway(t *testing.T) {
	db := storetest.Postgres(t)
	plain := db
	db.URL += "&application_name=victim" // other tests use the same server
	one, other := db.Open(t, nil), db.Open(t, nil)
	quiet(one.Wake())
	quiet(other.Wake())
	terminate(t, plain, "victim")
	for i := range 20 {
		err := one.Update(t.Context(), func(tx *store.Tx) error { return tx.SetWatermark("acme", "w", "1") })
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrUnavailable) || i == 19 {
			t.Fatalf("after the server came back: %v", err)
		}
	}
	quiet(other.Wake())
	for end := time.Now().Add(5 * time.Second); ; {
		update(t, one, func(tx *store.Tx) error { return tx.Mark(store.Mark{Pair: "acme", Key: "k"}) })
		if heard(other.Wake()) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the other process does not listen any more")
		}
	}
}

// terminate ends all connections of that name.
func terminate(t *testing.T, db storetest.Database, name string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = $1`, name); err != nil {
		t.Fatal(err)
	}
}

// Two updates that lock each other out both succeed: the one that the server refuses runs again.
func TestDeadlockRunsAgain(t *testing.T) {
	db := storetest.Postgres(t)
	s := db.Open(t, nil)
	for _, n := range []string{"a", "b"} {
		update(t, s, func(tx *store.Tx) error { return tx.PutPairState(store.PairState{Name: n}) })
	}
	var runs atomic.Int64
	both := make(chan struct{}, 2)
	errs := make(chan error, 2)
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		go func() {
			first := true
			errs <- s.Update(t.Context(), func(tx *store.Tx) error {
				runs.Add(1)
				if _, _, err := tx.PairState(order[0]); err != nil {
					return err
				}
				if first {
					first = false
					both <- struct{}{}
					for len(both) < 2 {
						time.Sleep(time.Millisecond)
					}
				}
				_, _, err := tx.PairState(order[1])
				return err
			})
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if runs.Load() < 3 {
		t.Errorf("%d runs: there was no deadlock to survive", runs.Load())
	}
}

func update(t *testing.T, s *store.Store, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// Processes that start at once migrate once.
func TestStartTogether(t *testing.T) {
	db := storetest.Postgres(t)
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			s, err := store.Open(t.Context(), store.Options{URL: db.URL})
			if err == nil {
				err = errors.Join(s.Ping(t.Context()), s.Close())
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// What CI must not leave out fails instead of being skipped.
func TestPostgresIsRequired(t *testing.T) {
	if os.Getenv("TANDEM_REQUIRE_POSTGRES") == "1" && os.Getenv("TANDEM_TEST_POSTGRES") == "" {
		t.Fatal("TANDEM_REQUIRE_POSTGRES=1, but TANDEM_TEST_POSTGRES names no server")
	}
}
