package commonsku

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"tandem/internal/sandbox/wire"
)

// Options of a simulated account.
type Options struct {
	Token    string
	Stage    string         // prefix of every path, such as "/beta"
	Zone     *time.Location // of instants; UTC if nil
	ReadOnly bool           // only GET /clients exists, without updated_since
	Quota    wire.Quota
	Latency  time.Duration
	Faults   *wire.Plan
	Seed     int64
}

// User is a person of the account.
type User struct {
	ID, FirstName, LastName, Email string
	Inactive                       bool
}

// Server is one simulated account: an http.Handler, with what a person does in the UI as methods.
type Server struct {
	opt  Options
	gate *wire.Gate
	ids  *wire.IDs

	mu       sync.Mutex
	clients  *table
	contacts *table
	byName   map[string]string // client_name as spelled → id, deleted ones too
	users    []User
	last     time.Time
}

// New makes an account.
func New(opt Options) *Server {
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	s := &Server{opt: opt, ids: wire.NewIDs(opt.Seed + 1), clients: newTable("", ""),
		contacts: newTable("client_id", "contact_email"), byName: map[string]string{}}
	s.gate = &wire.Gate{Faults: opt.Faults, Refuse: refuseQuota, Fail: failed, Unknown: noRoute}
	s.routes(&s.gate.Routes)
	s.gate.Meter.SetQuota(opt.Quota)
	s.gate.SetLatency(opt.Latency)
	return s
}

// ServeHTTP answers an API call below the stage.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, s.opt.Stage)
	if !ok || !strings.HasPrefix(path, "/") {
		noRoute(w, r)
		return
	}
	r2 := *r
	u := *r.URL
	u.Path, u.RawPath = path, ""
	r2.URL = &u
	s.gate.ServeHTTP(w, &r2)
}

// Gate is for setting faults, latency and quota, and for reading counters.
func (s *Server) Gate() *wire.Gate { return s.gate }

func (s *Server) routes(to *wire.Router) {
	all := map[string]http.HandlerFunc{
		"GET /clients":          s.list(s.clientList),
		"POST /clients":         s.write(s.createClient),
		"GET /clients/{id}":     s.one(func() *table { return s.clients }, s.clientView),
		"PATCH /clients/{id}":   s.write(s.patchClient),
		"DELETE /clients/{id}":  s.drop(func() *table { return s.clients }),
		"GET /contacts":         s.list(s.contactList),
		"POST /contacts":        s.write(s.createContact),
		"GET /contacts/{id}":    s.one(func() *table { return s.contacts }, s.contactView),
		"PATCH /contacts/{id}":  s.write(s.patchContact),
		"DELETE /contacts/{id}": s.drop(func() *table { return s.contacts }),
		"GET /users":            s.list(s.userList),
	}
	for pattern, h := range all {
		if s.opt.ReadOnly && pattern != "GET /clients" {
			continue
		}
		to.Add(pattern, s.keyed(h))
	}
}

// noRoute is what the gateway says of a path or verb it does not have: no 404, and no fault of the key.
func noRoute(w http.ResponseWriter, _ *http.Request) {
	answer(w, 403, map[string]any{"message": "Missing Authentication Token"})
}

func (s *Server) keyed(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("X-API-KEY")
		if key == "" {
			key, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		}
		if key != s.opt.Token {
			answer(w, 403, map[string]any{"message": "Forbidden"})
			return
		}
		h(w, r)
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuseQuota(w http.ResponseWriter, why string) {
	text := "Too Many Requests"
	if why == "daily" {
		text = "Limit Exceeded"
	}
	answer(w, 429, map[string]any{"message": text})
}

func failed(w http.ResponseWriter, status int) {
	switch status {
	case 422:
		answer(w, 422, map[string]any{"message": "Validation failed", "errors": map[string][]string{"contact_phone": {"is invalid"}}})
	case 504:
		answer(w, 504, map[string]any{"message": "Endpoint request timed out"})
	case 0:
		answer(w, 502, map[string]any{"message": "Internal server error"})
	default:
		answer(w, status, map[string]any{"message": "Internal server error"})
	}
}

// refusal is an answer that a write did not want.
type refusal struct {
	status int
	body   map[string]any
}

func missing() *refusal { return &refusal{404, map[string]any{"message": "Not Found"}} }

func invalid(errors map[string][]string) *refusal {
	return &refusal{422, map[string]any{"message": "Validation failed", "errors": errors}}
}
