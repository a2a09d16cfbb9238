package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"tandem/internal/budget"
	"tandem/internal/config"
	"tandem/internal/connector"
	"tandem/internal/connector/commonsku"
	"tandem/internal/connector/ghl"
	"tandem/internal/connector/transport"
	"tandem/internal/engine"
	"tandem/internal/expr"
	"tandem/internal/mapping"
	"tandem/internal/record"
	"tandem/internal/telemetry"
)

// drivers builds both sides of a pair; it makes no call.
func drivers(pc config.Pair, budgets map[record.Side]*budget.Budget, pool http.RoundTripper, observe func(transport.Call)) (*ghl.Driver, *commonsku.Driver, *commonsku.Profile, error) {
	profile, err := commonsku.LoadProfile(pc.Commonsku.Profile)
	if err != nil {
		return nil, nil, nil, err
	}
	g, err := ghl.New(ghl.Options{
		Pair: pc.Name, BaseURL: pc.GHL.BaseURL, LocationID: pc.GHL.LocationID, Webhooks: pc.GHL.OAuth != nil, CustomFields: usesCustomFields(pc),
		Token:  func(context.Context) (string, error) { return pc.GHL.Token.Reveal(), nil },
		Budget: budgets[record.GHL], Base: pool, Observe: observe,
	})
	if err != nil {
		return nil, nil, nil, err
	}
	c, err := commonsku.New(commonsku.Options{
		Pair: pc.Name, BaseURL: pc.Commonsku.BaseURL, Profile: profile,
		Token:  func(context.Context) (string, error) { return pc.Commonsku.Token.Reveal(), nil },
		Budget: budgets[record.Commonsku], Base: pool, Observe: observe,
	})
	return g, c, profile, err
}

// usesCustomFields says whether some row or rule of the pair needs the names of custom fields.
func usesCustomFields(pc config.Pair) bool {
	for _, r := range pc.Mapping[record.Contact] {
		if strings.HasPrefix(r.GHL, "customFields.") {
			return true
		}
	}
	return strings.Contains(pc.Contacts.When+pc.Contacts.Filter, "custom")
}

func limits(q config.Quota) budget.Limits {
	return budget.Limits{Burst: q.Burst, Interval: q.Interval, Daily: q.Daily}
}

// Drivers builds the drivers of every pair without opening a database, for doctor.
func Drivers(cfg *config.Config, log *slog.Logger) (map[string]map[record.Side]connector.Driver, error) {
	out := map[string]map[record.Side]connector.Driver{}
	pool := transport.Pool()
	for _, pc := range cfg.Pairs {
		b := map[record.Side]*budget.Budget{
			record.GHL:       budget.New(budget.Options{Limits: limits(pc.GHL.Quota)}),
			record.Commonsku: budget.New(budget.Options{Limits: limits(pc.Commonsku.Quota)}),
		}
		g, c, _, err := drivers(pc, b, pool, nil)
		if err != nil {
			return nil, fmt.Errorf("pair %s: %w", pc.Name, err)
		}
		out[pc.Name] = map[record.Side]connector.Driver{record.GHL: g, record.Commonsku: c}
	}
	return out, nil
}

// pair builds one pair of the engine.
func (a *App) pair(pc config.Pair, o Options) (*engine.Pair, error) {
	a.budgets[pc.Name] = map[record.Side]*budget.Budget{
		record.GHL:       budget.New(budget.Options{Limits: limits(pc.GHL.Quota), Ledger: a.ledger(pc.Name, record.GHL)}),
		record.Commonsku: budget.New(budget.Options{Limits: limits(pc.Commonsku.Quota), Ledger: a.ledger(pc.Name, record.Commonsku)}),
	}
	g, c, profile, err := drivers(pc, a.budgets[pc.Name], a.pool, a.observe)
	if err != nil {
		return nil, err
	}
	table, err := contactTable(pc, profile, c.Can())
	if err != nil {
		return nil, err
	}
	contacts, err := policy(pc.Contacts)
	if err != nil {
		return nil, err
	}
	return &engine.Pair{
		Name: pc.Name, Drivers: map[record.Side]connector.Driver{record.GHL: g, record.Commonsku: c}, Contacts: table,
		Decode: func(body []byte) (engine.Event, error) {
			ev, err := g.DecodeEvent(body)
			return engine.Event{Type: ev.Type, Ref: ev.Ref, Parent: ev.Parent, Fields: ev.Fields, At: ev.At, Deleted: ev.Deleted}, err
		},
		Settings: engine.Settings{
			Contacts: contacts, Guard: engine.Guard{Max: pc.DeleteGuard.Max, Percent: pc.DeleteGuard.Percent, Window: pc.DeleteGuard.Window},
			SweepEvery: pc.Sweep.Every, SweepFull: pc.Sweep.Full, PollCommonsku: pc.Poll.Commonsku, PollGHL: pc.Poll.GHL,
			ArchiveTag: archiveTag, Users: pc.Users.Map, AcceptRows: o.AcceptRows,
		},
	}, nil
}

