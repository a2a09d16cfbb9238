package queue

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"tandem/internal/store"
)

// job runs the handler of one row under a lease that is renewed, and tells the store what became of it.
func (q *Queue) job(ctx context.Context, w store.Work) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() { q.keep(ctx, cancel, w, stop) })
	begun := q.o.Now()
	out := q.handle(ctx, w)
	close(stop)
	renewing.Wait()
	q.o.Ended(w, q.o.Now().Sub(begun), out.verdict == retry)
	if out.verdict == finished {
		return
	}
	err := q.o.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		switch out.verdict {
		case retry:
			after := out.after
			if after <= 0 {
				after = q.backoff(w.Attempts)
			}
			return tx.Retry(w, q.o.Now().Add(after), text(out.err))
		case deferred:
			return tx.Defer(w, out.until, out.waitsFor)
		}
		return tx.Done(w)
	})
	if err != nil {
		q.o.Logger.Warn("closing a row", "pair", w.Pair, "key", w.Key, "err", err) // its lease ends, and it runs again
	}
}

// keep renews the lease at a third of it, and cancels the job when it is lost: taken by another, or ended because the
// database could not be written for so long.
func (q *Queue) keep(ctx context.Context, lost context.CancelFunc, w store.Work, stop <-chan struct{}) {
	tick := time.NewTicker(q.o.LeaseFor / 3)
	defer tick.Stop()
	ends := w.Lease
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		until := q.o.Now().Add(q.o.LeaseFor)
		// Not under the job's context: a job that was asked to stop holds its row until it has.
		err := q.o.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.Renew(w, until) })
		switch {
		case err == nil:
			ends = until
			continue
		case !errors.Is(err, store.ErrLeaseLost) && q.o.Now().Add(q.o.LeaseFor/3).Before(ends):
			q.o.Logger.Warn("renewing a lease", "pair", w.Pair, "key", w.Key, "err", err)
			continue
		}
		select {
		case <-stop: // the handler closed the row between two ticks
		default:
			q.o.Logger.Warn("a lease was lost", "pair", w.Pair, "key", w.Key, "err", err)
			lost()
		}
		return
	}
}

func (q *Queue) handle(ctx context.Context, w store.Work) (out Outcome) {
	defer func() {
		if p := recover(); p != nil {
			err := panicked(p)
			q.o.Logger.Error("a job panicked", "pair", w.Pair, "key", w.Key, "err", err)
			out = Retry(0, err)
		}
	}()
	var h Handler
	longest := -1
	for prefix, f := range q.o.Handlers {
		if strings.HasPrefix(w.Key, prefix) && len(prefix) > longest {
			h, longest = f, len(prefix)
		}
	}
	if h == nil {
		return Defer(q.o.Now().Add(time.Hour), "") // of a version that knows it
	}
	return h(ctx, w)
}

// backoff is full jitter: anything up to 1 s, 2 s, 4 s … 10 min, but never less than a tenth of that, or a record could
// spin by luck.
func (q *Queue) backoff(attempts int) time.Duration {
	most := backoffMost
	if attempts < 10 { // 1 s << 10 is past the most
		most = backoffFirst << attempts
	}
	return most/10 + q.o.Jitter(most-most/10)
}
