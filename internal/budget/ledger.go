package budget

import (
	"context"
	"sync"
	"time"
)

// Ledger shares quotas between processes: one row a window. Take adds n to what is used of the window and says whether
// the sum stays within limit; a window that has ended begins anew and then ends at resetsAt. Calls leased by a process
// that died count as made.
type Ledger interface {
	Take(ctx context.Context, window string, n, limit int, resetsAt time.Time) (ok bool, err error)
}

// leaseCalls is how many calls a process leases at once: one write to the ledger for so many calls.
const leaseCalls = 8

// lease is what this process has leased and not used yet.
type lease struct {
	ledger Ledger
	mu     sync.Mutex // guards the fields below, and lets one caller at a time ask the ledger
	burst  int
	ends   time.Time // of the burst window: unused calls lapse
	day    int
	dayEnd time.Time
}

// takeShared takes one call out of what all processes share. Windows of the ledger lie on multiples of the interval, and
// two neighbours may fall into one window of the far side, so each has half the burst. (A day of 200,000 calls is 2.3 a
// second and binds before that does.)
func (b *Budget) takeShared(ctx context.Context, l Lane) error {
	for {
		now := time.Now()
		b.mu.Lock()
		limits, dayEnds, dayLimit, kept := b.limits, b.day.ends, b.dayLimit(l), b.kept(l)
		b.mu.Unlock()
		wait, err := b.shared.take(ctx, now, limits, max(1, limits.Burst/2-kept), dayLimit, dayEnds)
		if err != nil {
			if out, ok := err.(*Exhausted); ok {
				out.Lane = l
			}
			return err
		}
		if wait <= 0 {
			return nil
		}
		if end, ok := ctx.Deadline(); ok && now.Add(wait).After(end) {
			return &Exhausted{Lane: l, After: wait}
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
	}
}

// take uses one leased call, leasing more where none is left. A positive wait says how long the shared burst is used up.
func (s *lease) take(ctx context.Context, now time.Time, limits Limits, burstLimit, dayLimit int, dayEnds time.Time) (wait time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if limits.Burst > 0 && (s.burst == 0 || !now.Before(s.ends)) {
		length := limits.Interval
		if limits.Burst == 1 {
			length *= 2 // one call cannot be halved: every other interval has none
		}
		begun := now.Truncate(length)
		ends, resets := begun.Add(limits.Interval), begun.Add(length)
		if !now.Before(ends) {
			return resets.Sub(now), nil
		}
		n, err := s.more(ctx, "burst", burstLimit, resets)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return resets.Sub(now), nil
		}
		s.burst, s.ends = n, ends
	}
	if limits.Daily > 0 && (s.day == 0 || !now.Before(s.dayEnd)) {
		n, err := s.more(ctx, "day", dayLimit, dayEnds)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, &Exhausted{Day: true, After: dayEnds.Sub(now)}
		}
		s.day, s.dayEnd = n, dayEnds
	}
	if limits.Burst > 0 {
		s.burst--
	}
	if limits.Daily > 0 {
		s.day--
	}
	return 0, nil
}

// more leases some calls, or a single one where fewer are left; 0: none.
func (s *lease) more(ctx context.Context, window string, limit int, ends time.Time) (int, error) {
	for _, n := range []int{leaseCalls, 1} {
		if n > limit {
			continue
		}
		ok, err := s.ledger.Take(ctx, window, n, limit, ends)
		if err != nil {
			return 0, err
		}
		if ok {
			return n, nil
		}
	}
	return 0, nil
}
