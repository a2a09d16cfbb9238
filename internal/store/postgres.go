package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// triesMax bounds how often one update runs again after deadlocks, serialization failures and lost connections.
const triesMax = 10

// connectionsMax is how many connections a process opens unless the URL says pool_max_conns. A transaction is a few round
// trips, so that few are enough for many jobs.
const connectionsMax = 10

// planning keeps every statement on its index. The server plans by statistics that lag behind a table which goes from
// empty to a hundred thousand rows in seconds, and keeps a plan made while it was small: a claim then sorts the whole
// backlog (measured: 74 ms instead of 2 with 100,000 rows). Each of our statements has an index made for it.
const planning = `set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set jit = off`

// postgresBackend is a pool of connections and one that listens.
type postgresBackend struct {
	pool     *pgxpool.Pool
	self     string // tells our own notifications from those of other processes
	channel  string
	texts    sync.Map // statement with ? -> statement with $1, $2, …
	listener *listener
	closing  sync.Once
}

func openPostgres(ctx context.Context, url string, s *Store) (_ *postgresBackend, err error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("database postgres:…: the URL cannot be read") // the cause would quote it, password and all
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "tandem"
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = connectionsMax
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, planning)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	b := &postgresBackend{pool: pool, self: uuid.NewString()}
	db := stdlib.OpenDBFromPool(pool)
	err = errors.Join(migratePostgres(ctx, db), db.Close())
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("migrating: %w", err)
	}
	var schema string
	if err := pool.QueryRow(ctx, "select current_schema()").Scan(&schema); err != nil {
		pool.Close()
		return nil, err
	}
	b.channel = "tandem_" + schema // several Tandems may share a database
	b.listener = listen(config.ConnConfig.Copy(), b.channel, b.self, s)
	return b, nil
}

func (b *postgresBackend) close() error {
	b.closing.Do(func() {
		b.listener.stop()
		b.pool.Close()
	})
	return nil
}

func (b *postgresBackend) update(ctx context.Context, s *Store, fn func(*Tx) error) (eff effects, err error) {
	for try := 1; ; try++ {
		var again bool
		eff, again, err = b.once(ctx, s, fn)
		if !again || try == triesMax || ctx.Err() != nil {
			return eff, err
		}
		// Full jitter, or two that met would meet again.
		pause := time.NewTimer(rand.N(time.Millisecond << min(try, 8)))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return eff, err
		}
	}
}

// once runs fn in one transaction. again: nothing of it was stored, and another try may do better.
func (b *postgresBackend) once(ctx context.Context, s *Store, fn func(*Tx) error) (eff effects, again bool, err error) {
	t, err := b.pool.Begin(ctx)
	if err != nil {
		return eff, connectionLost(err), err
	}
	defer func() { _ = t.Rollback(context.WithoutCancel(ctx)) }() // does nothing after a commit; also on a panic of fn
	tx := &Tx{ctx: ctx, store: s, q: postgresTx{t, b}, postgres: true}
	if err := fn(tx); err != nil {
		return eff, repeatable(err) || t.Conn().IsClosed(), err
	}
	if tx.eff.work || tx.eff.arrived {
		// In the transaction: nobody is woken by what was rolled back, nor before it can be seen.
		if _, err := t.Exec(ctx, "select pg_notify($1, $2)", b.channel, tx.eff.payload(b.self)); err != nil {
			return eff, repeatable(err), err
		}
	}
	if err := t.Commit(ctx); err != nil {
		return eff, repeatable(err), err // a lost connection leaves open whether it was stored: not again
	}
	return tx.eff, false, nil
}

func (b *postgresBackend) view(ctx context.Context, s *Store, fn func(*Tx) error) error {
	t, err := b.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback(context.WithoutCancel(ctx)) }()
	return fn(&Tx{ctx: ctx, store: s, q: postgresTx{t, b}, postgres: true, readOnly: true})
}

// repeatable says that the server asks for another try.
func repeatable(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01")
}

type postgresTx struct {
	tx pgx.Tx
	b  *postgresBackend
}

func (p postgresTx) exec(ctx context.Context, text string, args []any) (int64, error) {
	tag, err := p.tx.Exec(ctx, p.b.numbered(text), args...)
	return tag.RowsAffected(), err
}

func (p postgresTx) query(ctx context.Context, text string, args []any) (cursor, error) {
	rows, err := p.tx.Query(ctx, p.b.numbered(text), args...)
	if err != nil {
		return nil, err
	}
	return postgresRows{rows}, nil
}

func (p postgresTx) each(ctx context.Context, text string, sets [][]any) error {
	text = p.b.numbered(text)
	var batch pgx.Batch
	for _, args := range sets {
		batch.Queue(text, args...)
	}
	return p.tx.SendBatch(ctx, &batch).Close() // the first error of all
}

type postgresRows struct{ pgx.Rows }

func (r postgresRows) end() { r.Rows.Close() }

// numbered writes each ? of a statement as $1, $2, …. No statement of this package has a ? inside a text.
func (b *postgresBackend) numbered(text string) string {
	if done, ok := b.texts.Load(text); ok {
		return done.(string)
	}
	var out strings.Builder
	parts := strings.Split(text, "?")
	out.WriteString(parts[0])
	for i, p := range parts[1:] {
		out.WriteString("$" + strconv.Itoa(i+1) + p)
	}
	b.texts.Store(text, out.String())
	return out.String()
}
