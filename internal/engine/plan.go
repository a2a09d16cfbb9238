package engine

import (
	"context"
	"fmt"
	"slices"

	"tandem/internal/connector"
	"tandem/internal/merge"
	"tandem/internal/plan"
	"tandem/internal/record"
	"tandem/internal/store"
)

// PlanOptions narrow a dry run.
type PlanOptions struct {
	Record   string // an id of either side; "": everything
	Progress func(step string, done, total int)
}

// Plan is a dry run: every write that a full sync would make now, and why. It writes nothing to either side, and reads
// each linked record once a side.
func (e *Engine) Plan(ctx context.Context, pair string, o PlanOptions) (plan.Plan, error) {
	p := e.pairs[pair]
	if p == nil {
		return plan.Plan{}, fmt.Errorf("pair %q is not in the configuration", pair)
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	if err := e.learnAccount(ctx, p); err != nil {
		return plan.Plan{}, err
	}
	ctx = connector.WithLane(ctx, connector.Backfill)
	var links []store.Link
	err := e.store.View(ctx, func(tx *store.Tx) error {
		links = nil
		return tx.EachLink(pair, record.Contact, func(l store.Link) error {
			if l.State == store.Live && (o.Record == "" || o.Record == l.GHL || o.Record == l.Commonsku) {
				links = append(links, l)
			}
			return nil
		})
	})
	if err != nil {
		return plan.Plan{}, err
	}
	var out []plan.Record
	for i, l := range links {
		o.Progress("linked contacts", i, len(links))
		r, err := e.planLinked(ctx, p, l)
		if err != nil {
			return plan.Plan{}, fmt.Errorf("contact %s: %w", l.GHL, err)
		}
		if r != nil {
			out = append(out, *r)
		}
	}
	more, err := e.planUnlinked(ctx, p, links, o)
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.New(pair, append(out, more...)), nil
}

// planLinked is what the job of a link would write now; nil for nothing.
func (e *Engine) planLinked(ctx context.Context, p *Pair, l store.Link) (*plan.Record, error) {
	j := &job{Work: store.Work{Pair: p.Name, Key: linkKey(l.ID)}, pair: p, log: e.log}
	s, err := e.load(ctx, j)
	if err != nil || s == nil {
		return nil, err
	}
	gone, err := e.readBoth(ctx, j, s)
	if err != nil {
		return nil, err
	}
	r := &plan.Record{Kind: l.Kind, GHL: l.GHL, Commonsku: l.Commonsku, LinkID: l.ID, Action: plan.Update, Calls: plan.Calls{Reads: 2}}
	if gone != "" {
		r.Action = plan.Archive
		r.Reason = "gone in " + string(gone)
		return r, nil
	}
	fields, err := e.fields(ctx, p, s)
	if err != nil {
		return nil, err
	}
	for _, o := range merge.Record(fields, e.now()) {
		row, _ := p.Contacts.Row(o.Name)
		if o.Conflict != nil {
			r.Action = plan.Conflict
		}
		for _, side := range record.Sides {
			key := o.To(side)
			if key == nil {
				continue
			}
			r.Writes = append(r.Writes, plan.Write{Side: side, Verb: string(connector.Update), Field: o.Name, Old: s.raw(side, row), New: shownKey(*key), Reason: o.Reason})
		}
	}
	if len(r.Writes) == 0 && r.Action == plan.Update {
		return nil, nil
	}
	for _, side := range record.Sides {
		if slices.ContainsFunc(r.Writes, func(w plan.Write) bool { return w.Side == side }) {
			r.Calls.Writes++
		}
	}
	r.Seen = plan.Look(s.ghl, s.commonsku)
	return r, nil
}

// planUnlinked matches what has no counterpart and says what would be linked, made or asked.
func (e *Engine) planUnlinked(ctx context.Context, p *Pair, links []store.Link, o PlanOptions) ([]plan.Record, error) {
	rep, err := e.Match(ctx, p.Name, o.Progress)
	if err != nil {
		return nil, err
	}
	linkedIDs := map[string]bool{}
	for _, l := range links {
		linkedIDs[l.GHL], linkedIDs[l.Commonsku] = true, true
	}
	var out []plan.Record
	for _, d := range rep.Decisions() {
		if linkedIDs[d.GHL] && d.GHL != "" || linkedIDs[d.Commonsku] && d.Commonsku != "" || o.Record != "" && o.Record != d.GHL && o.Record != d.Commonsku {
			continue
		}
		r := plan.Record{Kind: record.Contact, GHL: d.GHL, Commonsku: d.Commonsku, Reason: d.Reason, Calls: plan.Calls{Reads: 2}}
		switch string(d.Decision) {
		case "link":
			r.Action = plan.Link
		case "ask":
			r.Action = plan.Ask
		default:
			far := record.Commonsku
			if d.GHL == "" {
				far = record.GHL
			}
			r.Action, r.Calls.Writes = plan.Create, 1
			r.Writes = []plan.Write{{Side: far, Verb: string(connector.Create), Reason: "no counterpart"}}
		}
		out = append(out, r)
	}
	return out, nil
}

// Fields reads both sides of a link now and says how each mapped row stands, for explain. Nothing is written.
func (e *Engine) Fields(ctx context.Context, l store.Link) (ghl, commonsku record.Record, fields []merge.Field, outcomes []merge.Outcome, err error) {
	p := e.pairs[l.Pair]
	if p == nil {
		return ghl, commonsku, nil, nil, fmt.Errorf("pair %q is not in the configuration", l.Pair)
	}
	j := &job{Work: store.Work{Pair: p.Name, Key: linkKey(l.ID)}, pair: p, log: e.log}
	s, err := e.load(ctx, j)
	if err != nil || s == nil {
		return ghl, commonsku, nil, nil, err
	}
	if _, err := e.readBoth(ctx, j, s); err != nil {
		return ghl, commonsku, nil, nil, err
	}
	if fields, err = e.fields(ctx, p, s); err != nil {
		return ghl, commonsku, nil, nil, err
	}
	return s.ghl, s.commonsku, fields, merge.Record(fields, e.now()), nil
}

// Pairs are the pairs of this engine, in the order of the configuration.
func (e *Engine) Pairs() []*Pair { return e.order }

// Pair finds a pair by name, nil if there is none.
func (e *Engine) Pair(name string) *Pair { return e.pairs[name] }

// Region is the country by which the pair's phones are read; "" before the first match.
func (p *Pair) Region() string { return p.env().Region }
