package queue

import (
	"context"
	"time"

	"tandem/internal/store"
)

// Handler does the work of one row. Its context ends when the lease is lost or the process stops.
type Handler func(ctx context.Context, w store.Work) Outcome

// Outcome is what becomes of a row. Make one with Done, Finished, Retry or Defer.
type Outcome struct {
	verdict  verdict
	after    time.Duration
	until    time.Time
	waitsFor string
	err      error
}

type verdict int

const (
	done verdict = iota
	finished
	retry
	deferred
)

// Done closes the row, unless it was marked again meanwhile.
func Done() Outcome { return Outcome{} }

// Finished says that the handler closed the row itself, in the transaction that stored its result.
func Finished() Outcome { return Outcome{verdict: finished} }

// Retry counts a failed run and tries again: after the given time at the earliest, 0 for the backoff by attempts.
func Retry(after time.Duration, err error) Outcome {
	return Outcome{verdict: retry, after: after, err: err}
}

// Defer tries again at an instant, without counting a failure; or when the named record is linked.
func Defer(until time.Time, waitsFor string) Outcome {
	return Outcome{verdict: deferred, until: until, waitsFor: waitsFor}
}
