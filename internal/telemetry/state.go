package telemetry

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// PairState is how one pair stands now. A nil count is not known, and not shown.
type PairState struct {
	Pair       string
	State      string // live, paused, …
	LagSeconds float64
	Pending    int
	Running    int
	Dead       int
	Conflicts  int // open
	Held       int
	// Quota left, by side: burst in the running window, daily until the day ends.
	BurstLeft, DailyLeft map[string]*int
}

// Watch shows what read tells whenever metrics are collected: nothing is counted twice, and nothing goes stale. If read
// fails, tandem_up says 0 and the rest is absent.
func (m *Metrics) Watch(read func(context.Context) ([]PairState, error)) {
	m.registry.MustRegister(&stateCollector{
		read:      read,
		up:        prometheus.NewDesc("tandem_up", "Whether the state of the pairs could be read.", nil, nil),
		state:     prometheus.NewDesc("tandem_pair_state", "1 for the state that the pair is in.", []string{"pair", "state"}, nil),
		lag:       prometheus.NewDesc("tandem_lag_seconds", "Age of the oldest change that is not on the far side yet; 0 when idle.", []string{"pair"}, nil),
		queue:     prometheus.NewDesc("tandem_queue", "Rows of the mailbox.", []string{"pair", "state"}, nil),
		conflicts: prometheus.NewDesc("tandem_conflicts_open", "Conflicts that wait for a person.", []string{"pair"}, nil),
		held:      prometheus.NewDesc("tandem_deletes_held", "Deletes that the guard holds.", []string{"pair"}, nil),
		quota:     prometheus.NewDesc("tandem_quota_left", "Calls left, in the running window (burst) or day (daily).", []string{"pair", "side", "window"}, nil),
	})
}

type stateCollector struct {
	read                                          func(context.Context) ([]PairState, error)
	up, state, lag, queue, conflicts, held, quota *prometheus.Desc
}

func (c *stateCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.up, c.state, c.lag, c.queue, c.conflicts, c.held, c.quota} {
		ch <- d
	}
}

func (c *stateCollector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	pairs, err := c.read(ctx)
	if err != nil {
		gauge(c.up, 0)
		return
	}
	gauge(c.up, 1)
	for _, p := range pairs {
		gauge(c.state, 1, p.Pair, p.State)
		gauge(c.lag, p.LagSeconds, p.Pair)
		gauge(c.queue, float64(p.Pending), p.Pair, "pending")
		gauge(c.queue, float64(p.Running), p.Pair, "running")
		gauge(c.queue, float64(p.Dead), p.Pair, "dead")
		gauge(c.conflicts, float64(p.Conflicts), p.Pair)
		gauge(c.held, float64(p.Held), p.Pair)
		for side, n := range p.BurstLeft {
			if n != nil {
				gauge(c.quota, float64(*n), p.Pair, side, "burst")
			}
		}
		for side, n := range p.DailyLeft {
			if n != nil {
				gauge(c.quota, float64(*n), p.Pair, side, "daily")
			}
		}
	}
}
