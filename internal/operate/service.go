package operate

import (
	"context"
	"log/slog"
	"time"

	"tandem/internal/budget"
	"tandem/internal/connector"
	"tandem/internal/engine"
	"tandem/internal/operation"
	"tandem/internal/record"
	"tandem/internal/store"
)

// Options of a Service.
type Options struct {
	Store  *store.Store
	Engine *engine.Engine
	// Budgets are the quotas by pair and side, for status.
	Budgets map[string]map[record.Side]*budget.Budget
	Now     func() time.Time
	Logger  *slog.Logger
	// Refresh is told that a pair's state changed, so that the queue looks again.
	Refresh func()
}

// Service does what a person asks for, on the store and the engine of this process.
type Service struct {
	store   *store.Store
	engine  *engine.Engine
	budgets map[string]map[record.Side]*budget.Budget
	now     func() time.Time
	log     *slog.Logger
	refresh func()
}

// New builds a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Refresh == nil {
		o.Refresh = func() {}
	}
	return &Service{store: o.Store, engine: o.Engine, budgets: o.Budgets, now: o.Now, log: o.Logger, refresh: o.Refresh}
}

// Pairs is the health of all pairs, in the order of the configuration.
func (s *Service) Pairs(ctx context.Context) ([]Pair, error) {
	out := []Pair{}
	for _, p := range s.engine.Pairs() {
		one, err := s.Pair(ctx, p.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// Pair is the health of one pair.
func (s *Service) Pair(ctx context.Context, name string) (Pair, error) {
	p := s.engine.Pair(name)
	if p == nil {
		return Pair{}, NoPair(name)
	}
	out := Pair{Name: name, State: Matching, Reasons: []string{}, Links: map[record.Kind]int{}, Quota: s.quota(name), Capabilities: capabilities(p)}
	err := s.store.View(ctx, func(tx *store.Tx) error {
		st, _, err := tx.PairState(name)
		if err != nil {
			return err
		}
		w, err := tx.WorkCounts(name)
		if err != nil {
			return err
		}
		inbox, oldest, err := tx.PendingDeliveries(name)
		if err != nil {
			return err
		}
		parked, err := tx.CountParked(name)
		if err != nil {
			return err
		}
		n, err := tx.CountLinks(name, record.Contact)
		if err != nil {
			return err
		}
		out.Links[record.Contact] = n
		if st.Live {
			out.State = Live
		}
		if len(st.Reasons) > 0 {
			out.State, out.Reasons = Paused, st.Reasons
		}
		for _, r := range st.Reasons {
			if r == "auth" {
				out.State = NeedsAuth
			}
		}
		out.LastSweep, out.LastFullSweep = st.LastSweep, st.LastFullSweep
		out.Queue = Queue{Pending: w.Pending + w.Backoff + inbox, Running: w.Running, Dead: parked["dead"] + parked["no_permission"]}
		out.Conflicts, out.Asks, out.Held, out.Parked = parked["conflict"], parked["ask"]+parked["twin"], parked["guard"], parked
		out.Idle = out.Queue.Pending == 0 && out.Queue.Running == 0
		if out.State == Paused {
			out.Idle = out.Queue.Running == 0
		}
		if !oldest.IsZero() && (w.Oldest.IsZero() || oldest.Before(w.Oldest)) {
			w.Oldest = oldest
		}
		if !out.Idle && !w.Oldest.IsZero() {
			out.LagSeconds = max(0, s.now().Sub(w.Oldest).Seconds())
		}
		return nil
	})
	return out, err
}

func (s *Service) quota(pair string) map[record.Side]Quota {
	out := map[record.Side]Quota{}
	for side, b := range s.budgets[pair] {
		st := b.State()
		out[side] = Quota{BurstLeft: st.BurstLeft, DailyLeft: st.DailyLeft, ResetsAt: st.ResetsAt}
	}
	return out
}

func capabilities(p *engine.Pair) map[record.Side]map[record.Kind]Capability {
	out := map[record.Side]map[record.Kind]Capability{}
	for _, side := range record.Sides {
		can := p.Driver(side).Can()
		kinds := map[record.Kind]Capability{}
		for _, k := range record.Kinds {
			c, ok := can.Kinds[k]
			switch {
			case !ok:
				kinds[k] = Capability{Access: "none", Reason: "not offered by this account"}
			case c.Ability == connector.Writable:
				kinds[k] = Capability{Access: "write"}
			default:
				kinds[k] = Capability{Access: string(c.Ability), Reason: c.Reason}
			}
		}
		out[side] = kinds
	}
	return out
}

// Sweep asks for a reconciliation and returns at once.
func (s *Service) Sweep(ctx context.Context, pair string, full bool) error {
	if s.engine.Pair(pair) == nil {
		return NoPair(pair)
	}
	return s.engine.RequestSweep(ctx, pair, full)
}

// Pause stops work on a pair's records; webhooks are taken meanwhile. It outlasts a restart.
func (s *Service) Pause(ctx context.Context, pair string) error { return s.reason(ctx, pair, true) }

// Resume lifts what Pause did, and only that.
func (s *Service) Resume(ctx context.Context, pair string) error { return s.reason(ctx, pair, false) }

const operatorReason = "operator"

func (s *Service) reason(ctx context.Context, pair string, on bool) error {
	if s.engine.Pair(pair) == nil {
		return NoPair(pair)
	}
	err := s.store.Update(ctx, func(tx *store.Tx) error {
		st, _, err := tx.PairState(pair)
		if err != nil {
			return err
		}
		st.Name = pair
		st.Reasons = without(st.Reasons, operatorReason)
		if on {
			st.Reasons = append(st.Reasons, operatorReason)
		}
		return tx.PutPairState(st)
	})
	s.refresh()
	return err
}

func without(list []string, x string) []string {
	out := []string{}
	for _, s := range list {
		if s != x {
			out = append(out, s)
		}
	}
	return out
}

// Catalog lists every operation of both systems.
func (s *Service) Catalog(context.Context) ([]CatalogItem, error) {
	var out []CatalogItem
	for _, o := range operation.All() {
		out = append(out, CatalogItem{ID: o.ID, System: record.Side(o.System), Kind: "action", Method: o.Method, Path: o.Path, Scopes: append([]string{}, o.Scopes...)})
	}
	return out, nil
}

// Mapping lists the field map in force.
func (s *Service) Mapping(_ context.Context, pair string) ([]MappingRow, error) {
	p := s.engine.Pair(pair)
	if p == nil {
		return nil, NoPair(pair)
	}
	var out []MappingRow
	for _, r := range p.Contacts.Rows {
		out = append(out, MappingRow{Kind: record.Contact, Name: r.Name, GHL: r.GHL, Commonsku: r.Commonsku.String(), Direction: string(r.Rule.Direction)})
	}
	for _, r := range p.Contacts.Off {
		out = append(out, MappingRow{Kind: record.Contact, Name: r.Name, GHL: r.GHL, Commonsku: r.Commonsku.String(), Direction: "off"})
	}
	return out, nil
}
