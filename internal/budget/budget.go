// Package budget keeps the calls of one account inside its quota: a fixed window for bursts and one for the day, with
// lanes. It keeps I9: no window is exceeded, and no 429 is earned by our own doing.
//
// A live change wins over a sweep, a sweep over backfill; the last calls of each window are kept for live changes, and
// backfill stops at 70 % of the day. Windows are learned from the answers' headers where a system sends any.
package budget

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tandem/internal/connector"
)

const (
	// reserve is how many calls of a window only live changes may use.
	reserve = 3
	// backfillShare is the part of a day that backfill may use up, in percent.
	backfillShare = 70
	// slack is added to a window that was learned, since the other side's clock is not ours.
	slack = 50 * time.Millisecond
	day   = 24 * time.Hour
)

// Limits of an account. Burst calls an Interval, Daily a day; 0 is no limit.
type Limits struct {
	Burst    int
	Interval time.Duration
	Daily    int
}

// State is what is left. A nil count is not limited.
type State struct {
	BurstLeft, DailyLeft *int
	ResetsAt             time.Time // end of the day's window; zero: not begun
}

// Budget hands out calls. Safe for concurrent use.
type Budget struct {
	side   string
	now    func() time.Time
	mu     sync.Mutex // guards what is below
	limits Limits
	// The running windows: when they end, and how many calls of them are gone.
	burstEnds, dayEnds time.Time
	burstUsed, dayUsed int
	blockedUntil       time.Time // a 429 said to wait
	waiting            [3]int    // by lane: later lanes let earlier ones go first
	changed            chan struct{}
}

// New makes a budget for a side with the configured limits.
func New(side string, l Limits, now func() time.Time) *Budget {
	if now == nil {
		now = time.Now
	}
	return &Budget{side: side, limits: l, now: now, changed: make(chan struct{})}
}

// Take waits until a call of the lane may leave. It answers an error of class Quota where the day is used up for that
// lane, with After until it ends, and the context's error where that ends first.
func (b *Budget) Take(ctx context.Context, lane connector.Lane) error {
	queued := false
	defer func() {
		if queued {
			b.mu.Lock()
			b.waiting[lane]--
			b.signal()
			b.mu.Unlock()
		}
	}()
	for {
		b.mu.Lock()
		wait, err := b.try(lane, queued)
		if err != nil || wait == 0 {
			b.mu.Unlock()
			return err
		}
		if !queued {
			queued = true
			b.waiting[lane]++
		}
		changed := b.changed
		b.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// try takes a call, or says how long to wait. The mutex is held.
func (b *Budget) try(lane connector.Lane, queued bool) (wait time.Duration, err error) {
	now := b.now()
	b.roll(now)
	if b.limits.Daily > 0 {
		left := b.limits.Daily - b.dayUsed
		if lane == connector.Backfill {
			left = b.limits.Daily*backfillShare/100 - b.dayUsed
		}
		if left <= 0 {
			return 0, &connector.Error{Class: connector.Quota, Op: b.side + " quota", After: b.dayEnds.Sub(now),
				Mend: "The day's calls are used up; it goes on by itself at " + b.dayEnds.Format(time.Kitchen) + "."}
		}
	}
	if d := b.blockedUntil.Sub(now); d > 0 {
		return d, nil
	}
	if b.limits.Burst > 0 {
		left := b.limits.Burst - b.burstUsed
		if lane != connector.Live && b.limits.Burst > 2*reserve {
			left -= reserve
		}
		for l := connector.Live; l < lane; l++ {
			left -= b.waiting[l]
		}
		if left <= 0 {
			return max(b.burstEnds.Sub(now), time.Millisecond), nil
		}
	}
	b.burstUsed++
	b.dayUsed++
	return 0, nil
}

// roll begins new windows. A day begins with its first call and not at midnight.
func (b *Budget) roll(now time.Time) {
	if !now.Before(b.burstEnds) {
		b.burstEnds, b.burstUsed = now.Add(b.limits.Interval+slack), 0
	}
	if !now.Before(b.dayEnds) {
		b.dayEnds, b.dayUsed = now.Add(day), 0
	}
}

func (b *Budget) signal() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// Learn takes over what an answer's X-RateLimit headers say; others use the same quota. Headers that are missing or
// make no sense change nothing. Source: facts-ghl.md, "Quotas & errors".
func (b *Budget) Learn(h http.Header) {
	number := func(name string) (int, bool) {
		v := h.Get(name)
		if v == "" {
			return 0, false
		}
		n, err := strconv.Atoi(v)
		return n, err == nil && n >= 0
	}
	limit, hasMax := number("X-RateLimit-Max")
	left, hasLeft := number("X-RateLimit-Remaining")
	if !hasMax && !hasLeft {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.roll(now)
	if b.limits.Burst > 0 && hasMax && limit > 0 && limit < b.limits.Burst {
		b.limits.Burst = limit // never more than what was configured
	}
	if b.limits.Burst > 0 && hasMax && hasLeft && limit > 0 {
		// Answers of the window before may arrive in this one: only more use than we know of counts.
		if used := limit - left; left == 0 && used > b.burstUsed {
			b.burstUsed = min(used, b.limits.Burst)
		}
	}
	if daily, ok := number("X-RateLimit-Limit-Daily"); ok && daily > 0 && b.limits.Daily > 0 {
		b.limits.Daily = min(b.limits.Daily, daily)
		if rest, ok := number("X-RateLimit-Daily-Remaining"); ok && daily-rest > b.dayUsed {
			b.dayUsed = daily - rest
		}
		if ms, ok := number("X-RateLimit-Daily-Reset"); ok && ms > 0 && time.Duration(ms)*time.Millisecond <= day {
			b.dayEnds = now.Add(time.Duration(ms) * time.Millisecond)
		}
	}
}

// Penalty keeps all calls back for a while: the side answered 429.
func (b *Budget) Penalty(after time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := b.now().Add(after); until.After(b.blockedUntil) {
		b.blockedUntil = until
	}
}

// Interval is the length of the burst window, 0 if there is none.
func (b *Budget) Interval() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.limits.Interval
}

// State is what is left now.
func (b *Budget) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	var s State
	if b.limits.Burst > 0 {
		left := b.limits.Burst - b.burstUsed
		if !now.Before(b.burstEnds) {
			left = b.limits.Burst
		}
		s.BurstLeft = &left
	}
	if b.limits.Daily > 0 {
		left := b.limits.Daily - b.dayUsed
		if !now.Before(b.dayEnds) {
			left = b.limits.Daily
		} else {
			s.ResetsAt = b.dayEnds
		}
		s.DailyLeft = &left
	}
	return s
}

func (s State) String() string {
	show := func(n *int) string {
		if n == nil {
			return "unlimited"
		}
		return strconv.Itoa(*n)
	}
	return fmt.Sprintf("%s in this window, %s today", show(s.BurstLeft), show(s.DailyLeft))
}
