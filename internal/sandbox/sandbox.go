// Package sandbox starts both simulated systems: their accounts, a few hundred dirty people, faults, and an admin surface
// for another process. It imports nothing of Tandem beyond its own rooms, so it cannot share a mistake with a connector.
package sandbox

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"tandem/internal/sandbox/commonsku"
	"tandem/internal/sandbox/ghl"
	"tandem/internal/sandbox/wire"
)

// Options of a world. Zero values are fit for a test.
type Options struct {
	GHLAddr, CommonskuAddr   string // 127.0.0.1:0 if empty
	Memory                   bool   // no network: calls go through Client, for simulated time
	WebhookURL               string
	WebhookClient            *http.Client // sends events; a plain one if nil
	Seed                     int64
	Contacts                 int // people made up, over both sides
	Latency                  time.Duration
	Faults                   wire.Faults
	GHLQuota, CommonskuQuota wire.Quota // 100/10 s and 200,000 a day; 10/s
	SearchLag                time.Duration
	WebhookRetryAfter        time.Duration // after a 429; ten minutes if 0
}

// World is both systems running.
type World struct {
	GHLBaseURL, CommonskuBaseURL string
	LocationID                   string
	GHLToken, CommonskuToken     string
	WebhookPublicKeyPEM          string
	GHL                          *ghl.Server
	Commonsku                    *commonsku.Server
	Truth                        []Pair // who is who, of the people made up

	clients [2]*http.Client // of ghl, of commonsku
	plans   [2]*wire.Plan
	servers []*http.Server
}

// Stage is the prefix of commonsku's paths.
const Stage = "/beta"

// Start listens and seeds.
func Start(o Options) (*World, error) {
	if o.GHLQuota == (wire.Quota{}) {
		o.GHLQuota = wire.Quota{Burst: 100, Interval: 10 * time.Second, Daily: 200000}
	}
	if o.CommonskuQuota == (wire.Quota{}) {
		o.CommonskuQuota = wire.Quota{Burst: 10, Interval: time.Second}
	}
	w := &World{LocationID: "sandboxLocation00001", GHLToken: "pit-sandbox", CommonskuToken: "sandbox-key"}
	for i, side := range []string{"ghl", "commonsku"} {
		p, err := wire.NewPlan(o.Faults, side)
		if err != nil {
			return nil, err
		}
		w.plans[i] = p
	}
	w.GHL = ghl.New(ghl.Options{LocationID: w.LocationID, Tokens: map[string][]string{w.GHLToken: nil}, ClientID: "sandbox-app",
		SearchLag: o.SearchLag, Quota: o.GHLQuota, Latency: o.Latency, Faults: w.plans[0], Seed: o.Seed, NoWebhooks: true,
		WebhookRetryAfter: o.WebhookRetryAfter, Client: o.WebhookClient})
	w.Commonsku = commonsku.New(commonsku.Options{Token: w.CommonskuToken, Stage: Stage, Quota: o.CommonskuQuota,
		Latency: o.Latency, Faults: w.plans[1], Seed: o.Seed})
	w.WebhookPublicKeyPEM = w.GHL.PublicKeyPEM()
	if err := w.people(o.Seed, o.Contacts); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.GHL.SetQuiet(false)
	w.GHL.SetWebhookURL(o.WebhookURL)
	var err error
	if w.GHLBaseURL, w.clients[0], err = w.listen(o.GHLAddr, o.Memory, w.GHL); err == nil {
		w.CommonskuBaseURL, w.clients[1], err = w.listen(o.CommonskuAddr, o.Memory, w.Commonsku)
		w.CommonskuBaseURL += Stage
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// listen serves one side and returns its address and a client that reaches it.
func (w *World) listen(addr string, memory bool, h http.Handler) (string, *http.Client, error) {
	s := &http.Server{Handler: w.admin(h), ReadHeaderTimeout: 10 * time.Second}
	if memory {
		l := wire.NewMemListener()
		w.servers = append(w.servers, s)
		go func() { _ = s.Serve(l) }() // ends with Close
		return "http://memory", &http.Client{Transport: &http.Transport{DialContext: l.DialContext}}, nil
	}
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return "", nil, err
	}
	w.servers = append(w.servers, s)
	go func() { _ = s.Serve(l) }() // ends with Close
	return "http://" + l.Addr().String(), &http.Client{}, nil
}

// Client reaches a side, ghl or commonsku; in memory nothing else does.
func (w *World) Client(side string) *http.Client {
	if side == "ghl" {
		return w.clients[0]
	}
	return w.clients[1]
}

// SetWebhookURL is where later events go.
func (w *World) SetWebhookURL(url string) { w.GHL.SetWebhookURL(url) }

// SetFaults replaces the faults of both sides.
func (w *World) SetFaults(f wire.Faults) error {
	return errors.Join(w.plans[0].Set(f, "ghl"), w.plans[1].Set(f, "commonsku"))
}

// Calls are the counters of a side, ghl or commonsku.
func (w *World) Calls(side string) wire.Stats {
	if side == "ghl" {
		return w.GHL.Gate().Count.Stats()
	}
	return w.Commonsku.Gate().Count.Stats()
}

// Close ends both.
func (w *World) Close() error {
	var errs []error
	for _, s := range w.servers {
		errs = append(errs, s.Close())
	}
	for _, c := range w.clients {
		if c != nil {
			c.CloseIdleConnections()
		}
	}
	w.GHL.Close()
	return errors.Join(errs...)
}
