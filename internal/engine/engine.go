// Package engine is where all meets: what arrives (webhooks, polls, sweeps, the first match) becomes dirty records, and
// the job of a dirty record reads both sides, merges, and has the difference written. A step is a file: ingest, job,
// look, create, gone, company, sweep, match, plan.
//
// It keeps: I1 no edit disappears, I2 one counterpart, I3 quiet means equal or explained, I4 nothing equal is sent,
// I7 durable first, I8 order per record. It never writes to a far side itself: package apply does.
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/apply"
	"tandem/internal/connector"
	"tandem/internal/expr"
	"tandem/internal/mapping"
	"tandem/internal/merge"
	"tandem/internal/queue"
	"tandem/internal/record"
	"tandem/internal/store"
)

// Policy of one kind, as configured.
type Policy struct {
	Direction         merge.Direction
	CreateGHL         bool // commonsku records without a counterpart are made in GHL
	CreateCommonsku   bool
	When              *expr.Program // gates creation in commonsku; nil: always
	Filter            *expr.Program // gates updates both ways; nil: always
	DeleteInGHL       DeletePolicy  // what a commonsku delete does in GHL
	DeleteInCommonsku DeletePolicy
	FirstMatchAuto    bool
}

// DeletePolicy says what a delete on one side does on the other.
type DeletePolicy string

// Delete policies.
const (
	DeleteIgnore  DeletePolicy = "ignore"
	DeleteArchive DeletePolicy = "archive"
	DeleteDelete  DeletePolicy = "delete"
)

// Guard stops a pair before deletes do damage: the lower of Max and Percent (which binds from 20 links up) in Window.
type Guard struct {
	Max     int
	Percent int
	Window  time.Duration
}

// Settings of a pair.
type Settings struct {
	Contacts               Policy
	Guard                  Guard
	SweepEvery             time.Duration     // incremental; 5 minutes unless set
	SweepFull              time.Duration     // 24 hours unless set
	PollCommonsku, PollGHL time.Duration     // 0: not polled
	ArchiveTag             string            // in GHL; "archived-in-commonsku" unless set
	Users                  map[string]string // e-mail in one system -> e-mail in the other
	AcceptRows             bool              // a vanished mapping row was seen and accepted
	Industry               string            // default industry of a client that Tandem makes; "" if the account asks none
}

// Pair is one GHL location and one commonsku account that are kept in step.
type Pair struct {
	Name     string
	Drivers  map[record.Side]connector.Driver
	Contacts mapping.Table
	Settings Settings
	// Decode reads a webhook of the pair's GHL location; nil: events are stored and ignored.
	Decode func(body []byte) (Event, error)
	region atomic.Pointer[string] // see env
	users  userCache
}

// env is how the pair's values are read; the region is fixed once the account is known.
func (p *Pair) env() record.Env {
	if r := p.region.Load(); r != nil {
		return record.Env{Region: *r}
	}
	return record.Env{}
}

func (p *Pair) setRegion(r string) { p.region.Store(&r) }

// Driver of a side.
func (p *Pair) Driver(s record.Side) connector.Driver { return p.Drivers[s] }

// Options of an Engine.
type Options struct {
	Store  *store.Store
	Pairs  []*Pair
	Now    func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: discards
	// Synced is told of each finished job that wrote: the lane, the time from mark to done, and how many writes.
	Synced func(pair string, lane int, took time.Duration, writes int)
}

// Engine runs the jobs of all pairs.
type Engine struct {
	store  *store.Store
	writer *apply.Writer
	pairs  map[string]*Pair
	order  []*Pair
	now    func() time.Time
	log    *slog.Logger
	synced func(string, int, time.Duration, int)

	arrived chan struct{} // a delivery was stored, or a job closed an intent that a delivery waits for
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// New builds an engine; Start runs it.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Synced == nil {
		o.Synced = func(string, int, time.Duration, int) {}
	}
	e := &Engine{
		store: o.Store, writer: &apply.Writer{Store: o.Store, Now: o.Now}, pairs: map[string]*Pair{}, order: o.Pairs,
		now: o.Now, log: o.Logger, synced: o.Synced, arrived: make(chan struct{}, 1),
	}
	for _, p := range o.Pairs {
		e.pairs[p.Name] = p
	}
	return e
}

// Handlers are what the queue runs, by the prefix of a work key.
func (e *Engine) Handlers() map[string]queue.Handler {
	return map[string]queue.Handler{
		"link:":              e.handle(e.syncLinked),
		"ghl:contact:":       e.handle(e.syncUnlinked),
		"commonsku:contact:": e.handle(e.syncUnlinked),
		"commonsku:company:": e.handle(e.syncClient),
		"sys:sweep":          e.handle(e.sweepIncremental),
		"sys:full":           e.handle(e.sweepFull),
		"sys:poll:":          e.handle(e.poll),
		"sys:match":          e.handle(e.firstMatch),
		"sys:prune":          e.handle(e.prune),
	}
}

