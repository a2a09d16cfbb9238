package storetest

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/store"
)

func transactions(t *testing.T, b *bench) {
	refused := errors.New("refused")
	err := b.s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.SetWatermark(pair, "lost", "1"); err != nil {
			return err
		}
		return refused
	})
	if !errors.Is(err, refused) {
		t.Fatalf("Update returned %v, want the function's own error", err)
	}
	b.view(func(tx *store.Tx) error {
		if v, err := tx.Watermark(pair, "lost"); v != "" || err != nil {
			t.Errorf("a refused transaction left %q (%v)", v, err)
		}
		if err := tx.SetWatermark(pair, "view", "1"); err == nil {
			t.Error("a View could write")
		}
		return nil
	})
	// Many at once, a third of them failing: each gets its own answer, and only what succeeded is stored.
	var wg sync.WaitGroup
	for i := range 90 {
		wg.Go(func() {
			name := strings.Repeat("x", i+1)
			err := b.s.Update(t.Context(), func(tx *store.Tx) error {
				if err := tx.SetWatermark(pair, name, "1"); err != nil {
					return err
				}
				if i%3 == 0 {
					return refused
				}
				return nil
			})
			if want := i%3 == 0; errors.Is(err, refused) != want {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	wg.Wait()
	b.view(func(tx *store.Tx) error {
		for i := range 90 {
			v, err := tx.Watermark(pair, strings.Repeat("x", i+1))
			if err != nil {
				return err
			}
			if stored := v == "1"; stored == (i%3 == 0) {
				t.Errorf("%d: stored is %v", i, stored)
			}
		}
		return nil
	})
	if err := b.s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func panics(t *testing.T, b *bench) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not reach its caller")
			}
		}()
		_ = b.s.Update(t.Context(), func(tx *store.Tx) error {
			if err := tx.SetWatermark(pair, "lost", "1"); err != nil {
				return err
			}
			panic("in a transaction")
		})
	}()
	b.update(func(tx *store.Tx) error {
		if v, err := tx.Watermark(pair, "lost"); v != "" || err != nil {
			t.Errorf("a transaction that panicked left %q (%v)", v, err)
		}
		return nil
	})
}

// viewBesideWriter: a View begun while an Update runs returns before it, with what was stored before it.
func viewBesideWriter(t *testing.T, b *bench) {
	b.update(func(tx *store.Tx) error { return tx.SetWatermark(pair, "w", "before") })
	writing, read := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		var once sync.Once
		done <- b.s.Update(t.Context(), func(tx *store.Tx) error {
			if err := tx.SetWatermark(pair, "w", "after"); err != nil {
				return err
			}
			once.Do(func() { close(writing) })
			select {
			case <-read:
				return nil
			case <-time.After(10 * time.Second):
				return errors.New("the View waited for the Update")
			}
		})
	}()
	<-writing
	b.view(func(tx *store.Tx) error {
		if v, err := tx.Watermark(pair, "w"); v != "before" || err != nil {
			t.Errorf("read %q (%v) beside a writer", v, err)
		}
		return nil
	})
	close(read)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// readModifyWrite: what is read with PairState in an Update may be changed and written back; nobody's reason is lost.
func readModifyWrite(t *testing.T, b *bench) {
	b.update(func(tx *store.Tx) error { return tx.PutPairState(store.PairState{Name: pair}) })
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			err := b.s.Update(t.Context(), func(tx *store.Tx) error {
				st, _, err := tx.PairState(pair)
				if err != nil {
					return err
				}
				st.Reasons = append(st.Reasons, strings.Repeat("r", i+1))
				return tx.PutPairState(st)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	b.view(func(tx *store.Tx) error {
		st, _, err := tx.PairState(pair)
		if len(st.Reasons) != 10 {
			t.Errorf("%d of 10 reasons are there", len(st.Reasons))
		}
		return err
	})
}
