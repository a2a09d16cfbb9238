// Package budget keeps the calls to one account inside its quotas: a burst (so many calls an interval) and a day. It
// never calls anything; whoever makes a call takes one out first and gives it back as answered afterwards.
//
// It keeps I9: no quota window is exceeded. Where a far side's window begins is not known, so a call occupies its place
// from the moment it may leave until one whole interval after its answer came: then no interval, wherever it begins, can
// hold more calls than the burst, however long they were under way. Live changes go first and have a few calls in
// reserve; a backfill stops at 70 % of the day. Waiting costs nothing: one timer, no polling, first come first served
// within a lane.
package budget

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Lane is the urgency of a call; a smaller one goes first. The values are those of connector.Lane.
type Lane int

// The lanes.
const (
	Live Lane = iota
	Sweep
	Backfill
	lanes
)

// Limits of an account. Zero values are unlimited.
type Limits struct {
	Burst    int           // calls in any Interval
	Interval time.Duration // length of the burst window; a second unless set
	Daily    int           // calls in 24 hours, counted from the first
}

// GHL are the limits of an app and location until headers say otherwise. Source: facts-ghl.md "Quotas & errors".
func GHL() Limits { return Limits{Burst: 100, Interval: 10 * time.Second, Daily: 200_000} }

// Options of a Budget.
type Options struct {
	Limits Limits
	// Reserve is how many calls of a window only live changes may take; 3 unless set, and never over a quarter of the burst.
	Reserve int
	// BackfillPercent of the day is where a backfill stops; 70 unless set.
	BackfillPercent int
	// Ledger shares the quota with other processes; nil: this process has it alone.
	Ledger Ledger
}

// Exhausted is returned where a call may not be made in time.
type Exhausted struct {
	Day   bool          // the day is used up; else only the burst, and the caller's deadline is too near
	Lane  Lane          // whose share it was
	After time.Duration // when to try again
}

func (e *Exhausted) Error() string {
	if e.Day {
		return fmt.Sprintf("the day's quota for this lane is used up; again in %s", e.After.Round(time.Second))
	}
	return fmt.Sprintf("the burst quota is used up; again in %s", e.After.Round(time.Millisecond))
}

// Budget is the quota of one account. Safe for concurrent use.
type Budget struct {
	reserve, percent int
	shared           *lease // nil without a ledger

	mu       sync.Mutex // guards all below
	limits   Limits
	slots    slots
	inFlight int
	day      day
	blocked  time.Time // until then nothing leaves: the far side said so
	met      bool      // one answer came; before it, a single call goes ahead to learn what a predecessor left
	waiting  [lanes][]*waiter
	timer    *time.Timer
	timerAt  time.Time
}

type waiter struct {
	ready chan struct{} // closed when granted or refused
	err   error
}

// New makes a Budget with nothing used.
func New(o Options) *Budget {
	if o.Reserve == 0 {
		o.Reserve = 3
	}
	if o.BackfillPercent == 0 {
		o.BackfillPercent = 70
	}
	if o.Limits.Burst > 0 && o.Limits.Interval <= 0 {
		o.Limits.Interval = time.Second
	}
	b := &Budget{limits: o.Limits, reserve: o.Reserve, percent: o.BackfillPercent}
	if o.Ledger != nil {
		b.shared = &lease{ledger: o.Ledger}
	}
	return b
}

// Take waits until a call of this lane may leave. After a nil error Done must be called exactly once, when the answer is
// read or given up. It returns *Exhausted where the day is used up or the burst is beyond the deadline of ctx, and the
// error of ctx where it was cancelled.
func (b *Budget) Take(ctx context.Context, l Lane) error {
	if l < Live || l > Backfill {
		l = Backfill
	}
	if err := b.takeOwn(ctx, l); err != nil {
		return err
	}
	if b.shared == nil {
		return nil
	}
	if err := b.takeShared(ctx, l); err != nil {
		b.mu.Lock()
		b.handBack()
		b.mu.Unlock()
		return err
	}
	return nil
}

