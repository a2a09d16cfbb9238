// Package queue runs the mailbox: it claims rows of the work table under leases, hands each to the handler of its key,
// and says to the store what became of it. The dirty row is the queue; there is no other.
//
// It keeps I8 (one job a row, renewed leases, an owner token that every write of the job checks). It wakes by signal and
// by one timer to the next due time: with nothing to do it costs nothing. It knows nothing of records or systems.
package queue

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

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

// Options of a Queue.
type Options struct {
	Store *store.Store
	// Handlers by the prefix of a key; the longest prefix wins.
	Handlers map[string]Handler
	// Concurrency is how many jobs run at once; 0: 64.
	Concurrency int
	// LeaseFor is how long others keep off a row; it is renewed at a third of it. 0: 15 s.
	LeaseFor time.Duration
	// Paused names pairs of which only "sys:" rows run; nil: none.
	Paused func() []string
	Now    func() time.Time
	Logger *slog.Logger
}

const (
	concurrencyDefault = 64
	leaseDefault       = 15 * time.Second
	backoffFirst       = time.Second
	backoffMost        = 10 * time.Minute
	laneLast           = 2
	// reserve is the share of the slots that backfill leaves to live changes and sweeps: a quarter.
	reserve = 4
	// idleLook is when an idle queue looks again although nothing woke it: a lost wake-up must not stop it for good.
	idleLook = time.Minute
)

// Queue runs claimed rows.
type Queue struct {
	o      Options
	id     string
	wake   chan struct{}
	cancel context.CancelFunc
	loop   sync.WaitGroup
	jobs   sync.WaitGroup

	mu       sync.Mutex // guards what is below
	running  map[string]int
	served   map[string]int64
	turn     int64
	busy     int
	backfill int
}

// New builds a Queue; Start runs it.
func New(o Options) *Queue {
	if o.Concurrency <= 0 {
		o.Concurrency = concurrencyDefault
	}
	if o.LeaseFor <= 0 {
		o.LeaseFor = leaseDefault
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Paused == nil {
		o.Paused = func() []string { return nil }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Queue{o: o, id: uuid.NewString()[:8], wake: make(chan struct{}, 1), running: map[string]int{}, served: map[string]int64{}}
}

// Start begins to claim. It returns at once.
func (q *Queue) Start(ctx context.Context) error {
	ctx, q.cancel = context.WithCancel(context.WithoutCancel(ctx))
	q.loop.Go(func() { q.run(ctx) })
	return nil
}

// Stop claims no more and waits for running jobs until ctx ends; then it cancels them. What they leave is taken up when
// their lease ends, or at once by the next start on SQLite. Idempotent.
func (q *Queue) Stop(ctx context.Context) {
	if q.cancel == nil {
		return
	}
	q.cancel()
	q.loop.Wait()
	waited := make(chan struct{})
	go func() { q.jobs.Wait(); close(waited) }()
	select {
	case <-waited:
	case <-ctx.Done():
	}
}

// Wake makes the queue look again: something that it asks for (which pairs are paused) has changed.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Busy is the number of jobs that run now.
func (q *Queue) Busy() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.busy
}

func (q *Queue) run(ctx context.Context) {
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
		next, err := q.round(ctx)
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
func (q *Queue) round(ctx context.Context) (time.Duration, error) {
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
		q.begin(ctx, w)
	}
	if len(list) == 0 {
		return 10 * time.Millisecond, nil // another process was quicker
	}
	return 0, nil
}

// request is what to claim now: as many rows as there are free slots, of which backfill may not take the last quarter.
func (q *Queue) request() store.ClaimRequest {
	q.mu.Lock()
	defer q.mu.Unlock()
	req := store.ClaimRequest{Owner: q.id, Limit: q.o.Concurrency - q.busy, MaxLane: laneLast, LeaseFor: q.o.LeaseFor, Now: q.o.Now(),
		Running: map[string]int{}, Served: map[string]int64{}}
	if room := q.o.Concurrency - q.o.Concurrency/reserve - q.backfill; room <= 0 {
		req.MaxLane = laneLast - 1
	} else {
		req.Limit = min(req.Limit, max(room, q.o.Concurrency/reserve))
	}
	for p, n := range q.running {
		req.Running[p] = n
	}
	for p, n := range q.served {
		req.Served[p] = n
	}
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
		q.job(context.WithoutCancel(ctx), w)
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

// job runs the handler of one row under a lease that is renewed, and tells the store what became of it.
func (q *Queue) job(ctx context.Context, w store.Work) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() { q.keep(ctx, cancel, w, stop) })
	out := q.handle(ctx, w)
	close(stop)
	renewing.Wait()
	if out.verdict == finished {
		return
	}
	err := q.o.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		switch out.verdict {
		case retry:
			at := q.o.Now().Add(max(out.after, backoff(w.Attempts)))
			if out.after > 0 {
				at = q.o.Now().Add(out.after)
			}
			return tx.Retry(w, at, text(out.err))
		case deferred:
			return tx.Defer(w, out.until, out.waitsFor)
		}
		return tx.Done(w)
	})
	if err != nil {
		q.o.Logger.Warn("closing a row", "pair", w.Pair, "key", w.Key, "err", err) // its lease ends, and it runs again
	}
}

// keep renews the lease at a third of it, and cancels the job when it is lost.
func (q *Queue) keep(ctx context.Context, lost context.CancelFunc, w store.Work, stop <-chan struct{}) {
	tick := time.NewTicker(q.o.LeaseFor / 3)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		err := q.o.Store.Update(ctx, func(tx *store.Tx) error { return tx.Renew(w, q.o.Now().Add(q.o.LeaseFor)) })
		if err != nil {
			select {
			case <-stop: // the handler closed the row between two ticks
			default:
				q.o.Logger.Warn("a lease was lost", "pair", w.Pair, "key", w.Key, "err", err)
				lost()
			}
			return
		}
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

// backoff is full jitter: anything up to 1 s, 2 s, 4 s … 10 min.
func backoff(attempts int) time.Duration {
	most := backoffFirst << min(attempts, 20)
	if most > backoffMost || most <= 0 {
		most = backoffMost
	}
	return most/10 + rand.N(most*9/10)
}
