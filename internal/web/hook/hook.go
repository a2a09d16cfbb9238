// Package hook is where both systems tell of changes: POST /webhooks/ghl and, where configured, /webhooks/commonsku and
// /webhooks/hint. It checks who speaks, has the delivery stored, and only then answers 200. It never acts on what an
// event says and never calls either system.
//
// Kept here: I7 nothing is acknowledged before it is durable. The vendor delivers again after a 429 only, so that is the
// answer, and never a 5xx, whenever a delivery cannot be stored (facts: "Webhooks").
package hook

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"tandem/internal/store"
	"tandem/internal/web/problem"
)

// Ingester stores a delivery durably. fresh is false for an id that was stored before, which changes nothing.
type Ingester interface {
	Accept(ctx context.Context, d store.Delivery) (fresh bool, err error)
}

// Pair is what telling one pair's webhooks apart takes. Pairs without a location get no webhooks of GHL.
type Pair struct {
	Name       string
	LocationID string
	Key        ed25519.PublicKey // of X-GHL-Signature
	LegacyKey  *rsa.PublicKey    // of X-WH-Signature; nil: not accepted
	// HintSecret and CommonskuSecret open the pair's other two addresses; "" leaves them closed.
	HintSecret      string
	CommonskuSecret string
}

// Options of a Handler.
type Options struct {
	Pairs  []Pair
	Ingest Ingester
	Logger *slog.Logger // nil: discards
	// Count is told of each request: how it was answered, in one word, and for accepted ones pair and event type.
	Count func(pair, eventType, outcome string)
	// PerSecond bounds what one pair may send, 5,000 unless set; above it the answer is 429.
	PerSecond int
	// ReadWithin cuts slow senders off, 5 s unless set. The vendor sends a few kilobytes.
	ReadWithin time.Duration
	// Now is the clock of ReceivedAt; nil: time.Now.
	Now func() time.Time
}

const (
	bodyBytesMax = 1 << 20
	// concurrentMax bounds requests whose body is in memory; others wait for waitMax.
	concurrentMax = 256
	waitMax       = time.Second
	// storeMax is how long storing may take before the sender is asked to come again.
	storeMax = 10 * time.Second
)

// Handler serves all webhook addresses. Make one with New; safe for concurrent use.
type Handler struct {
	ingest Ingester
	log    *slog.Logger
	count  func(pair, eventType, outcome string)
	now    func() time.Time
	mux    *http.ServeMux
	within time.Duration

	keys       []ed25519.PublicKey // each once
	legacyKeys []*rsa.PublicKey
	byLocation map[string]*pair
	byName     map[string]*pair
	slots      chan struct{}
}

type pair struct {
	Pair
	limit *rate.Limiter
	hints *rate.Limiter
}

// New builds the handler of all pairs.
func New(o Options) *Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Count == nil {
		o.Count = func(string, string, string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ReadWithin == 0 {
		o.ReadWithin = 5 * time.Second
	}
	if o.PerSecond == 0 {
		o.PerSecond = 5000
	}
	h := &Handler{
		ingest: o.Ingest, log: o.Logger, count: o.Count, now: o.Now, mux: http.NewServeMux(), within: o.ReadWithin,
		byLocation: map[string]*pair{}, byName: map[string]*pair{}, slots: make(chan struct{}, concurrentMax),
	}
	for _, p := range o.Pairs {
		h.add(&pair{p, rate.NewLimiter(rate.Limit(o.PerSecond), 2*o.PerSecond), rate.NewLimiter(20, 100)})
	}
	h.mux.HandleFunc("POST /webhooks/ghl", h.guarded(h.ghl))
	h.mux.HandleFunc("POST /webhooks/commonsku/{pair}", h.guarded(h.commonsku))
	h.mux.HandleFunc("POST /webhooks/hint/{pair}/{secret}", h.guarded(h.hint))
	return h
}

func (h *Handler) add(p *pair) {
	h.byName[p.Name] = p
	if p.LocationID != "" {
		h.byLocation[p.LocationID] = p
	}
	known := false
	for _, k := range h.keys {
		known = known || k.Equal(p.Key)
	}
	if !known && len(p.Key) == ed25519.PublicKeySize {
		h.keys = append(h.keys, p.Key)
	}
	if p.LegacyKey != nil {
		h.legacyKeys = append(h.legacyKeys, p.LegacyKey)
	}
}

// ServeHTTP implements http.Handler for paths below /webhooks/.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// refusal is why a request was not accepted.
type refusal struct {
	status  int
	outcome string // one word, for metrics
	title   string
	detail  string
}

// guarded bounds how many requests are in memory, reads the body with its limits, and answers.
func (h *Handler) guarded(accept func(r *http.Request, body []byte) *refusal) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if no := h.serve(w, r, accept); no != nil {
			h.count("", "", no.outcome)
			if no.status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "5")
			}
			problem.Write(w, problem.Document{Title: no.title, Status: no.status, Detail: no.detail})
		}
	}
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, accept func(*http.Request, []byte) *refusal) *refusal {
	if r.ContentLength > bodyBytesMax {
		// Reading on would only be to throw it away.
		w.Header().Set("Connection", "close")
		return tooLarge()
	}
	if !h.enter(r.Context()) {
		return later("busy", "too many deliveries at once")
	}
	defer func() { <-h.slots }()
	body, no := h.read(w, r)
	if no != nil {
		return no
	}
	if no := accept(r, body); no != nil {
		return no
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true}`) // it is stored, whether or not the sender hears so
	return nil
}

func (h *Handler) enter(ctx context.Context) bool {
	select {
	case h.slots <- struct{}{}:
		return true
	default:
	}
	t := time.NewTimer(waitMax)
	defer t.Stop()
	select {
	case h.slots <- struct{}{}:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	// Not every ResponseWriter has deadlines (in-memory ones of tests); the server's own then hold.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.within))
	limited := http.MaxBytesReader(w, r.Body, bodyBytesMax)
	var body []byte
	var err error
	if n := r.ContentLength; n >= 0 {
		body = make([]byte, n)
		_, err = io.ReadFull(limited, body)
	} else {
		body, err = io.ReadAll(limited)
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge()
	case err != nil:
		return nil, &refusal{http.StatusRequestTimeout, "cut", "The body did not arrive whole", ""}
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return body, nil
}

// store has a delivery stored. What fails is for the sender to try again, whatever it was.
func (h *Handler) store(ctx context.Context, p *pair, d store.Delivery) *refusal {
	if !p.limit.AllowN(h.now(), 1) {
		return later("over_rate", "more deliveries a second than this service takes for one location")
	}
	d.Pair, d.ReceivedAt = p.Name, h.now().UTC()
	// Once the delivery is whole it is kept, even if the sender hangs up now: it will not come again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeMax)
	defer cancel()
	fresh, err := h.ingest.Accept(ctx, d)
	if err != nil {
		h.log.Error("a webhook could not be stored", "pair", p.Name, "type", d.Type, "err", err)
		return later("not_stored", "it could not be stored now")
	}
	if fresh {
		h.count(p.Name, d.Type, "accepted")
	} else {
		h.count(p.Name, d.Type, "repeated")
	}
	return nil
}

func tooLarge() *refusal {
	return &refusal{http.StatusRequestEntityTooLarge, "too_large", "The body is too large", "at most 1 MiB"}
}

func later(outcome, detail string) *refusal {
	return &refusal{http.StatusTooManyRequests, outcome, "Please deliver again later", detail}
}