func (b *Budget) takeOwn(ctx context.Context, l Lane) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := time.Now()
	b.mu.Lock()
	if err := b.dayOut(l, now); err != nil {
		b.mu.Unlock()
		return err
	}
	if !b.ahead(l) && b.free(now) > b.kept(l) {
		b.grant(now)
		b.mu.Unlock()
		return nil
	}
	if at, known := b.next(now); known {
		if end, ok := ctx.Deadline(); ok && at.After(end) {
			b.mu.Unlock()
			return &Exhausted{Lane: l, After: at.Sub(now)}
		}
	}
	w := &waiter{ready: make(chan struct{})}
	b.waiting[l] = append(b.waiting[l], w)
	b.pump(now)
	b.mu.Unlock()

	select {
	case <-w.ready:
		return w.err
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-w.ready: // granted in the same moment: hand it back
		if w.err == nil {
			b.handBack()
		}
	default:
		b.forget(l, w)
	}
	if ctx.Err() == context.DeadlineExceeded {
		now = time.Now()
		after := b.limits.Interval
		if at, known := b.next(now); known {
			after = at.Sub(now)
		}
		return &Exhausted{Lane: l, After: after}
	}
	return ctx.Err()
}

// ahead says that somebody of the same or a more urgent lane waits already.
func (b *Budget) ahead(l Lane) bool {
	for i := Live; i <= l; i++ {
		if len(b.waiting[i]) > 0 {
			return true
		}
	}
	return false
}

// kept is how many calls of the window this lane leaves to live changes.
func (b *Budget) kept(l Lane) int {
	if l == Live || b.limits.Burst == 0 {
		return 0
	}
	return min(b.reserve, b.limits.Burst/4)
}

// free is how many calls may leave now.
func (b *Budget) free(now time.Time) int {
	if now.Before(b.blocked) {
		return 0
	}
	if b.limits.Burst == 0 {
		return unlimited
	}
	b.slots.expire(now)
	left := b.limits.Burst - b.slots.held - b.inFlight
	if !b.met && b.inFlight > 0 {
		return 0
	}
	return left
}

const unlimited = int(^uint(0) >> 1)

func (b *Budget) grant(now time.Time) {
	b.inFlight++
	b.day.take(now)
}

// handBack undoes a grant whose call never left.
func (b *Budget) handBack() {
	b.inFlight--
	b.day.used = max(0, b.day.used-1)
	b.pump(time.Now())
}

// next is when a place may come free by itself; not known while every place is under way.
func (b *Budget) next(now time.Time) (time.Time, bool) {
	if now.Before(b.blocked) {
		return b.blocked, true
	}
	return b.slots.first()
}

// pump serves waiters in order, most urgent lane first, and sets the timer for the next place that comes free.
func (b *Budget) pump(now time.Time) {
	for {
		l, w := b.head()
		if w == nil {
			b.arm(time.Time{})
			return
		}
		if err := b.dayOut(l, now); err != nil {
			w.err = err
		} else if b.free(now) <= b.kept(l) {
			if at, ok := b.next(now); ok {
				b.arm(at)
			}
			return
		} else {
			b.grant(now)
		}
		b.waiting[l] = b.waiting[l][1:]
		close(w.ready)
	}
}

func (b *Budget) head() (Lane, *waiter) {
	for l := range b.waiting {
		if q := b.waiting[l]; len(q) > 0 {
			return Lane(l), q[0]
		}
	}
	return 0, nil
}

func (b *Budget) forget(l Lane, w *waiter) {
	for i, x := range b.waiting[l] {
		if x == w {
			b.waiting[l] = append(b.waiting[l][:i:i], b.waiting[l][i+1:]...)
			return
		}
	}
}

// arm sets the one timer to at; the zero time stops it.
func (b *Budget) arm(at time.Time) {
	if at.Equal(b.timerAt) {
		return
	}
	b.timerAt = at
	if b.timer != nil {
		b.timer.Stop()
	}
	if at.IsZero() {
		return
	}
	b.timer = time.AfterFunc(time.Until(at), func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.timerAt = time.Time{}
		b.pump(time.Now())
	})
}
