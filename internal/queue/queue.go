// Package queue runs the mailbox: it claims rows of the work table under leases, hands each to the handler of its key,
// and says to the store what became of it. The dirty row is the queue; there is no other.
//
// It keeps I8 (one job a row, renewed leases, an owner token that every write of the job checks). It wakes by signal and
// by one timer to the next due time: with nothing to do it costs nothing. It knows nothing of records or systems.
package queue

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"

	"tandem/internal/store"
)

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
	// Jitter is a random time from 0 to below most; nil: by the global source.
	Jitter func(most time.Duration) time.Duration
	// Ended is told of each job that ran: how long, and whether it failed. It must not block; nil: nobody is.
	Ended  func(w store.Work, took time.Duration, failed bool)
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
	// idleLook is when an idle queue looks again although nothing woke it. Nothing needs it but a wall clock that was set
	// forward, which no timer notices; so it is rare, and a simulated month of idling costs nothing.
	idleLook = 10 * time.Minute
	// cancelledFor is how long Stop waits for jobs after it has cancelled them.
	cancelledFor = 5 * time.Second
)

// Queue runs claimed rows.
type Queue struct {
	o    Options
	id   string
	wake chan struct{}
	loop sync.WaitGroup
	jobs sync.WaitGroup

	lifecycle  sync.Mutex // guards what is below, and makes Start and Stop take turns
	stopLoop   context.CancelFunc
	cancelJobs context.CancelFunc

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
	if o.Jitter == nil {
		o.Jitter = rand.N[time.Duration]
	}
	if o.Ended == nil {
		o.Ended = func(store.Work, time.Duration, bool) {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Queue{o: o, id: uuid.NewString()[:8], wake: make(chan struct{}, 1), running: map[string]int{}, served: map[string]int64{}}
}

// Start begins to claim and returns at once. What it runs ends with Stop, not with ctx. A second Start is refused.
func (q *Queue) Start(ctx context.Context) error {
	q.lifecycle.Lock()
	defer q.lifecycle.Unlock()
	if q.stopLoop != nil {
		return errors.New("queue: started twice")
	}
	var loop, jobs context.Context
	jobs, q.cancelJobs = context.WithCancel(context.WithoutCancel(ctx))
	loop, q.stopLoop = context.WithCancel(jobs)
	q.loop.Go(func() { q.run(loop, jobs) })
	return nil
}

// Stop claims no more and waits for running jobs until ctx ends; then it cancels them and waits a few seconds more. What
// they leave is taken up when their lease ends, or at once by the next start on SQLite. Idempotent.
func (q *Queue) Stop(ctx context.Context) {
	q.lifecycle.Lock()
	defer q.lifecycle.Unlock()
	if q.stopLoop == nil {
		return
	}
	q.stopLoop()
	q.loop.Wait()
	ended := make(chan struct{})
	go func() { q.jobs.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	q.cancelJobs()
	select {
	case <-ended:
	case <-time.After(cancelledFor):
		q.o.Logger.Error("jobs do not end although they were cancelled", "jobs", q.Busy())
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
