package wire

import (
	"context"
	"net"
	"sync"
)

// MemListener is a listener without a network. Its connections are net.Pipe, which testing/synctest can see through.
type MemListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// NewMemListener makes one.
func NewMemListener() *MemListener {
	return &MemListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

// Accept waits for the next connection.
func (l *MemListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and refuses later dials.
func (l *MemListener) Close() error { l.once.Do(func() { close(l.done) }); return nil }

// Addr is a name, no address.
func (l *MemListener) Addr() net.Addr { return memAddr{} }

// DialContext goes into http.Transport; network and address do not matter.
func (l *MemListener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type memAddr struct{}

func (memAddr) Network() string { return "memory" }
func (memAddr) String() string  { return "memory" }
