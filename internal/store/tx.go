package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Tx is one running transaction. It is not safe for concurrent use and ends with the function that it was given to.
type Tx struct {
	ctx      context.Context
	store    *Store
	q        querier
	postgres bool
	readOnly bool
	eff      effects
	held     string // the owner token that Hold checked last: the job on whose behalf this runs
}

// querier runs statements written with ? for parameters.
type querier interface {
	exec(ctx context.Context, sql string, args []any) (rows int64, err error)
	query(ctx context.Context, sql string, args []any) (cursor, error)
	// each runs one statement with many sets of parameters, in order, in one round trip.
	each(ctx context.Context, sql string, sets [][]any) error
}

// cursor is what sql.Rows and pgx.Rows have in common.
type cursor interface {
	scanner
	Next() bool
	Err() error
	end()
}

type scanner interface{ Scan(dest ...any) error }

// errReadOnly: a View tried to write. SQLite and PostgreSQL would refuse as well; this names the method's mistake early.
var errReadOnly = errors.New("store: write in a View")

func (tx *Tx) now() time.Time { return tx.store.now().UTC() }

// exec runs a statement and returns the number of rows it touched.
func (tx *Tx) exec(sql string, args ...any) (int64, error) {
	if tx.readOnly {
		return 0, errReadOnly
	}
	clean(args)
	n, err := tx.q.exec(tx.ctx, sql, args)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", head(sql), err)
	}
	return n, nil
}

// each runs a statement with many sets of parameters, in order.
func (tx *Tx) each(sql string, sets [][]any) error {
	if len(sets) == 0 {
		return nil
	}
	if tx.readOnly {
		return errReadOnly
	}
	for _, args := range sets {
		clean(args)
	}
	if err := tx.q.each(tx.ctx, sql, sets); err != nil {
		return fmt.Errorf("%s: %w", head(sql), err)
	}
	return nil
}

// row reads at most one row into dest and says whether there was one.
func (tx *Tx) row(sql string, args []any, dest ...any) (bool, error) {
	clean(args)
	c, err := tx.q.query(tx.ctx, sql, args)
	if err != nil {
		return false, fmt.Errorf("%s: %w", head(sql), err)
	}
	defer c.end()
	found := c.Next()
	if found {
		if err := c.Scan(dest...); err != nil {
			return false, fmt.Errorf("%s: %w", head(sql), err)
		}
	}
	if err := c.Err(); err != nil {
		return false, fmt.Errorf("%s: %w", head(sql), err)
	}
	return found, nil
}

// rows reads all rows, each by scan. The cursor is closed when it returns, so that what follows may use the connection.
func rows[T any](tx *Tx, scan func(scanner) (T, error), sql string, args ...any) ([]T, error) {
	clean(args)
	c, err := tx.q.query(tx.ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", head(sql), err)
	}
	defer c.end()
	var out []T
	for c.Next() {
		v, err := scan(c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", head(sql), err)
		}
		out = append(out, v)
	}
	if err := c.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", head(sql), err)
	}
	return out, nil
}

func (tx *Tx) count(sql string, args ...any) (int, error) {
	var n int64
	_, err := tx.row(sql, args, &n)
	return int(n), err
}

// clean takes out of texts what PostgreSQL refuses in them.
func clean(args []any) {
	for i, a := range args {
		if s, ok := a.(string); ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "")
		}
	}
}

// head is enough of a statement to know it by, without values.
func head(sql string) string {
	words := strings.Fields(sql)
	return strings.Join(words[:min(4, len(words))], " ")
}

// us is an instant as it is stored; at is the way back.
func us(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func at(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// document writes a value as JSON text; its types cannot fail to marshal but for invalid raw messages.
func document(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// write runs a statement that changes rows and returns some of one.
func (tx *Tx) write(sql string, args []any, dest ...any) (bool, error) {
	if tx.readOnly {
		return false, errReadOnly
	}
	return tx.row(sql, args, dest...)
}
