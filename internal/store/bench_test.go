package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
	"tandem/internal/store/storetest"
)

func eachDatabase(b *testing.B, f func(b *testing.B, s *store.Store)) {
	b.Run(store.SQLite, func(b *testing.B) { f(b, storetest.SQLite(b).Open(b, nil)) })
	b.Run(store.Postgres, func(b *testing.B) { f(b, storetest.Postgres(b).Open(b, nil)) })
}

// BenchmarkDurableInsert is a webhook on its way to 200: one delivery of 1.2 KB, committed and synced.
func BenchmarkDurableInsert(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		var n atomic.Int64
		for _, senders := range []int{1, 10, 100} {
			b.Run(strconv.Itoa(senders), func(b *testing.B) {
				took := make([]time.Duration, b.N)
				spread(b, senders, func(i int) error {
					begun := time.Now()
					err := s.Update(b.Context(), func(tx *store.Tx) error {
						_, err := tx.InsertDelivery(store.Delivery{Pair: "acme", Source: record.GHL, DeliveryID: strconv.FormatInt(n.Add(1), 10),
							Type: "ContactUpdate", Body: make([]byte, 1200), ReceivedAt: begun})
						return err
					})
					took[i] = time.Since(begun)
					return err
				})
				slices.Sort(took)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			})
		}
	})
}

// BenchmarkMailbox is the life of a row: marked, claimed eight at a time, done, by 16 at once.
func BenchmarkMailbox(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		spread(b, 16, func(i int) error {
			return s.Update(b.Context(), func(tx *store.Tx) error {
				return tx.Mark(store.Mark{Pair: "acme", Ref: record.Ref{Side: record.GHL, Kind: record.Contact, ID: strconv.Itoa(i)}})
			})
		})
		var done atomic.Int64
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for done.Load() < int64(b.N) {
					var list []store.Work
					err := s.Update(b.Context(), func(tx *store.Tx) (err error) {
						list, err = tx.Claim(store.ClaimRequest{Limit: 8, MaxLane: 2, LeaseFor: time.Minute})
						return err
					})
					if err != nil {
						b.Error(err)
						return
					}
					var each sync.WaitGroup
					for _, w := range list {
						each.Go(func() {
							if err := s.Update(b.Context(), func(tx *store.Tx) error { return tx.Done(w) }); err != nil {
								b.Error(err)
							}
						})
					}
					each.Wait()
					done.Add(int64(len(list)))
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkChange is what one synced change writes: intent, then the final transaction with base, link, seen, history.
func BenchmarkChange(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		links := fill(b, s, 1000)
		b.ResetTimer()
		spread(b, 16, func(i int) error { return change(b, s, links[i%len(links)]) })
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
	})
}

