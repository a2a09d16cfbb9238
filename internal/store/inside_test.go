package store

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"tandem/internal/merge"
	"tandem/internal/record"
)

func openFile(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// A full disk is ErrUnavailable for everybody in the batch, loses nothing that was there, and passes.
func TestDiskFull(t *testing.T) {
	s := openFile(t)
	limit := func(pages string) {
		t.Helper()
		var got int64
		err := s.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.row("pragma max_page_count = "+pages, nil, &got)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put := func(id string) error {
		return s.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.InsertDelivery(Delivery{Pair: "acme", DeliveryID: id, Body: make([]byte, 50_000)})
			return err
		})
	}
	if err := put("before"); err != nil {
		t.Fatal(err)
	}
	limit("1") // SQLite makes it the present size
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := put("full" + strings.Repeat("x", i)); !errors.Is(err, ErrUnavailable) {
				t.Errorf("on a full disk: %v, want ErrUnavailable", err)
			}
		})
	}
	wg.Wait()
	limit("1000000")
	if err := put("after"); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
	err := s.View(t.Context(), func(tx *Tx) error {
		n, _, err := tx.PendingDeliveries("acme")
		if n != 2 {
			t.Errorf("%d deliveries are stored, want the one before and the one after", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A closed store refuses, and does not hang.
func TestClosed(t *testing.T) {
	s := openFile(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	nothing := func(*Tx) error { return nil }
	if err := s.Update(t.Context(), nothing); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Update of a closed store: %v", err)
	}
	if err := s.View(t.Context(), nothing); !errors.Is(err, ErrUnavailable) {
		t.Errorf("View of a closed store: %v", err)
	}
	if err := s.SetAddress("x"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("SetAddress of a closed store: %v", err)
	}
}

// runtime.Goexit in a function (a test that fails inside) ends its batch, not the writer.
func TestGoexitInUpdate(t *testing.T) {
	s := openFile(t)
	err := s.Update(t.Context(), func(tx *Tx) error {
		if err := tx.SetWatermark("acme", "lost", "1"); err != nil {
			return err
		}
		runtime.Goexit()
		return nil
	})
	if err == nil {
		t.Error("an Update whose function never returned succeeded")
	}
	err = s.Update(t.Context(), func(tx *Tx) error {
		if v, err := tx.Watermark("acme", "lost"); v != "" || err != nil {
			t.Errorf("it left %q (%v)", v, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Both dialects have the same migrations by number and name, and they create the same tables.
func TestMigrationsMatch(t *testing.T) {
	list := func(dialect string) []string {
		files, err := fs.Glob(migrations, "migrations/"+dialect+"/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v %v", dialect, files, err)
		}
		var names []string
		for _, f := range files {
			names = append(names, filepath.Base(f))
			text, err := migrations.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if w := strings.Fields(line); len(w) > 3 && w[0] == "CREATE" {
					names = append(names, strings.Join(w[1:3], " "))
				}
			}
		}
		return names
	}
	if a, b := list(SQLite), list(Postgres); !slices.Equal(a, b) {
		t.Errorf("sqlite   %v\npostgres %v", a, b)
	}
}

// Stored JSON has golden samples, so that a row of an older release always reads, and a new one is written no other way.
func TestGoldenDocuments(t *testing.T) {
	golden(t, "base", Bases{
		"email": {GHL: record.Text("A@x.com"), Commonsku: record.Text("a@x.com"), Key: record.Text("a@x.com")},
		"tags":  {GHL: record.Set("b", "a"), Commonsku: record.Set("a", "b"), Key: record.Set("a", "b")},
		"phone": merge.Base{},
	})
	golden(t, "intent_fields", map[string]record.Value{"firstName": record.Text("Ann"), "tags": record.Set("vip"), "phone": {}})
	golden(t, "link_meta", map[string]string{"phone_slot": "cell"})
	golden(t, "parked", parkedDoc{
		Base: record.Text("+1"), GHL: record.Text("+2"), Commonsku: record.Set("x"),
		Candidates: []Candidate{{Ref: record.Ref{Side: record.GHL, Kind: record.Contact, ID: "g"}, Score: 0.91, Reason: "same e-mail", Label: "Ann Lee"}},
		Class:      "invalid", Cause: "commonsku refuses the phone", Mend: "Correct it in GoHighLevel", Detail: json.RawMessage(`{"n":1}`),
	})
}

// golden reads testdata/golden/NAME.json into a T, which must be want, and writes want, which must be the file.
func golden[T any](t *testing.T, name string, want T) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "golden", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(string(b))
	var got T
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s reads as %+v, want %+v", name, got, want)
	}
	if out, err := document(want); out != text || err != nil {
		t.Errorf("%s is written as\n%s\nwant\n%s (%v)", name, out, text, err)
	}
}
