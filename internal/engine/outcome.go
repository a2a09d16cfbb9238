package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"tandem/internal/connector"
	"tandem/internal/queue"
	"tandem/internal/store"
)

// later asks for the row to run again, without counting as a failure: a lock that another job holds, a second look that
// is not due yet.
type later struct {
	at       time.Time
	waitsFor string
	why      string
}

func (l later) Error() string { return "later: " + l.why }

// errFinished says that the step has already closed its row in its own transaction.
var errFinished = errors.New("finished")

// attemptsMax is after how many failed runs a record is put aside as a dead letter, so that it neither spins nor blocks.
// With full jitter from 1 s to 10 min that is about two hours.
const attemptsMax = 20

// outcome says what becomes of a row, in one place for all steps.
func (e *Engine) outcome(ctx context.Context, j *job, err error) queue.Outcome {
	var l later
	switch {
	case err == nil:
		return queue.Done()
	case errors.Is(err, errFinished):
		return queue.Finished()
	case errors.As(err, &l):
		return queue.Defer(l.at, l.waitsFor)
	case errors.Is(err, store.ErrLeaseLost) || ctx.Err() != nil:
		return queue.Finished() // somebody else has it now, or we are stopping: the lease ends by itself
	}
	ce, _ := connector.AsError(err)
	class := connector.ClassOf(err)
	j.log.Warn("job failed", "class", class, "attempt", j.Attempts+1, "err", err)
	switch class {
	case connector.Auth:
		e.pause(ctx, j.pair.Name, "auth")
		return queue.Retry(time.Minute, err)
	case connector.Quota:
		return queue.Defer(e.now().Add(max(ce.After, time.Minute)), "")
	case connector.Throttled:
		return queue.Defer(e.now().Add(max(ce.After, time.Second)), "")
	case connector.Invalid, connector.Forbidden, connector.Duplicate, connector.Absent:
		if isRecord(j.Key) {
			return e.bury(ctx, j, err)
		}
	case connector.Ambiguous:
		return queue.Retry(2*time.Second, err)
	}
	if j.Attempts+1 >= attemptsMax && isRecord(j.Key) {
		return e.bury(ctx, j, err)
	}
	return queue.Retry(0, err)
}

// bury parks the record alone with its reason; the rest goes on. A later change of it tries again.
func (e *Engine) bury(ctx context.Context, j *job, cause error) queue.Outcome {
	class := connector.ClassOf(cause)
	p := &store.Parked{
		Pair: j.pair.Name, Why: "dead", Key: j.Key, Class: string(class), Cause: plainCause(cause), Mend: mendOf(cause), CreatedAt: e.now(),
	}
	if class == connector.Forbidden || class == connector.Absent {
		p.Why = "no_permission"
	}
	err := e.store.Update(ctx, func(tx *store.Tx) error {
		id, ref, err := subject(tx, j)
		if err != nil {
			return err
		}
		p.LinkID, p.Ref = id, ref
		if id != 0 {
			if l, err := tx.Link(id); err == nil {
				l.Why, l.WhyDetail = p.Why, p.Cause
				if err := tx.UpdateLink(l); err != nil {
					return err
				}
			}
		}
		if err := tx.Park(p); err != nil {
			return err
		}
		return tx.Done(j.Work)
	})
	if err != nil {
		return queue.Retry(0, errors.Join(cause, err))
	}
	return queue.Finished()
}

// pause adds a reason to a pair's state.
func (e *Engine) pause(ctx context.Context, pair, reason string) {
	err := e.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		st, ok, err := tx.PairState(pair)
		if err != nil || !ok || slices.Contains(st.Reasons, reason) {
			return err
		}
		st.Reasons = append(st.Reasons, reason)
		return tx.PutPairState(st)
	})
	if err != nil {
		e.log.Error("pausing a pair", "pair", pair, "reason", reason, "err", err)
	}
}
