package telemetry

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is everything that is counted, in a registry of its own. Safe for concurrent use; all methods are cheap.
type Metrics struct {
	registry *prometheus.Registry

	calls       *prometheus.CounterVec
	callSeconds *prometheus.HistogramVec
	webhooks    *prometheus.CounterVec
	synced      *prometheus.HistogramVec
	writes      *prometheus.CounterVec
	conflicts   *prometheus.CounterVec
}

// NewMetrics makes a registry with all of Tandem's metrics, and Go's own.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_api_calls_total", Help: "Calls made to either system, by operation and how they ended.",
		}, []string{"pair", "side", "operation", "outcome"}),
		callSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tandem_api_call_seconds", Help: "How long a call took, without waiting for quota.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"side"}),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_webhooks_total", Help: "Webhooks received, by event type and how they were answered.",
		}, []string{"pair", "type", "outcome"}),
		synced: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tandem_sync_seconds", Help: "From a change accepted (webhook) or seen (poll) to the far side written.",
			Buckets: []float64{.01, .025, .05, .075, .1, .15, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
		}, []string{"pair", "lane"}),
		writes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_writes_total", Help: "Writes of sync jobs to the far sides.",
		}, []string{"pair", "lane"}),
		conflicts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_conflicts_total", Help: "Fields that both sides changed, by how they were decided.",
		}, []string{"pair", "policy"}),
	}
	m.registry.MustRegister(m.calls, m.callSeconds, m.webhooks, m.synced, m.writes, m.conflicts,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Call counts one call to a system. The operation is a name such as "contacts.update", never a path with an id;
// the outcome is "ok" or the class of the error.
func (m *Metrics) Call(pair, side, operation, outcome string, took time.Duration) {
	m.calls.WithLabelValues(pair, side, operation, outcome).Inc()
	m.callSeconds.WithLabelValues(side).Observe(took.Seconds())
}

// Webhook counts one request to a webhook address. The outcome is accepted, repeated, or why it was refused; a refused
// one has neither pair nor type, as whoever sent it could fill the registry with names.
func (m *Metrics) Webhook(pair, eventType, outcome string) {
	m.webhooks.WithLabelValues(pair, eventType, outcome).Inc()
}

// Synced counts one job that wrote: since the change was accepted or seen.
func (m *Metrics) Synced(pair, lane string, took time.Duration, writes int) {
	m.synced.WithLabelValues(pair, lane).Observe(took.Seconds())
	m.writes.WithLabelValues(pair, lane).Add(float64(writes))
}

// Conflict counts one field that both sides changed.
func (m *Metrics) Conflict(pair, policy string) { m.conflicts.WithLabelValues(pair, policy).Inc() }
