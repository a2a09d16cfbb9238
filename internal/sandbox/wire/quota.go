package wire

import (
	"sync"
	"time"
)

// Quota is what an account may be asked. Zero values mean no limit.
type Quota struct {
	Burst    int           `json:"burst"`
	Interval time.Duration `json:"interval"`
	Daily    int           `json:"daily"`
}

// Left is the state of a meter after a call.
type Left struct {
	Quota
	Remaining, DailyRemaining int
	Reset, DailyReset         time.Duration // until the windows end
	Refused                   string        // "", "burst" or "daily"
}

// Meter counts calls. The burst is a fixed window and the day begins with its first call; both as seen of GHL.
type Meter struct {
	mu         sync.Mutex
	quota      Quota
	began, day time.Time
	used, days int
}

// SetQuota replaces the limits and keeps the counts.
func (m *Meter) SetQuota(q Quota) { m.mu.Lock(); m.quota = q; m.mu.Unlock() }

// Take counts one call.
func (m *Meter) Take(now time.Time) Left {
	m.mu.Lock()
	defer m.mu.Unlock()
	q := m.quota
	if m.day.IsZero() || now.Sub(m.day) >= 24*time.Hour {
		m.day, m.days = now, 0
	}
	if q.Interval > 0 && (m.began.IsZero() || now.Sub(m.began) >= q.Interval) {
		m.began, m.used = now, 0
	}
	l := Left{Quota: q, Reset: q.Interval - now.Sub(m.began), DailyReset: 24*time.Hour - now.Sub(m.day)}
	switch {
	case q.Daily > 0 && m.days >= q.Daily:
		l.Refused = "daily"
	case q.Burst > 0 && m.used >= q.Burst:
		l.Refused = "burst"
	default:
		m.used++
		m.days++
	}
	l.Remaining, l.DailyRemaining = max(0, q.Burst-m.used), max(0, q.Daily-m.days)
	return l
}
