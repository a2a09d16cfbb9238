package telemetry

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSecretsNeverReachTheLog(t *testing.T) {
	for _, json := range []bool{true, false} {
		var out bytes.Buffer
		log := NewLogger(LogOptions{Out: &out, JSON: json})
		log = log.With("token", "hunter2", "url", "https://x.example/?access_token=hunter2&id=7")
		log.WithGroup("call").Info("sent Authorization: Bearer hunter2", "err", errors.New("dial postgres://u:hunter2@db/x: refused"),
			slog.Group("headers", "authorization", "hunter2", "accept", "json"), "note", "with pit-01234567-89ab-cdef")
		got := out.String()
		if strings.Contains(got, "hunter2") || strings.Contains(got, "01234567") {
			t.Errorf("printed: %s", got)
		}
		for _, kept := range []string{"id=7", "refused", "json", "postgres://u:"} {
			if !strings.Contains(got, kept) {
				t.Errorf("%q was lost: %s", kept, got)
			}
		}
	}
}

func TestMetricsAreServed(t *testing.T) {
	m := NewMetrics()
	left := 93
	m.Call("acme", "ghl", "contacts.update", "ok", 20*time.Millisecond)
	m.Webhook("acme", "ContactUpdate", "accepted")
	m.Synced("acme", "live", 60*time.Millisecond, 1)
	m.Conflict("acme", "newest")
	m.Watch(func(context.Context) ([]PairState, error) {
		return []PairState{{Pair: "acme", State: "live", LagSeconds: 1.5, Pending: 3, BurstLeft: map[string]*int{"ghl": &left}}}, nil
	})
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`tandem_api_calls_total{operation="contacts.update",outcome="ok",pair="acme",side="ghl"} 1`,
		`tandem_webhooks_total{outcome="accepted",pair="acme",type="ContactUpdate"} 1`,
		`tandem_sync_seconds_bucket{lane="live",pair="acme",le="0.075"} 1`,
		`tandem_lag_seconds{pair="acme"} 1.5`, `tandem_queue{pair="acme",state="pending"} 3`,
		`tandem_quota_left{pair="acme",side="ghl",window="burst"} 93`, `tandem_up 1`,
	} {
		if !strings.Contains(w.Body.String(), line+"\n") {
			t.Errorf("missing %s", line)
		}
	}
}

func TestMetricsSurviveAStoreThatDoesNotAnswer(t *testing.T) {
	m := NewMetrics()
	m.Watch(func(context.Context) ([]PairState, error) { return nil, errors.New("disk") })
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "tandem_up 0\n") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
