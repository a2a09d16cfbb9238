package store

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// lookEvery is how often a PostgreSQL process looks for work and deliveries without being told: another process can die
// holding leases that end silently, and a notification can be lost with its connection. With a lease of 15 s a dead
// process's rows are taken over within 25 s. SQLite has one process and needs no such look.
const lookEvery = 10 * time.Second

// listener is one connection that waits for what other processes commit.
type listener struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func listen(config *pgx.ConnConfig, channel, self string, s *Store) *listener {
	ctx, cancel := context.WithCancel(context.Background())
	l := &listener{cancel: cancel}
	l.done.Go(func() {
		for ctx.Err() == nil {
			err := hear(ctx, config, channel, self, s)
			if ctx.Err() != nil {
				return
			}
			s.log.Warn("listening for other processes", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	})
	return l
}

func (l *listener) stop() {
	l.cancel()
	l.done.Wait()
}

// hear listens on one connection until it breaks.
func hear(ctx context.Context, config *pgx.ConnConfig, channel, self string, s *Store) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return err
	}
	for {
		// What came while nobody listened, and what nobody tells.
		signal(s.wake)
		signal(s.arrivals)
		if err := hearUntil(ctx, conn, self, s, time.Now().Add(lookEvery)); err != nil {
			return err
		}
	}
}

func hearUntil(ctx context.Context, conn *pgx.Conn, self string, s *Store, look time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, look)
	defer cancel()
	for {
		n, err := conn.WaitForNotification(ctx)
		var ne net.Error
		switch {
		case err == nil:
		case errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.As(err, &ne) && ne.Timeout():
			return nil
		default:
			return err
		}
		who, what, _ := strings.Cut(n.Payload, " ")
		if who == self {
			continue
		}
		if strings.Contains(what, payloadWork) {
			signal(s.wake)
		}
		if strings.Contains(what, payloadArrived) {
			signal(s.arrivals)
		}
	}
}

const (
	payloadWork    = "work"
	payloadArrived = "arrived"
)

// payload is what is told to others: who did it, and what.
func (e effects) payload(self string) string {
	p := self
	if e.work {
		p += " " + payloadWork
	}
	if e.arrived {
		p += " " + payloadArrived
	}
	return p
}
