package ghl

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"time"
)

// Lanes of delivery: events of one contact keep their order unless a fault or a retry breaks it.
const lanes = 8

type delivery struct {
	body  []byte
	tries int
}

// fire hands an event to its lane. It is called under the lock, so events leave in the order of the writes.
func (s *Server) fire(kind string, of map[string]any) {
	s.events++
	if s.hookURL == "" || s.opt.NoWebhooks {
		return
	}
	of["type"], of["locationId"] = kind, s.opt.LocationID
	of["timestamp"], of["webhookId"] = iso(time.Now()), s.ids.UUID()
	of["appId"], of["versionId"] = appID, appID
	body, err := json.Marshal(of)
	if err != nil {
		panic(err) // maps of texts always marshal
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(of["id"].(string)))
	lane := s.lanes[h.Sum32()%lanes]
	for _, delay := range s.gate.Faults.Fate() {
		if delay == 0 {
			if !lane.push(delivery{body: body}) {
				s.hooks.Lost++
			}
			continue
		}
		time.AfterFunc(time.Duration(delay)*time.Millisecond, func() { s.push(lane, delivery{body: body}) })
	}
}

const appID = "660f2a1b9c3d4e5f60718293"

// deliver sends one event. Only a 429 is retried (issue 257); a timeout or another status loses it.
func (s *Server) deliver(l *lane, d delivery) {
	s.mu.Lock()
	url := s.hookURL
	s.mu.Unlock()
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, url, bytes.NewReader(d.body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-GHL-Signature", base64.StdEncoding.EncodeToString(ed25519.Sign(s.key, d.body)))
	res, err := s.opt.Client.Do(req)
	if err != nil {
		s.count(func(h *Hooks) { h.Lost++ })
		return
	}
	_ = res.Body.Close()
	switch {
	case res.StatusCode/100 == 2:
		s.count(func(h *Hooks) { h.Delivered++ })
	case res.StatusCode == http.StatusTooManyRequests && d.tries < s.opt.WebhookRetries:
		d.tries++
		s.count(func(h *Hooks) { h.Retried++ })
		// Up to a tenth on top, so that retries of one outage do not arrive as one burst.
		wait := s.opt.WebhookRetryAfter + s.opt.WebhookRetryAfter*time.Duration(d.tries)/60
		time.AfterFunc(wait, func() { s.push(l, d) })
	default:
		s.count(func(h *Hooks) { h.Lost++ })
	}
}

// Hooks counts deliveries.
type Hooks struct {
	Delivered int `json:"delivered"`
	Retried   int `json:"retried"`
	Lost      int `json:"lost"` // refused, unreachable, or out of retries
}

func (s *Server) count(with func(*Hooks)) { s.mu.Lock(); with(&s.hooks); s.mu.Unlock() }

// push is for those who do not hold the lock.
func (s *Server) push(l *lane, d delivery) {
	if !l.push(d) {
		s.count(func(h *Hooks) { h.Lost++ })
	}
}

// lane is a queue that one goroutine empties.
type lane struct {
	in   chan delivery
	done <-chan struct{}
}

// push never waits, since a write holds the lock meanwhile: an event that finds the lane full is lost.
func (l *lane) push(d delivery) bool {
	select {
	case l.in <- d:
		return true
	default:
		return false
	}
}

func (s *Server) startLanes() {
	for i := range s.lanes {
		// Deep enough for a minute of a busy location behind a receiver that hangs.
		l := &lane{in: make(chan delivery, 1<<14), done: s.ctx.Done()}
		s.lanes[i] = l
		s.wait.Go(func() {
			for {
				select {
				case d := <-l.in:
					s.deliver(l, d)
				case <-l.done:
					return
				}
			}
		})
	}
}
