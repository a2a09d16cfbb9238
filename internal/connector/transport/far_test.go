package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/connector"
	"tandem/internal/operation"
)

// pipes is a listener whose connections are in memory, so that simulated time can pass while a call is under way.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, errors.New("connection refused")
	}
}

// farSide serves h in memory and returns a Client for it.
func farSide(t *testing.T, o Options, h http.HandlerFunc) *Client {
	t.Helper()
	l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: h}
	go server.Serve(l)
	pool := &http.Transport{DialContext: l.dial}
	t.Cleanup(func() {
		pool.CloseIdleConnections()
		server.Close()
		time.Sleep(5 * time.Minute) // simulated: handlers that are asleep end
	})
	o.Side, o.Pair, o.BaseURL, o.Base = "ghl", "acme", "http://127.0.0.1/base", pool
	if o.Rand == nil {
		o.Rand = func() float64 { return 0.5 }
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	readOne   = operation.Operation{ID: "ghl.contacts.get-contact", System: "ghl", Method: "GET", Path: "/contacts/{contactId}", Version: "2021-07-28", Repeatable: true}
	createOne = operation.Operation{ID: "ghl.contacts.create-contact", System: "ghl", Method: "POST", Path: "/contacts/", Version: "2021-07-28"}
	updateOne = operation.Operation{ID: "ghl.contacts.update-contact", System: "ghl", Method: "PUT", Path: "/contacts/{contactId}", Version: "2021-07-28", Repeatable: true}
	one       = Request{PathParams: map[string]string{"contactId": "abc"}}
)

// mustFail makes a call that has to fail and returns how.
func mustFail(t *testing.T, c *Client, op operation.Operation, r Request) *connector.Error {
	t.Helper()
	return failsUnder(t.Context(), t, c, op, r)
}

func failsUnder(ctx context.Context, t *testing.T, c *Client, op operation.Operation, r Request) *connector.Error {
	t.Helper()
	_, err := c.Do(ctx, op, r)
	synctest.Wait() // what the handler counted is settled
	e, ok := connector.AsError(err)
	if !ok {
		t.Fatalf("%s: got %v, want a *connector.Error", op.ID, err)
	}
	return e
}

// cut answers nothing and closes the connection.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		conn.Close()
	}
}