// archiveTag marks in GHL a contact that was deleted in commonsku.
const archiveTag = "archived-in-commonsku"

func policy(k config.Kind) (engine.Policy, error) {
	p := engine.Policy{
		Direction: k.Direction, CreateGHL: k.CreateInGHL, CreateCommonsku: k.CreateInCommonsku, FirstMatchAuto: k.FirstMatchAuto,
		DeleteInGHL: engine.DeletePolicy(k.DeleteInGHL), DeleteInCommonsku: engine.DeletePolicy(k.DeleteInCommonsku),
	}
	var err error
	if k.When != "" {
		if p.When, err = expr.Compile(expr.When, k.When); err != nil {
			return p, fmt.Errorf("sync.contacts.when: %w", err)
		}
	}
	if k.Filter != "" {
		if p.Filter, err = expr.Compile(expr.Filter, k.Filter); err != nil {
			return p, fmt.Errorf("sync.contacts.filter: %w", err)
		}
	}
	return p, nil
}

// contactTable is the built-in map with the pair's rows over it, bound to what the profile knows.
func contactTable(pc config.Pair, profile *commonsku.Profile, can connector.Capabilities) (mapping.Table, error) {
	var rows []mapping.Override
	for _, r := range pc.Mapping[record.Contact] {
		rows = append(rows, mapping.Override(r))
	}
	t, err := mapping.Build(record.Contact, rows, mapping.Policy{Direction: pc.Contacts.Direction, OnConflict: pc.Contacts.OnConflict, Tie: pc.Contacts.Tie, Drift: pc.Contacts.Drift})
	if err != nil {
		return t, err
	}
	known := map[record.Kind]map[string]mapping.Known{}
	for kind, k := range can.Kinds {
		known[kind] = map[string]mapping.Known{}
		for name, f := range k.Fields {
			known[kind][name] = mapping.Known{Writable: f.Writable, Type: f.Type, MaxLength: f.MaxLength}
		}
	}
	bound, mistakes := t.Bind(mapping.Account{Commonsku: known, Resolve: profile.Resolve})
	for _, m := range mistakes {
		for _, r := range rows {
			if r.Name == m.Row {
				return bound, mistakes // a row of the configuration that cannot be: told, and not dropped silently
			}
		}
	}
	return bound, nil
}

// observe tells the metrics of each call.
func (a *App) observe(c transport.Call) {
	outcome := "ok"
	if c.Class != "" {
		outcome = string(c.Class)
	}
	a.metrics.Call(c.Pair, string(c.Op.System), c.Op.Name(), outcome, c.Took)
}

// watch shows the pairs' state whenever metrics are collected.
func (a *App) watch(ctx context.Context) ([]telemetry.PairState, error) {
	pairs, err := a.operate.Pairs(ctx)
	var out []telemetry.PairState
	for _, p := range pairs {
		st := telemetry.PairState{Pair: p.Name, State: string(p.State), LagSeconds: p.LagSeconds, Pending: p.Queue.Pending, Running: p.Queue.Running, Dead: p.Queue.Dead,
			Conflicts: p.Conflicts, Held: p.Held, BurstLeft: map[string]*int{}, DailyLeft: map[string]*int{}}
		for side, q := range p.Quota {
			st.BurstLeft[string(side)], st.DailyLeft[string(side)] = q.BurstLeft, q.DailyLeft
		}
		out = append(out, st)
	}
	return out, err
}
