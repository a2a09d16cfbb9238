package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// batchMax bounds how many updates share one commit.
const batchMax = 256

// writer is the group commit of SQLite: one goroutine owns the write handle and runs waiting updates in one transaction.
// While it syncs one batch to disk the next gathers, so the batch grows with the load and costs nothing without.
type writer struct {
	conn     *sqliteConn
	requests chan *request
	done     chan struct{} // closed when the goroutine has ended
	batch    []*request    // under way; the goroutine's own

	mu     sync.RWMutex // guards closed against sends on requests
	closed bool
}

// request is one update that waits for its turn.
type request struct {
	store *Store
	ctx   context.Context //nolint:containedctx // lives as long as the call
	fn    func(*Tx) error
	taken atomic.Bool // by the writer, or by a caller that gave up

	answered chan struct{}
	eff      effects
	err      error
	panicked *Panic
}

// Panic is what Update raises again in its caller when its function panicked: the value with the stack where it happened.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string {
	return fmt.Sprintf("panic in a transaction: %v\n%s", p.Value, p.Stack)
}

func newWriter(conn *sqliteConn) *writer {
	w := &writer{conn: conn, requests: make(chan *request, batchMax), done: make(chan struct{})}
	go w.run()
	return w
}

// stop ends the goroutine after what was asked before.
func (w *writer) stop() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.requests)
	}
	w.mu.Unlock()
	<-w.done
}

// do asks for one update and waits until it is durable or refused.
func (w *writer) do(ctx context.Context, s *Store, fn func(*Tx) error) (effects, error) {
	r := &request{store: s, ctx: ctx, fn: fn, answered: make(chan struct{})}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return effects{}, fmt.Errorf("%w: the store is closed", ErrUnavailable)
	}
	select {
	case w.requests <- r:
		w.mu.RUnlock()
	case <-ctx.Done():
		w.mu.RUnlock()
		return effects{}, ctx.Err()
	}
	select {
	case <-r.answered:
	case <-ctx.Done():
		// Once the writer has it, fn may be running on the caller's variables: its end is awaited.
		if r.taken.CompareAndSwap(false, true) {
			return effects{}, ctx.Err()
		}
		<-r.answered
	}
	if r.panicked != nil {
		panic(r.panicked)
	}
	return r.eff, r.err
}

func (w *writer) run() {
	orderly := false
	defer func() {
		if orderly {
			close(w.done)
			return
		}
		// runtime.Goexit out of a function (a test's FailNow): its callers must not hang, nor those to come.
		_ = w.conn.plain("rollback")
		w.answer(errGoexit)
		go w.run()
	}()
	for r := range w.requests {
		w.commit(r)
		w.answer(nil)
	}
	orderly = true
}

var errGoexit = errors.New("store: runtime.Goexit in a transaction of this batch")

// answer tells all of the batch, those that know nothing worse with err.
func (w *writer) answer(err error) {
	for i, r := range w.batch {
		if r.err == nil {
			r.err = err
		}
		close(r.answered)
		w.batch[i] = nil
	}
	w.batch = w.batch[:0]
}

// commit runs first and whatever else waits in one transaction, and leaves the answer in each.
func (w *writer) commit(first *request) {
	open := false
	var broken error // the transaction as a whole is lost
	for r := first; r != nil; r = w.next() {
		if !r.taken.CompareAndSwap(false, true) {
			continue // its caller gave up
		}
		w.batch = append(w.batch, r)
		if broken != nil {
			r.err = broken
			continue
		}
		if !open {
			if broken = w.conn.plain("begin immediate"); broken != nil {
				r.err = broken
				continue
			}
			open = true
		}
		broken = w.one(r)
	}
	if open && broken == nil {
		broken = w.conn.plain("commit")
	}
	if broken != nil {
		if open {
			// The error that broke it matters; a rollback of what SQLite rolled back by itself fails, harmlessly.
			_ = w.conn.plain("rollback")
		}
		for _, r := range w.batch {
			if r.err == nil {
				r.err = broken
			}
		}
	}
}

// next is a request that waits already; nil: none does, or the batch is full.
func (w *writer) next() *request {
	if len(w.batch) >= batchMax {
		return nil
	}
	select {
	case r := <-w.requests: // nil once closed and empty
		return r
	default:
		return nil
	}
}

// one runs a request in its savepoint. What it returns breaks the whole batch.
func (w *writer) one(r *request) error {
	if err := r.ctx.Err(); err != nil {
		r.err = err
		return nil
	}
	if err := w.conn.plain("savepoint one"); err != nil {
		return err
	}
	tx := &Tx{ctx: context.Background(), store: r.store, q: w.conn}
	r.err = r.call(tx)
	if r.err != nil || r.panicked != nil {
		if err := w.conn.plain("rollback to one"); err != nil {
			// A full disk or the like ended the transaction of all.
			return errors.Join(r.err, err)
		}
	} else {
		r.eff = tx.eff
	}
	return w.conn.plain("release one")
}

func (r *request) call(tx *Tx) (err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if v := recover(); v != nil { // nil: runtime.Goexit, which nothing stops
			r.panicked = &Panic{Value: v, Stack: debug.Stack()}
		}
	}()
	err = r.fn(tx)
	returned = true
	return err
}
