package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// readersMax is how many snapshots are read side by side. Source: dependencies, "Storage".
const readersMax = 4

// sqliteBackend is one SQLite file: one write handle behind the group commit, and a few for reading.
type sqliteBackend struct {
	lock    *fileLock
	db      *sql.DB
	writer  *writer
	readers chan *sqliteConn
	closing sync.Once
	closed  chan struct{}
}

func openSQLite(ctx context.Context, path string, now func() time.Time) (_ *sqliteBackend, err error) {
	if path == "" {
		return nil, errors.New("database sqlite: names no file")
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	lock, err := takeLock(path, now())
	if err != nil {
		return nil, err
	}
	b := &sqliteBackend{lock: lock, readers: make(chan *sqliteConn, readersMax), closed: make(chan struct{})}
	defer func() {
		if err != nil {
			if b.db != nil {
				b.db.Close()
			}
			lock.release()
		}
	}()
	// The file holds personal data: others on the machine have no business in it. SQLite gives its -wal the same mode.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	b.db = sql.OpenDB(sqliteConnector{dsn: "file:" + (&url.URL{Path: path}).EscapedPath()})
	w, err := b.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	if err := migrateSQLite(ctx, b.db); err != nil {
		return nil, fmt.Errorf("database %s: migrating: %w", path, err)
	}
	for range readersMax {
		c, err := b.connect(ctx, "pragma query_only = on")
		if err != nil {
			return nil, fmt.Errorf("database %s: %w", path, err)
		}
		b.readers <- c
	}
	b.writer = newWriter(w)
	return b, nil
}

func (b *sqliteBackend) update(ctx context.Context, s *Store, fn func(*Tx) error) (effects, error) {
	return b.writer.do(ctx, s, fn)
}

func (b *sqliteBackend) view(ctx context.Context, s *Store, fn func(*Tx) error) (err error) {
	var c *sqliteConn
	select {
	case c = <-b.readers:
	case <-b.closed:
		return fmt.Errorf("%w: the store is closed", ErrUnavailable)
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { b.readers <- c }()
	if err := c.plain("begin"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.plain("rollback")) }()
	return fn(&Tx{ctx: context.Background(), store: s, q: c, readOnly: true})
}

func (b *sqliteBackend) close() (err error) {
	b.closing.Do(func() {
		close(b.closed)
		b.writer.stop()
		for range readersMax {
			(<-b.readers).end()
		}
		b.writer.conn.end()
		err = errors.Join(b.db.Close(), b.lock.release())
	})
	return err
}

// sqliteConnector opens connections without a driver registered under a name.
type sqliteConnector struct{ dsn string }

func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }
func (c sqliteConnector) Driver() driver.Driver                        { return &sqlite.Driver{} }

// sqliteConn is one connection with the statements that it has prepared. Not safe for concurrent use.
//
// Statements run without the caller's context: modernc's driver would interrupt the connection, and with it the
// transaction of everybody in the batch. All of them are short.
type sqliteConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// pragmas of every connection. NORMAL would lose the last commits when the power fails (I7).
var pragmas = [...]string{
	"pragma busy_timeout = 5000", "pragma journal_mode = wal", "pragma synchronous = full",
	"pragma temp_store = memory", "pragma cache_size = -8000", "pragma journal_size_limit = 67108864",
}

func (b *sqliteBackend) connect(ctx context.Context, more ...string) (*sqliteConn, error) {
	conn, err := b.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range append(pragmas[:], more...) {
		if _, err := conn.ExecContext(ctx, p); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return &sqliteConn{conn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

func (c *sqliteConn) prepared(text string) (*sql.Stmt, error) {
	st, ok := c.stmts[text]
	if ok {
		return st, nil
	}
	st, err := c.conn.PrepareContext(context.Background(), text)
	if err == nil {
		c.stmts[text] = st
	}
	return st, err
}

func (c *sqliteConn) exec(_ context.Context, text string, args []any) (int64, error) {
	st, err := c.prepared(text)
	if err != nil {
		return 0, err
	}
	res, err := st.Exec(args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c *sqliteConn) each(ctx context.Context, text string, sets [][]any) error {
	for _, args := range sets {
		if _, err := c.exec(ctx, text, args); err != nil {
			return err
		}
	}
	return nil
}

// plain runs a statement without parameters or result.
func (c *sqliteConn) plain(text string) error {
	_, err := c.exec(context.Background(), text, nil)
	return err
}

func (c *sqliteConn) query(_ context.Context, text string, args []any) (cursor, error) {
	st, err := c.prepared(text)
	if err != nil {
		return nil, err
	}
	rows, err := st.Query(args...)
	if err != nil {
		return nil, err
	}
	return sqliteRows{rows}, nil
}

func (c *sqliteConn) end() {
	for _, st := range c.stmts {
		st.Close()
	}
	c.conn.Close()
}

type sqliteRows struct{ *sql.Rows }

func (r sqliteRows) end() { r.Rows.Close() }
