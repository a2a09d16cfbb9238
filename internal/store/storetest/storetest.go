// Package storetest is the one suite that every database behind store must pass, and the way in which tests get an empty
// database of each kind. It is for tests only.
//
// SQLite needs nothing. PostgreSQL is used where TANDEM_TEST_POSTGRES holds the URL of a server on which a schema may be
// made; without it that half is skipped, or fails where TANDEM_REQUIRE_POSTGRES=1 says that it must not be.
package storetest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/internal/store"
)

// Database is an empty database, dropped when the test ends.
type Database struct {
	Name string // "sqlite", "postgres"
	URL  string
}

// Each runs f as a subtest on an empty database of each kind.
func Each(t *testing.T, f func(t *testing.T, db Database)) {
	t.Helper()
	t.Run(store.SQLite, func(t *testing.T) { f(t, SQLite(t)) })
	t.Run(store.Postgres, func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite is a new file.
func SQLite(t testing.TB) Database {
	return Database{Name: store.SQLite, URL: "sqlite:" + filepath.Join(t.TempDir(), "tandem.db")}
}

// Postgres is a new schema on the server of TANDEM_TEST_POSTGRES.
func Postgres(t testing.TB) Database {
	t.Helper()
	server := os.Getenv("TANDEM_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("TANDEM_REQUIRE_POSTGRES") == "1" {
			t.Fatal("TANDEM_REQUIRE_POSTGRES=1, but TANDEM_TEST_POSTGRES names no server")
		}
		t.Skip("TANDEM_TEST_POSTGRES names no server")
	}
	schema := "t" + strings.ReplaceAll(uuid.NewString(), "-", "")
	statement(t, server, "create schema "+schema)
	t.Cleanup(func() { statement(t, server, "drop schema "+schema+" cascade") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("TANDEM_TEST_POSTGRES is not a URL")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return Database{Name: store.Postgres, URL: u.String()}
}

func statement(t testing.TB, server, text string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, text); err != nil {
		t.Fatal(err)
	}
}

// Open opens the database with a clock (nil: the real one) and closes it when the test ends.
func (d Database) Open(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: d.URL, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Clock is a clock that tests move. Safe for concurrent use.
type Clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

// NewClock starts at an instant that nothing depends on.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)} }

// Now is the time on the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Run is the suite.
func Run(t *testing.T, open func(t *testing.T) Database) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *bench)
	}{
		{"Transactions", transactions}, {"Panics", panics}, {"ViewBesideWriter", viewBesideWriter},
		{"Inbox", inbox}, {"InboxAwkwardTexts", awkwardTexts},
		{"MarkFolds", markFolds}, {"MarkWhileRunning", markWhileRunning}, {"MarkResolvesLinks", markResolvesLinks},
		{"ClaimOrder", claimOrder}, {"ClaimTurns", claimTurns}, {"ClaimPaused", claimPaused}, {"ClaimDeepBacklog", claimDeepBacklog},
		{"Leases", leases}, {"Retry", retry}, {"Defer", deferring}, {"Waits", waits}, {"WorkCounts", workCounts},
		{"LinkingFolds", linkingFolds}, {"LinkingKeepsTheHolder", linkingKeepsHolder}, {"LinkedOnce", linkedOnce},
		{"LinkLists", linkLists}, {"LinkGainsAnID", linkGains}, {"DeleteLink", deleteLink},
		{"Bases", bases}, {"Seen", seen}, {"Intents", intents}, {"Allowances", allowances}, {"History", history},
		{"Watermarks", watermarks}, {"Parked", parked}, {"Pairs", pairs}, {"IdentityLocks", identityLocks}, {"Aliases", aliases},
		{"Quota", quota}, {"Wake", wake}, {"Model", model},
		{"ConcurrentClaims", concurrentClaims}, {"ConcurrentQuota", concurrentQuota}, {"LinkWhileMarked", linkWhileMarked},
		{"ReadModifyWrite", readModifyWrite},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := open(t)
			clock := NewClock()
			c.test(t, &bench{T: t, db: db, clock: clock, s: db.Open(t, clock.Now)})
		})
	}
}

// bench is one open database with shorthand for what tests do all the time.
type bench struct {
	*testing.T
	db    Database
	clock *Clock
	s     *store.Store
}

const pair = "acme"

func (b *bench) update(fn func(tx *store.Tx) error) {
	b.Helper()
	if err := b.s.Update(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) view(fn func(tx *store.Tx) error) {
	b.Helper()
	if err := b.s.View(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) mark(list ...store.Mark) {
	b.Helper()
	b.update(func(tx *store.Tx) error {
		for _, m := range list {
			if m.Pair == "" {
				m.Pair = pair
			}
			if err := tx.Mark(m); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bench) claim(limit int) []store.Work {
	b.Helper()
	return b.claimAs(store.ClaimRequest{Owner: "test", Limit: limit, MaxLane: 2, LeaseFor: lease})
}

const lease = 15 * time.Second

func (b *bench) claimAs(r store.ClaimRequest) (list []store.Work) {
	b.Helper()
	b.update(func(tx *store.Tx) (err error) { list, err = tx.Claim(r); return err })
	return list
}

// claimOne claims and wants exactly the given key.
func (b *bench) claimOne(key string) store.Work {
	b.Helper()
	list := b.claim(10)
	if len(list) != 1 || list[0].Key != key {
		b.Fatalf("claimed %v, want %s alone", keys(list), key)
	}
	return list[0]
}

// row is a work row as it is stored.
func (b *bench) row(key string) (w store.Work, found bool) {
	b.Helper()
	b.view(func(tx *store.Tx) (err error) { w, found, err = tx.WorkByKey(pair, key); return err })
	return w, found
}

func keys(list []store.Work) []string {
	out := []string{}
	for _, w := range list {
		out = append(out, w.Key)
	}
	return out
}
