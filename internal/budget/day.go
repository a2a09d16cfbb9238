package budget

import "time"

// day counts the calls of the running day: 24 hours from its first call. Source: facts-ghl.md "Quotas & errors".
type day struct {
	used int
	ends time.Time // zero: not begun
}

const dayLength = 24 * time.Hour

func (d *day) roll(now time.Time) {
	if !d.ends.IsZero() && !now.Before(d.ends) {
		*d = day{}
	}
}

func (d *day) take(now time.Time) {
	d.roll(now)
	if d.ends.IsZero() {
		d.ends = now.Add(dayLength)
	}
	d.used++
}

// dayLimit is how much of the day a lane may use; 0 is unlimited.
func (b *Budget) dayLimit(l Lane) int {
	if l == Backfill {
		return b.limits.Daily * b.percent / 100
	}
	return b.limits.Daily
}

// dayOut is the refusal of a lane whose share of the day is used up, else nil.
func (b *Budget) dayOut(l Lane, now time.Time) error {
	b.day.roll(now)
	if b.limits.Daily == 0 || b.day.used < b.dayLimit(l) {
		return nil
	}
	return &Exhausted{Day: true, Lane: l, After: b.day.ends.Sub(now)}
}
