package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
	"tandem/internal/store"
)

// overlap is how far behind its watermark a sweep begins: GHL's index lags by seconds, and a zone with daylight saving
// repeats an hour only where the profile says so (the driver widens for that).
const overlap = 5 * time.Minute

// retention of raw events, after which sys:prune removes them.
const retention = 30 * 24 * time.Hour

// poll asks one side what changed since last time. commonsku has no webhooks: this is how its edits are found in seconds.
func (e *Engine) poll(ctx context.Context, j *job) error {
	side := record.Side(j.Key[len("sys:poll:"):])
	every := j.pair.Settings.PollCommonsku
	if side == record.GHL {
		every = j.pair.Settings.PollGHL
	}
	if every <= 0 || !e.running(ctx, j.pair) {
		return e.again(ctx, j, max(every, time.Minute))
	}
	err := e.changes(ctx, j, side, connector.Live, "poll")
	return e.recur(ctx, j, every, err)
}

// sweepIncremental asks both sides what changed since the watermark: what a lost webhook hid is found here.
func (e *Engine) sweepIncremental(ctx context.Context, j *job) error {
	if !e.running(ctx, j.pair) {
		return e.again(ctx, j, time.Minute)
	}
	var errs []error
	for _, side := range record.Sides {
		errs = append(errs, e.changes(ctx, j, side, connector.Sweep, "sweep"))
	}
	err := errors.Join(errs...)
	if err == nil {
		err = e.state(ctx, j.pair, func(st *store.PairState) { st.LastSweep = e.now() })
	}
	return e.recur(ctx, j, j.pair.Settings.SweepEvery, err)
}

