package budget

import (
	"net/http"
	"strconv"
	"time"
)

// Done gives back what Take took, once the call is answered or given up, and learns from the headers of the answer (nil
// if there was none).
func (b *Budget) Done(h http.Header) {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.met = true
	if b.limits.Burst > 0 {
		b.slots.hold(now, 1, b.limits.Interval)
	}
	if h != nil {
		b.learn(h, now)
	}
	b.pump(now)
}

// learn adopts what GHL's X-RateLimit headers say. Headers of parallel answers overtake each other, so a figure only ever
// takes calls away within a window. Source: facts-ghl.md "Quotas & errors"; Daily-Reset is in milliseconds.
func (b *Budget) learn(h http.Header, now time.Time) {
	if limit, ok := number(h, "X-Ratelimit-Max"); ok && limit > 0 {
		b.limits.Burst = limit
		if ms, ok := number(h, "X-Ratelimit-Interval-Milliseconds"); ok && ms > 0 {
			b.limits.Interval = time.Duration(ms) * time.Millisecond
		} else if b.limits.Interval == 0 {
			b.limits.Interval = GHL().Interval
		}
	}
	if left, ok := number(h, "X-Ratelimit-Remaining"); ok && b.limits.Burst > 0 {
		// Somebody else uses the same quota (another process, a predecessor): those calls hold places too.
		b.slots.expire(now)
		b.slots.hold(now, b.limits.Burst-left-b.slots.held-b.inFlight, b.limits.Interval)
	}
	if limit, ok := number(h, "X-Ratelimit-Limit-Daily"); ok && limit > 0 {
		b.limits.Daily = limit
	}
	b.day.roll(now)
	if ms, ok := number(h, "X-Ratelimit-Daily-Reset"); ok && ms > 0 {
		ends := now.Add(time.Duration(ms) * time.Millisecond)
		if ends.After(b.day.ends.Add(time.Hour)) {
			b.day.used = b.inFlight // their day began anew before ours did
		}
		b.day.ends = ends
	}
	if left, ok := number(h, "X-Ratelimit-Daily-Remaining"); ok && b.limits.Daily > 0 {
		b.day.used = max(b.day.used, b.limits.Daily-left)
		if b.day.ends.IsZero() {
			b.day.ends = now.Add(dayLength)
		}
	}
}

func number(h http.Header, name string) (int, bool) {
	v := h[name] // canonical already, so no work to find it
	if len(v) == 0 {
		return 0, false
	}
	n, err := strconv.Atoi(v[0])
	return n, err == nil && n >= 0
}

// Penalty stops every call for a while: the far side answered 429. Zero is one interval.
func (b *Budget) Penalty(after time.Duration) {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if after <= 0 {
		after = max(b.limits.Interval, time.Second)
	}
	if until := now.Add(after); until.After(b.blocked) {
		b.blocked = until
	}
	b.pump(now)
}

// DayOut says that the far side refused for the rest of its day, which ends after so long (zero: as far as known, else an
// hour). Everybody who waits is told.
func (b *Budget) DayOut(after time.Duration) {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case after > 0:
		b.day.ends = now.Add(after)
	case b.day.ends.Before(now):
		b.day.ends = now.Add(time.Hour)
	}
	if b.limits.Daily == 0 {
		b.blocked = b.day.ends // no figure to count against
	} else {
		b.day.used = max(b.day.used, b.limits.Daily)
	}
	b.pump(now)
}

// State is what is left, for status pages.
type State struct {
	BurstLeft *int      // calls that may leave now; nil: unlimited
	DailyLeft *int      // calls left today; nil: unlimited
	ResetsAt  time.Time // end of the day's window; zero if it has not begun
}

// State reads what is left now.
func (b *Budget) State() State {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	var s State
	if b.limits.Burst > 0 {
		b.slots.expire(now)
		n := max(0, b.limits.Burst-b.slots.held-b.inFlight)
		if now.Before(b.blocked) {
			n = 0
		}
		s.BurstLeft = &n
	}
	b.day.roll(now)
	s.ResetsAt = b.day.ends
	if b.limits.Daily > 0 {
		n := max(0, b.limits.Daily-b.day.used)
		s.DailyLeft = &n
	}
	return s
}
