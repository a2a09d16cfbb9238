package ghl

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"net/http"
	"sync"
	"time"

	"tandem/internal/sandbox/wire"
)

const alphabet = wire.Alphanumeric

// Options of a simulated location.
type Options struct {
	LocationID      string
	Tokens          map[string][]string // bearer → scopes; a nil list means every scope
	ClientID        string              // createdBy.sourceId of API creates
	AllowDuplicates bool
	SearchLag       time.Duration // how far the search index is behind
	Quota           wire.Quota
	Latency         time.Duration
	Faults          *wire.Plan
	Seed            int64
	WebhookURL      string
	NoWebhooks      bool // as with a private integration token
	WebhookRetries  int  // 6 if 0
	// WebhookRetryAfter is the wait after a 429; ten minutes if 0.
	WebhookRetryAfter time.Duration
	Client            *http.Client // sends webhooks
}

// Field is a custom field of the location.
type Field struct {
	ID, Name, Key, DataType string
	Options                 []string
}

// User is a person of the location.
type User struct {
	ID, FirstName, LastName, Email string
	Deleted                        bool
}

// Server is one simulated location. It is an http.Handler, and offers what a person does in the UI as methods.
type Server struct {
	opt    Options
	gate   *wire.Gate
	ids    *wire.IDs
	key    ed25519.PrivateKey
	ctx    context.Context
	cancel context.CancelFunc
	wait   sync.WaitGroup
	lanes  [lanes]*lane

	mu         sync.Mutex
	store      *store
	tags       []string // of the location, in order of first use
	tagKnown   map[string]string
	fields     []Field
	users      []User
	businesses map[string]*business
	order      []string // business ids
	hookURL    string
	hooks      Hooks
	events     int
}

// New makes a location. Close ends its deliveries.
func New(opt Options) *Server {
	if opt.WebhookRetries == 0 {
		opt.WebhookRetries = 6
	}
	if opt.WebhookRetryAfter == 0 {
		opt.WebhookRetryAfter = 10 * time.Minute
	}
	if opt.Client == nil {
		opt.Client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: lanes}}
	}
	seed := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte("sandbox webhook key"), uint64(opt.Seed)))
	s := &Server{opt: opt, ids: wire.NewIDs(opt.Seed), key: ed25519.NewKeyFromSeed(seed[:]), store: newStore(),
		tagKnown: map[string]string{}, businesses: map[string]*business{}, hookURL: opt.WebhookURL}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.gate = &wire.Gate{Faults: opt.Faults, Headers: quotaHeaders, Refuse: refuseQuota, Fail: failed, Unknown: unknown}
	s.routes(&s.gate.Routes)
	s.gate.Meter.SetQuota(opt.Quota)
	s.gate.SetLatency(opt.Latency)
	s.startLanes()
	return s
}

// ServeHTTP answers an API call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.gate.ServeHTTP(w, r) }

// Gate is for setting faults, latency and quota, and for reading counters.
func (s *Server) Gate() *wire.Gate { return s.gate }

// Close ends deliveries; events under way are lost.
func (s *Server) Close() { s.cancel(); s.wait.Wait() }

// SetWebhookURL is where later events go; "" stops them.
func (s *Server) SetWebhookURL(url string) { s.mu.Lock(); s.hookURL = url; s.mu.Unlock() }

// Webhooks counts deliveries so far.
func (s *Server) Webhooks() Hooks { s.mu.Lock(); defer s.mu.Unlock(); return s.hooks }

// PublicKeyPEM is the key of X-GHL-Signature, SPKI.
func (s *Server) PublicKeyPEM() string {
	der, err := x509.MarshalPKIXPublicKey(s.key.Public())
	if err != nil {
		panic(err) // an Ed25519 key always marshals
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