// Start makes the pairs known to the store, schedules what recurs, and runs ingestion until Stop.
func (e *Engine) Start(ctx context.Context) error {
	if err := e.Prepare(ctx); err != nil {
		return err
	}
	if err := e.schedule(ctx); err != nil {
		return err
	}
	ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	e.done.Go(func() { e.ingestLoop(ctx) })
	return nil
}

// Stop ends ingestion and waits for it. Idempotent.
func (e *Engine) Stop() {
	if e.stop != nil {
		e.stop()
	}
	e.done.Wait()
}

// Prepare makes each pair known to the store, without scheduling anything.
func (e *Engine) Prepare(ctx context.Context) error {
	for _, p := range e.order {
		err := e.store.Update(ctx, func(tx *store.Tx) error {
			st, known, err := tx.PairState(p.Name)
			if err != nil {
				return err
			}
			if !known {
				st.Name = p.Name
			}
			if err := checkRows(&st, p); err != nil {
				return err
			}
			if st.Region != "" {
				p.setRegion(st.Region)
			}
			return tx.PutPairState(st)
		})
		if err != nil {
			return fmt.Errorf("pair %s: %w", p.Name, err)
		}
	}
	return nil
}

// schedule marks what recurs; a row that is already there keeps its due time if that is sooner.
func (e *Engine) schedule(ctx context.Context) error {
	return e.store.Update(ctx, func(tx *store.Tx) error {
		for _, p := range e.order {
			st, _, err := tx.PairState(p.Name)
			if err != nil {
				return err
			}
			marks := []store.Mark{{Pair: p.Name, Key: "sys:prune", Lane: 2, DueAt: e.now().Add(time.Hour), Cause: "schedule"}}
			if !st.Live {
				marks = append(marks, store.Mark{Pair: p.Name, Key: "sys:match", Cause: "first start"})
			} else {
				// What changed while nothing ran is found at once.
				marks = append(marks, store.Mark{Pair: p.Name, Key: "sys:sweep", Lane: 1, Cause: "start"})
				marks = append(marks, e.recurring(p)...)
			}
			for _, m := range marks {
				if err := tx.Mark(m); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// recurring are the polls and the full sweep of a live pair, from now on.
func (e *Engine) recurring(p *Pair) []store.Mark {
	now := e.now()
	marks := []store.Mark{{Pair: p.Name, Key: "sys:full", Lane: 1, DueAt: now.Add(p.Settings.SweepFull), Cause: "schedule"}}
	if d := p.Settings.PollCommonsku; d > 0 {
		marks = append(marks, store.Mark{Pair: p.Name, Key: "sys:poll:commonsku", DueAt: now.Add(d), Cause: "schedule"})
	}
	if d := p.Settings.PollGHL; d > 0 {
		marks = append(marks, store.Mark{Pair: p.Name, Key: "sys:poll:ghl", DueAt: now.Add(d), Cause: "schedule"})
	}
	return marks
}

// Paused names the pairs whose records are not worked on now, with those still in their first match.
func (e *Engine) Paused(ctx context.Context) ([]string, error) {
	var out []string
	err := e.store.View(ctx, func(tx *store.Tx) error {
		out = out[:0]
		for _, p := range e.order {
			st, _, err := tx.PairState(p.Name)
			if err != nil {
				return err
			}
			if len(st.Reasons) > 0 || !st.Live {
				out = append(out, p.Name)
			}
		}
		return nil
	})
	return out, err
}

// job is one claimed work row of a known pair, with what a handler needs at hand.
type job struct {
	store.Work
	pair *Pair
	log  *slog.Logger
}

// handle turns a step of the engine into a queue handler: finds the pair, marks calls with the lane, and classes the
// error once into what becomes of the row.
func (e *Engine) handle(step func(context.Context, *job) error) queue.Handler {
	return func(ctx context.Context, w store.Work) queue.Outcome {
		p := e.pairs[w.Pair]
		if p == nil {
			return queue.Defer(e.now().Add(time.Hour), "") // a pair that left the configuration keeps its rows
		}
		j := &job{Work: w, pair: p, log: e.log.With("pair", w.Pair, "job", w.Key)}
		ctx = connector.WithLane(ctx, connector.Lane(w.Lane))
		err := e.learnAccount(ctx, p)
		if err == nil {
			err = step(ctx, j)
		}
		return e.outcome(ctx, j, err)
	}
}
