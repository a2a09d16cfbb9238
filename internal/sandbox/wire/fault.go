package wire

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"sync"
)

// Kinds of fault. "after" means that the write was committed and only its answer is lost.
const (
	Latency      = "latency"      // wait LatencyMS first
	Throttle     = "429"          // with RetryAfter seconds as a header, if set
	ServerError  = "5xx"          // Status, or 502; nothing was done
	ResetBefore  = "reset_before" // the connection is reset, nothing was done
	ResetAfter   = "reset_after"  // the write is done, the connection is reset
	Truncate     = "truncate"     // the write is done, half of the answer arrives
	TimeoutAfter = "504_after"    // the write is done, the gateway says 504
	Created422   = "422_created"  // a create is done, the answer says 422 (issue 64 of the vendor's tracker)
)

// Rule is one fault. It hits a call with probability Rate.
type Rule struct {
	Kind       string  `json:"kind"`
	Side       string  `json:"side,omitempty"`      // ghl or commonsku; both if empty
	Operation  string  `json:"operation,omitempty"` // regexp over "PUT /contacts/{id}"; every operation if empty
	Rate       float64 `json:"rate"`                // 0 to 1
	Count      int     `json:"count,omitempty"`     // ends after so many hits; 0: never
	LatencyMS  int     `json:"latency_ms,omitempty"`
	RetryAfter int     `json:"retry_after,omitempty"` // seconds
	Status     int     `json:"status,omitempty"`
}

// WebhookFaults are the shares of events that fare badly.
type WebhookFaults struct {
	Lost      float64 `json:"lost,omitempty"`
	Doubled   float64 `json:"doubled,omitempty"`
	Reordered float64 `json:"reordered,omitempty"` // held back for DelayMS, so that later ones overtake it
	Late      float64 `json:"late,omitempty"`      // held back for ten times DelayMS
	DelayMS   int     `json:"delay_ms,omitempty"`  // 300 if 0
}

// Faults is a fault file: `tandem sandbox --faults FILE`. The same seed and the same order of calls hit the same calls.
type Faults struct {
	Seed     int64         `json:"seed,omitempty"`
	Rules    []Rule        `json:"rules,omitempty"`
	Webhooks WebhookFaults `json:"webhooks,omitzero"`
}

// Plan decides faults. It is safe for concurrent use.
type Plan struct {
	mu    sync.Mutex
	rng   *rand.Rand
	rules []*rule
	hooks WebhookFaults
}

type rule struct {
	Rule
	match *regexp.Regexp
	hits  int
}

func isKind(kind string) bool {
	switch kind {
	case Latency, Throttle, ServerError, ResetBefore, ResetAfter, Truncate, TimeoutAfter, Created422:
		return true
	}
	return false
}

// NewPlan compiles faults for one side. It refuses kinds it does not know.
func NewPlan(f Faults, side string) (*Plan, error) {
	p := &Plan{}
	return p, p.Set(f, side)
}

// Set replaces all faults and starts the seed anew.
func (p *Plan) Set(f Faults, side string) error {
	var rules []*rule
	for _, r := range f.Rules {
		if !isKind(r.Kind) {
			return fmt.Errorf("sandbox: no fault is called %q", r.Kind)
		}
		if r.Side != "" && r.Side != "ghl" && r.Side != "commonsku" {
			return fmt.Errorf("sandbox: a fault's side is ghl or commonsku, not %q", r.Side)
		}
		if r.Side != "" && r.Side != side {
			continue
		}
		match, err := regexp.Compile(r.Operation)
		if err != nil {
			return fmt.Errorf("sandbox: operation of a fault: %w", err)
		}
		rules = append(rules, &rule{Rule: r, match: match})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules, p.hooks = rules, f.Webhooks
	if p.hooks.DelayMS == 0 {
		p.hooks.DelayMS = 300
	}
	p.rng = rand.New(rand.NewPCG(uint64(f.Seed), uint64(len(side))))
	return nil
}

// hit lists the faults of one call.
func (p *Plan) hit(operation string) []Rule {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Rule
	for _, r := range p.rules {
		if r.Count > 0 && r.hits >= r.Count || !r.match.MatchString(operation) || p.rng.Float64() >= r.Rate {
			continue
		}
		r.hits++
		out = append(out, r.Rule)
	}
	return out
}

// Fate is what becomes of one event: the delays in milliseconds of each delivery; empty if it is lost.
func (p *Plan) Fate() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.hooks
	if h.Lost > 0 && p.rng.Float64() < h.Lost {
		return nil
	}
	delay := 0
	if h.Reordered > 0 && p.rng.Float64() < h.Reordered {
		delay = h.DelayMS
	}
	if h.Late > 0 && p.rng.Float64() < h.Late {
		delay = 10 * h.DelayMS
	}
	out := []int{delay}
	if h.Doubled > 0 && p.rng.Float64() < h.Doubled {
		out = append(out, delay)
	}
	return out
}
