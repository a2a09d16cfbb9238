package wire

import (
	"bytes"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Gate stands before the routes of one side: it counts, delays, meters and breaks calls.
type Gate struct {
	Routes  Router
	Faults  *Plan
	Meter   Meter
	Count   Counter
	latency atomic.Int64

	Free    func(*http.Request) bool                     // calls outside the quota (tokens); none if nil
	Headers func(http.Header, Left)                      // quota headers of every answer; none if nil
	Refuse  func(w http.ResponseWriter, why string)      // the answer where "burst" or "daily" is spent
	Fail    func(w http.ResponseWriter, status int)      // the answer of a fault
	Unknown func(w http.ResponseWriter, r *http.Request) // the answer where there is no such operation
}

// SetLatency is how long every answer takes at least.
func (g *Gate) SetLatency(d time.Duration) { g.latency.Store(int64(d)) }

// ServeHTTP answers one call.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route := g.Routes.Find(r)
	if route == nil {
		route = &Route{Pattern: r.Method + " (no such operation)", Handle: g.Unknown}
	}
	g.Count.call(route.Pattern)
	if d := time.Duration(g.latency.Load()); d > 0 && !sleep(r, d) {
		return
	}
	var answer *Rule // the fault that spoils the answer of a call that is done
	for _, f := range g.Faults.hit(route.Pattern) {
		if f.Kind == Created422 && r.Method != http.MethodPost {
			continue
		}
		g.Count.fault(f.Kind)
		if f.LatencyMS > 0 && f.Kind == Latency && !sleep(r, time.Duration(f.LatencyMS)*time.Millisecond) {
			return
		}
		switch f.Kind {
		case Latency:
		case Throttle:
			if f.RetryAfter > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
			}
			g.Count.throttled()
			g.Refuse(w, "burst")
			return
		case ServerError:
			status := f.Status
			if status == 0 {
				status = http.StatusBadGateway
			}
			g.Fail(w, status)
			return
		case ResetBefore:
			reset(w)
			return
		default:
			answer = &f
		}
	}
	if g.Free == nil || !g.Free(r) {
		left := g.Meter.Take(time.Now())
		if g.Headers != nil {
			g.Headers(w.Header(), left)
		}
		if left.Refused != "" {
			g.Count.throttled()
			g.Refuse(w, left.Refused)
			return
		}
	}
	if answer == nil {
		route.Handle(w, r)
		return
	}
	g.spoil(w, r, route, *answer)
}

// spoil does the call and loses its answer.
func (g *Gate) spoil(w http.ResponseWriter, r *http.Request, route *Route, f Rule) {
	done := &held{header: http.Header{}, status: http.StatusOK}
	route.Handle(done, r)
	if f.LatencyMS > 0 && !sleep(r, time.Duration(f.LatencyMS)*time.Millisecond) {
		return
	}
	switch {
	case f.Kind == ResetAfter:
		reset(w)
	case f.Kind == TimeoutAfter:
		g.Fail(w, http.StatusGatewayTimeout)
	case f.Kind == Created422 && done.status/100 == 2:
		g.Fail(w, http.StatusUnprocessableEntity)
	case f.Kind == Truncate && done.body.Len() > 1:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(done.body.Len()))
		w.WriteHeader(done.status)
		_, _ = w.Write(done.body.Bytes()[:done.body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // closes the connection before the promised length
	default:
		for k, v := range done.header {
			w.Header()[k] = v
		}
		w.WriteHeader(done.status)
		_, _ = w.Write(done.body.Bytes())
	}
}

// held is an answer that its sender may never see.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }

func sleep(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// reset closes the connection under the caller, with a RST where there is TCP.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, is := conn.(*net.TCPConn); is {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// Bearer is the token of a call, or "".
func Bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return token
}
