package store

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Options of a Store.
type Options struct {
	// URL is "sqlite:PATH" or "postgres://user@host/db". A search_path in the latter chooses the schema.
	URL string
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Logger; nil: discards.
	Logger *slog.Logger
}

// Store is an open database. Safe for concurrent use.
type Store struct {
	backend
	dialect  string
	now      func() time.Time
	log      *slog.Logger
	wake     chan struct{}
	arrivals chan struct{}
}

// backend is what differs between the two databases: how a transaction runs.
type backend interface {
	// update runs fn until it is committed or refused, and returns what the committed run found out.
	update(ctx context.Context, s *Store, fn func(*Tx) error) (effects, error)
	view(ctx context.Context, s *Store, fn func(*Tx) error) error
	close() error
}

// effects are what a committed transaction means to others.
type effects struct {
	work    bool // a work row can be claimed now or at a new time
	arrived bool // a delivery was stored
}

// The dialects.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Open opens and migrates the database. On SQLite it takes the file lock, clears the leases that a dead process left, and
// fails with a *LockedError if another process has the file. Errors wrap ErrUnavailable where the database cannot be
// reached or written.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{now: o.Now, log: o.Logger, wake: make(chan struct{}, 1), arrivals: make(chan struct{}, 1)}
	var err error
	switch {
	case strings.HasPrefix(o.URL, "sqlite:"):
		s.dialect = SQLite
		s.backend, err = openSQLite(ctx, strings.TrimPrefix(o.URL, "sqlite:"), o.Now)
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		s.dialect = Postgres
		s.backend, err = openPostgres(ctx, o.URL, s)
	default:
		return nil, fmt.Errorf("database %q: want sqlite:PATH or postgres://…", scheme(o.URL))
	}
	if err != nil {
		return nil, classify(err)
	}
	if s.dialect == SQLite {
		// The file lock proves that whoever held a lease is dead.
		if err := s.Update(ctx, func(tx *Tx) error { return tx.ClearLeases() }); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

// scheme is what may be shown of a URL, which may hold a password.
func scheme(url string) string {
	before, _, found := strings.Cut(url, ":")
	if !found {
		return url
	}
	return before + ":…"
}

// Close waits for running transactions and closes the database. On SQLite it gives the file lock back. Idempotent.
func (s *Store) Close() error { return s.close() }

// Dialect is "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.dialect }

// Update runs fn in one atomic transaction and returns after it is durable (I7). If fn returns an error nothing of it is
// stored and that error is returned. fn may run more than once. A panic of fn is rolled back and raised again.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	eff, err := s.update(ctx, s, fn)
	if err != nil {
		return classify(err)
	}
	if eff.work {
		signal(s.wake)
	}
	return nil
}

// View runs fn in a read-only snapshot. It never waits for writers.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	return classify(s.view(ctx, s, fn))
}

// Ping says whether the database can be written, by writing one row.
func (s *Store) Ping(ctx context.Context) error {
	return s.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`insert into probe (id, at) values (1, ?) on conflict (id) do update set at = excluded.at`, us(tx.now()))
		return err
	})
}

// Wake is signalled after a commit that made work claimable, now or at a new time. It has one reader, the queue. On
// PostgreSQL it is also signalled when another process did, and every few seconds, since one may die without a word.
func (s *Store) Wake() <-chan struct{} { return s.wake }

// Arrivals is signalled when another process may have stored deliveries. On SQLite there is none: it never fires.
func (s *Store) Arrivals() <-chan struct{} { return s.arrivals }

// signal never blocks: a full channel means that the reader is about to look anyway.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
