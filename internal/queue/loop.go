package queue

import (
	"context"
	"maps"
	"time"

	"tandem/internal/store"
)

// run claims until ctx ends; jobs is what the jobs run under.
func (q *Queue) run(ctx, jobs context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-q.wake:
		case <-q.o.Store.Wake():
		}
		next, err := q.round(ctx, jobs)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			q.o.Logger.Error("claiming work", "err", err)
			next = time.Second
		}
		timer.Reset(next)
	}
}

// round claims what fits and says in how long to look again.
func (q *Queue) round(ctx, jobs context.Context) (time.Duration, error) {
	req := q.request()
	if req.Limit <= 0 {
		return idleLook, nil // a job that ends wakes us
	}
	req.Paused = q.o.Paused()
	var list []store.Work
	var next time.Time
	var more bool
	err := q.o.Store.View(ctx, func(tx *store.Tx) (err error) {
		next, more, err = tx.NextClaim(req)
		return err
	})
	if err != nil {
		return 0, err
	}
	if !more {
		return idleLook, nil
	}
	if wait := next.Sub(q.o.Now()); wait > 0 {
		return min(wait, idleLook), nil
	}
	err = q.o.Store.Update(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Claim(req)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, w := range list {
		q.begin(jobs, w)
	}
	if len(list) == 0 {
		return 10 * time.Millisecond, nil // another process was quicker
	}
	return 0, nil
}

// request is what to claim now: as many rows as there are free slots. Backfill never has more than three quarters of all.
func (q *Queue) request() store.ClaimRequest {
	q.mu.Lock()
	defer q.mu.Unlock()
	req := store.ClaimRequest{Owner: q.id, Limit: q.o.Concurrency - q.busy, MaxLane: laneLast, LeaseFor: q.o.LeaseFor, Now: q.o.Now(),
		Running: maps.Clone(q.running), Served: maps.Clone(q.served)}
	// With a single slot backfill must have it, or would never run.
	room := max(1, q.o.Concurrency-max(1, q.o.Concurrency/reserve)) - q.backfill
	if room <= 0 {
		req.MaxLane = laneLast - 1
	}
	req.Backfill = room
	return req
}

func (q *Queue) begin(ctx context.Context, w store.Work) {
	q.mu.Lock()
	q.busy++
	q.running[w.Pair]++
	q.turn++
	q.served[w.Pair] = q.turn
	if w.Lane == laneLast {
		q.backfill++
	}
	q.mu.Unlock()
	q.jobs.Go(func() {
		defer q.end(w)
		q.job(ctx, w)
	})
}

func (q *Queue) end(w store.Work) {
	q.mu.Lock()
	full := q.busy == q.o.Concurrency
	q.busy--
	if q.running[w.Pair]--; q.running[w.Pair] == 0 {
		delete(q.running, w.Pair)
	}
	if w.Lane == laneLast {
		q.backfill--
		full = true
	}
	q.mu.Unlock()
	if full {
		q.Wake()
	}
}
