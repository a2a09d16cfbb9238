// Package app is the composition root: it builds everything from a configuration, starts and stops it. Nothing else
// knows how the parts fit together.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"tandem/internal/budget"
	"tandem/internal/config"
	"tandem/internal/connector/transport"
	"tandem/internal/engine"
	"tandem/internal/operate"
	"tandem/internal/queue"
	"tandem/internal/record"
	"tandem/internal/store"
	"tandem/internal/telemetry"
)

// Options of an App.
type Options struct {
	Logger *slog.Logger
	// AcceptRows lets mapping rows vanish together with their base: the plan was seen.
	AcceptRows bool
}

// App is everything that a process of Tandem runs.
type App struct {
	cfg     *config.Config
	log     *slog.Logger
	store   *store.Store
	engine  *engine.Engine
	queue   *queue.Queue
	operate *operate.Service
	metrics *telemetry.Metrics
	budgets map[string]map[record.Side]*budget.Budget
	pool    http.RoundTripper // shared by all pairs
	running bool
}

// Open builds an App and opens its database; nothing runs yet.
func Open(ctx context.Context, cfg *config.Config, o Options) (*App, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	a := &App{cfg: cfg, log: o.Logger, budgets: map[string]map[record.Side]*budget.Budget{}, metrics: telemetry.NewMetrics(), pool: transport.Pool()}
	st, err := store.Open(ctx, store.Options{URL: cfg.Database, Logger: o.Logger})
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	a.store = st
	var pairs []*engine.Pair
	for _, pc := range cfg.Pairs {
		p, err := a.pair(pc, o)
		if err != nil {
			st.Close()
			return nil, fmt.Errorf("pair %s: %w", pc.Name, err)
		}
		pairs = append(pairs, p)
	}
	a.engine = engine.New(engine.Options{Store: st, Pairs: pairs, Logger: o.Logger, Synced: a.synced})
	a.queue = queue.New(queue.Options{Store: st, Handlers: a.engine.Handlers(), Logger: o.Logger, Paused: a.paused})
	a.operate = operate.New(operate.Options{Store: st, Engine: a.engine, Budgets: a.budgets, Logger: o.Logger, Refresh: a.queue.Wake})
	return a, nil
}

// Operate is what people can ask of this process.
func (a *App) Operate() *operate.Service { return a.operate }

// Start runs the workers and what recurs.
func (a *App) Start(ctx context.Context) error {
	if err := a.engine.Start(ctx); err != nil {
		return err
	}
	if err := a.queue.Start(ctx); err != nil {
		a.engine.Stop()
		return err
	}
	a.running = true
	return nil
}

// stopWithin is how long running jobs get to finish when the process ends; what they leave is taken up again.
const stopWithin = 35 * time.Second

// Close stops what runs and closes the database. Idempotent.
func (a *App) Close() error {
	if a.running {
		a.running = false
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		a.queue.Stop(ctx)
		a.engine.Stop()
	}
	return a.store.Close()
}

// Serve listens, works and answers until ctx ends.
func (a *App) Serve(ctx context.Context) error {
	l, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %s: %w (another program has the port? change `listen` in %s)", a.cfg.Listen, err, a.cfg.File)
	}
	defer l.Close()
	if err := a.Start(ctx); err != nil {
		return err
	}
	if err := a.store.SetAddress("http://" + l.Addr().String()); err != nil {
		return err
	}
	handler, err := a.handler()
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 11 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	a.log.Info("serving", "address", "http://"+l.Addr().String(), "pairs", len(a.cfg.Pairs))
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	sctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(sctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func (a *App) paused() []string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	names, err := a.engine.Paused(ctx)
	if err != nil {
		a.log.Error("which pairs are paused", "err", err)
	}
	return names
}
