package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrNotFound: no row has that id.
	ErrNotFound = errors.New("not found")
	// ErrLinked: one of the two records has a counterpart already (I2). Nothing was written; the transaction may go on.
	ErrLinked = errors.New("already linked")
	// ErrLeaseLost: the owner token no longer holds the work row; somebody else may be working on it.
	ErrLeaseLost = errors.New("lease lost")
	// ErrUnavailable: the database cannot store or be reached now: full or read-only disk, lost connection, closed store.
	// A sender is told to come again (429).
	ErrUnavailable = errors.New("the database is unavailable")
)

// classify wraps errors that mean "not now" in ErrUnavailable, so that callers need to know neither database.
func classify(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if unavailable(err) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

func unavailable(err error) bool {
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
			sqlite3.SQLITE_BUSY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return true
		}
		return false
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code[:min(2, len(pe.Code))] {
		case "08", "53", "57", "58": // connection, resources, operator, system
			return true
		}
		return pe.Code == "25006" // a read-only server
	}
	return connectionLost(err)
}

// connectionLost says that the database went away, and not that it refused a statement.
func connectionLost(err error) bool {
	var ne net.Error
	var ce *pgconn.ConnectError
	return errors.As(err, &ne) || errors.As(err, &ce) || pgconn.SafeToRetry(err) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF")
}