func change(b *testing.B, s *store.Store, l store.Link) error {
	in := store.Intent{Pair: "acme", Key: store.LinkKey(l.ID), LinkID: l.ID, Ref: record.Ref{Side: record.Commonsku, Kind: record.Contact, ID: l.Commonsku},
		Verb: "update", Fields: map[string]record.Value{"phone": record.Text("+13125550100")}, State: store.IntentSent, CreatedAt: time.Now()}
	err := s.Update(b.Context(), func(tx *store.Tx) error {
		in.ID = 0
		if err := tx.PutIntent(&in); err != nil {
			return err
		}
		return tx.Grant(store.Allowance{Pair: "acme", Ref: in.Ref, EventType: "ContactUpdate", ExpiresAt: time.Now().Add(time.Hour)})
	})
	if err != nil {
		return err
	}
	return s.Update(b.Context(), func(tx *store.Tx) error {
		for _, f := range []func() error{
			func() error { return tx.DeleteIntent(in.ID) },
			func() error { return tx.PutBases(l.ID, contactBase(1)) },
			func() error { return tx.UpdateLink(l) },
			func() error {
				return tx.PutSeen(store.Seen{Pair: "acme", Ref: in.Ref, Email: "a@x.com", Phone: "+13125550100", NameKey: "ann", SeenAt: time.Now()})
			},
			func() error {
				return tx.AddEvents(store.Event{Pair: "acme", LinkID: l.ID, Kind: record.Contact, GHL: l.GHL, Commonsku: l.Commonsku,
					Action: "updated", Side: record.Commonsku, Field: "phone", New: record.Text("+13125550100"), Reason: "ghl changed"})
			},
		} {
			if err := f(); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkPointRead is a link, its base and what was seen, in one View.
func BenchmarkPointRead(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		links := fill(b, s, 1000)
		b.ResetTimer()
		spread(b, 4, func(i int) error {
			l := links[i%len(links)]
			return s.View(b.Context(), func(tx *store.Tx) error {
				_, _, err := tx.LinkOf("acme", record.Ref{Side: record.GHL, Kind: record.Contact, ID: l.GHL})
				if err != nil {
					return err
				}
				_, err = tx.Bases(l.ID)
				return err
			})
		})
	})
}

// BenchmarkClaimDeep is one claim of eight with 100,000 rows of one pair waiting.
func BenchmarkClaimDeep(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		for i := 0; i < 100_000; i += 5000 {
			err := s.Update(b.Context(), func(tx *store.Tx) error {
				for j := i; j < i+5000; j++ {
					if err := tx.Mark(store.Mark{Pair: "acme", Key: strconv.Itoa(j), Lane: 2}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ResetTimer()
		for b.Loop() {
			err := s.Update(b.Context(), func(tx *store.Tx) error {
				_, err := tx.Claim(store.ClaimRequest{Limit: 8, MaxLane: 2, LeaseFor: time.Millisecond})
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkManyLinks: 200,000 links open within a second, and no more than 150 MB are resident after each was read. Run it
// alone and once (-bench ManyLinks -benchtime 1x), or the memory of other benchmarks counts.
func BenchmarkManyLinks(t *testing.B) {
	const links = 200_000
	db := storetest.Database{Name: store.SQLite, URL: "sqlite:" + filepath.Join(t.TempDir(), "t.db")}
	s, err := store.Open(t.Context(), store.Options{URL: db.URL})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, links)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	s = db.Open(t, nil)
	opened := time.Since(begun)
	t.ResetTimer()
	err = s.View(t.Context(), func(tx *store.Tx) error {
		n := 0
		err := tx.EachLink("acme", record.Contact, func(store.Link) error { n++; return nil })
		if n != links {
			t.Errorf("read %d links", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	mb := residentMB(t)
	t.ReportMetric(float64(opened.Microseconds())/1000, "open-ms")
	t.ReportMetric(float64(mb), "resident-MB")
	if opened > time.Second || mb > 150 {
		t.Errorf("open took %v and %d MB are resident; want at most 1 s and 150 MB", opened, mb)
	}
}

// residentMB is this process's resident memory, as the kernel counts it.
func residentMB(t testing.TB) int {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Logf("resident memory is not known here: %v", err)
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kb, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			return kb / 1024
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

// fill stores linked contacts with base and what was seen of both sides.
func fill(t testing.TB, s *store.Store, n int) (out []store.Link) {
	t.Helper()
	for i := 0; i < n; i += 2000 {
		var page []store.Link
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			page = page[:0]
			for j := i; j < min(n, i+2000); j++ {
				l := store.Link{Pair: "acme", Kind: record.Contact, GHL: fmt.Sprintf("ghl%017d", j), Commonsku: fmt.Sprintf("c%035d", j),
					CommonskuParent: fmt.Sprintf("p%035d", j/5), CreatedAt: time.Now()}
				if err := tx.InsertLink(&l); err != nil {
					return err
				}
				if err := tx.PutBases(l.ID, contactBase(j)); err != nil {
					return err
				}
				page = append(page, l)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page...)
	}
	return out
}

func contactBase(i int) store.Bases {
	b := store.Bases{}
	for _, f := range []string{"first_name", "last_name", "email", "phone", "street", "city", "state", "postal_code", "country"} {
		v := record.Text(fmt.Sprintf("%s of contact %d", f, i))
		b[f] = merge.Base{GHL: v, Commonsku: v, Key: v}
	}
	return b
}

// spread runs f for 0 to b.N-1 from so many goroutines.
func spread(b *testing.B, goroutines int, f func(i int) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				if err := f(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