// sweepFull walks everything on both sides. A linked record that the walk did not show is looked at directly: an
// incomplete or empty listing is never evidence of a delete.
func (e *Engine) sweepFull(ctx context.Context, j *job) error {
	if !e.running(ctx, j.pair) {
		return e.again(ctx, j, time.Minute)
	}
	e.refreshUsers(ctx, j.pair)
	start := e.now()
	for _, side := range record.Sides {
		for _, kind := range []record.Kind{record.Company, record.Contact} {
			if !e.readable(j.pair, side, kind) {
				continue
			}
			complete, err := e.walk(ctx, j, side, kind, time.Time{}, connector.Sweep, "full sweep")
			if err != nil {
				return e.recur(ctx, j, j.pair.Settings.SweepFull, err)
			}
			if !complete {
				continue
			}
			err = e.store.Update(ctx, func(tx *store.Tx) error {
				missing, err := tx.SeenBefore(j.Pair, side, kind, start)
				for _, ref := range missing {
					if _, ok, lerr := tx.LinkOf(j.Pair, ref); lerr != nil || !ok {
						err = errors.Join(err, lerr)
						continue
					}
					err = errors.Join(err, tx.Mark(store.Mark{Pair: j.Pair, Ref: ref, Lane: int(connector.Sweep), Cause: "not in the full listing"}))
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	err := e.state(ctx, j.pair, func(st *store.PairState) { st.LastSweep, st.LastFullSweep = e.now(), e.now() })
	return e.recur(ctx, j, j.pair.Settings.SweepFull, err)
}

// changes walks the lists of one side from their watermarks on.
func (e *Engine) changes(ctx context.Context, j *job, side record.Side, lane connector.Lane, cause string) error {
	for _, kind := range []record.Kind{record.Company, record.Contact} {
		if !e.readable(j.pair, side, kind) || kind == record.Company && side == record.GHL {
			continue
		}
		name := string(side) + ":" + string(kind)
		var since time.Time
		err := e.store.View(ctx, func(tx *store.Tx) error {
			w, err := tx.Watermark(j.Pair, name)
			if err == nil && w != "" {
				since, err = time.Parse(time.RFC3339Nano, w)
			}
			return err
		})
		if err != nil {
			return err
		}
		start := e.now()
		if !since.IsZero() {
			since = since.Add(-overlap)
		}
		complete, err := e.walk(ctx, j, side, kind, since, lane, cause)
		if err != nil {
			return fmt.Errorf("%s of %s %ss: %w", cause, side, kind, err)
		}
		if !complete {
			continue // never past a row that could not be read
		}
		err = e.store.Update(ctx, func(tx *store.Tx) error { return tx.SetWatermark(j.Pair, name, start.Format(time.RFC3339Nano)) })
		if err != nil {
			return err
		}
	}
	return nil
}

// walk reads the pages of a list and marks what may have changed. complete is false if a row may be missing.
func (e *Engine) walk(ctx context.Context, j *job, side record.Side, kind record.Kind, since time.Time, lane connector.Lane, cause string) (complete bool, err error) {
	complete = true
	q := connector.Query{Kind: kind, Since: since}
	for {
		page, err := j.pair.Driver(side).Page(ctx, q)
		if err != nil {
			return false, err
		}
		complete = complete && page.Complete
		if len(page.Records) > 0 {
			err = e.store.Update(ctx, func(tx *store.Tx) error {
				for _, r := range page.Records {
					if err := e.listed(tx, j.pair, r, lane, cause); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return false, err
			}
		}
		if page.Next == "" {
			return complete, nil
		}
		q.Cursor = page.Next
	}
}

// listed decides whether a list row is worth a look. A row whose change time is not newer than what was last seen costs
// no call; where that time has whole seconds, the raw values decide.
func (e *Engine) listed(tx *store.Tx, p *Pair, r record.Record, lane connector.Lane, cause string) error {
	before, known, err := tx.SeenOf(p.Name, r.Ref)
	if err != nil {
		return err
	}
	s := seenOf(p.Name, r, p.env(), before)
	s.SeenAt = e.now()
	if r.Deleted.IsZero() && before.GoneAt.IsZero() {
		s.GoneAt = time.Time{}
	}
	if err := tx.PutSeen(s); err != nil {
		return err
	}
	link, linked, err := tx.LinkOf(p.Name, r.Ref)
	if err != nil {
		return err
	}
	dirty := false
	switch {
	case r.Ref.Kind == record.Company:
		dirty = known && before.RowHash != "" && before.RowHash != s.RowHash || !known && false
	case !r.Deleted.IsZero():
		dirty = linked && link.State == store.Live
	case !linked:
		dirty = !known || before.RowHash != s.RowHash
	default:
		if dirty, err = e.moved(tx, p, link, r); err == nil && dirty {
			err = noteSight(tx, p, link, r.Ref.Side, r.Fields, r.Changed)
		}
	}
	if err != nil || !dirty {
		return err
	}
	return tx.Mark(store.Mark{Pair: p.Name, Ref: r.Ref, Lane: int(lane), Cause: cause})
}

// moved says whether a list row shows a linked record changed since it was last read.
func (e *Engine) moved(tx *store.Tx, p *Pair, l store.Link, r record.Record) (bool, error) {
	last := l.GHLChanged
	if r.Ref.Side == record.Commonsku {
		last = l.CommonskuChanged
	}
	if r.Changed.After(last) {
		return true, nil
	}
	if l.State == store.Tombstone {
		return false, nil
	}
	grain := p.Driver(r.Ref.Side).Can().PrecisionOfChanged
	if !r.Changed.IsZero() && (grain < time.Second || r.Changed.Before(last)) {
		return false, nil
	}
	bases, err := tx.Bases(l.ID)
	if err != nil {
		return false, err
	}
	for _, row := range p.Contacts.Rows {
		b, ok := bases[row.Name]
		if row.Name == companyRow || row.Commonsku.Owner != record.Contact || !ok {
			continue
		}
		raw, was := r.Get(row.GHL), b.GHL
		if r.Ref.Side == record.Commonsku {
			raw, was = r.Get(row.Commonsku.Field), b.Commonsku
			if slot := l.Meta["phone_slot"]; slot != "" && row.Name == "phone" {
				raw = r.Get(slot)
			}
		}
		if !raw.Equal(was) {
			return true, nil
		}
	}
	if r.Ref.Side == record.Commonsku && r.Parent.ID != "" && r.Parent.ID != l.CommonskuParent {
		return true, nil
	}
	return len(bases) == 0, nil
}

// recur ends a recurring job: its row goes back with the next due time, in one step, also after a failure, whose backoff
// would otherwise outgrow the schedule.
func (e *Engine) recur(ctx context.Context, j *job, every time.Duration, failure error) error {
	if failure != nil {
		switch connector.ClassOf(failure) {
		case connector.Auth:
			e.pause(ctx, j.Pair, "auth")
		case connector.Quota, connector.Throttled:
			return failure
		}
		e.log.Warn("a recurring job failed", "pair", j.Pair, "job", j.Key, "err", failure)
		every = min(every, 30*time.Second)
	} else if err := e.state(ctx, j.pair, func(st *store.PairState) {
		st.Reasons = slices.DeleteFunc(st.Reasons, func(r string) bool { return r == "auth" || r == "quota" })
	}); err != nil {
		return err
	}
	return e.again(ctx, j, every)
}

func (e *Engine) again(ctx context.Context, j *job, every time.Duration) error {
	err := e.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.Hold(j.Work); err != nil {
			return err
		}
		if err := tx.Done(j.Work); err != nil {
			return err
		}
		return tx.Mark(store.Mark{Pair: j.Pair, Key: j.Key, Lane: j.Lane, DueAt: e.now().Add(every), Cause: "schedule"})
	})
	if err != nil {
		return err
	}
	return errFinished
}

// state changes a pair's stored state, writing only where it differs.
func (e *Engine) state(ctx context.Context, p *Pair, change func(*store.PairState)) error {
	return e.store.Update(ctx, func(tx *store.Tx) error {
		st, _, err := tx.PairState(p.Name)
		if err != nil {
			return err
		}
		st.Name = p.Name
		change(&st)
		return tx.PutPairState(st)
	})
}

// running says that a pair is live and not paused by a person or the guard; a refused credential is probed by polling.
func (e *Engine) running(ctx context.Context, p *Pair) bool {
	var st store.PairState
	err := e.store.View(ctx, func(tx *store.Tx) (err error) {
		st, _, err = tx.PairState(p.Name)
		return err
	})
	return err == nil && st.Live && !hasReason(st, "operator")
}

func (e *Engine) readable(p *Pair, s record.Side, k record.Kind) bool {
	can, ok := p.Driver(s).Can().Kinds[k]
	return ok && can.Ability != connector.None && can.Ability != ""
}

// RequestSweep asks for a sweep now.
func (e *Engine) RequestSweep(ctx context.Context, pair string, full bool) error {
	key := "sys:sweep"
	if full {
		key = "sys:full"
	}
	return e.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Mark(store.Mark{Pair: pair, Key: key, Lane: int(connector.Sweep), Cause: "asked for"})
	})
}

// prune removes raw events and allowances past their time.
func (e *Engine) prune(ctx context.Context, j *job) error {
	err := e.store.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.PruneDeliveries(e.now().Add(-retention)); err != nil {
			return err
		}
		_, err := tx.PruneAllowances(e.now())
		return err
	})
	return e.recur(ctx, j, time.Hour, err)
}
