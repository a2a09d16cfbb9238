package operate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tandem/internal/engine"
	"tandem/internal/match"
	"tandem/internal/plan"
	"tandem/internal/record"
	"tandem/internal/store"
)

// Match says who is who on both sides, before anything is written.
func (s *Service) Match(ctx context.Context, pair string) (MatchReport, error) {
	if s.engine.Pair(pair) == nil {
		return MatchReport{}, NoPair(pair)
	}
	rep, err := s.engine.Match(ctx, pair, nil)
	if err != nil {
		return MatchReport{}, err
	}
	names := map[record.Ref]string{}
	for _, list := range [][]match.Person{rep.GHL, rep.Commonsku} {
		for _, p := range list {
			names[p.Ref] = strings.TrimSpace(p.First + " " + p.Last)
			if p.Company != "" {
				names[p.Ref] += ", " + p.Company
			}
		}
	}
	out := MatchReport{Pair: pair, Rows: []MatchRow{}, Counts: map[string]int{}}
	for _, r := range rep.Decisions() {
		out.Rows = append(out.Rows, MatchRow{
			GHL: r.GHL, Commonsku: r.Commonsku, Decision: string(r.Decision), Score: r.Score, Reason: r.Reason,
			GHLName: names[contactRef(record.GHL, r.GHL)], CommonskuName: names[contactRef(record.Commonsku, r.Commonsku)],
		})
		out.Counts[string(r.Decision)]++
	}
	return out, nil
}

func contactRef(side record.Side, id string) record.Ref {
	return record.Ref{Side: side, Kind: record.Contact, ID: id}
}

// ApplyMatch takes the rows of a match, edited or not, and makes the pair live.
func (s *Service) ApplyMatch(ctx context.Context, pair string, rows []MatchRow) (MatchOutcome, error) {
	if s.engine.Pair(pair) == nil {
		return MatchOutcome{}, NoPair(pair)
	}
	var out MatchOutcome
	in := make([]match.Row, 0, len(rows))
	for i, r := range rows {
		switch r.Decision {
		case "link":
			if r.GHL == "" || r.Commonsku == "" {
				out.Refused = append(out.Refused, fmt.Sprintf("row %d: a link needs both ids", i+1))
				continue
			}
			out.Linked++
		case "ask":
			out.Left++
		case "create":
			out.Creates++
		case "apart":
			out.Apart++
		default:
			return out, &Error{Fault: Invalid, Title: "Unknown decision", Detail: fmt.Sprintf("row %d says %q: link, ask, create or apart", i+1, r.Decision)}
		}
		in = append(in, match.Row{
			GHL: r.GHL, Commonsku: r.Commonsku, Decision: match.RowDecision(r.Decision), Score: r.Score, Reason: r.Reason,
			GHLName: r.GHLName, CommonskuName: r.CommonskuName,
		})
	}
	err := s.engine.ApplyMatch(ctx, pair, in)
	s.refresh()
	return out, err
}

// Plan is a dry run: every write a full sync would do now, and why.
func (s *Service) Plan(ctx context.Context, pair string, o SyncOptions) (plan.Plan, error) {
	if s.engine.Pair(pair) == nil {
		return plan.Plan{}, NoPair(pair)
	}
	return s.engine.Plan(ctx, pair, engine.PlanOptions{Record: o.Record, Progress: func(step string, done, total int) {
		if o.Progress != nil {
			o.Progress(Progress{Step: step, Done: done, Total: total})
		}
	}})
}

// syncPoll is how often Sync looks whether everything is done.
const syncPoll = 100 * time.Millisecond

// Sync reconciles a pair once, fully, and returns when nothing is left to do. Workers must run in this process.
func (s *Service) Sync(ctx context.Context, pair string, o SyncOptions) (SyncReport, error) {
	p := s.engine.Pair(pair)
	if p == nil {
		return SyncReport{}, NoPair(pair)
	}
	started := s.now()
	before, err := s.Pair(ctx, pair)
	if err != nil {
		return SyncReport{}, err
	}
	if before.State == Matching {
		return SyncReport{}, &Error{Fault: Refused, Title: "The first match is not done", Detail: "run `tandem match --export match.csv`, look at it, then `tandem match --apply match.csv`"}
	}
	if o.Record != "" {
		err = s.markOne(ctx, pair, o.Record)
	} else {
		err = s.engine.RequestSweep(ctx, pair, true)
	}
	if err != nil {
		return SyncReport{}, err
	}
	tick := time.NewTicker(syncPoll)
	defer tick.Stop()
	for {
		st, err := s.Pair(ctx, pair)
		if err != nil {
			return SyncReport{}, err
		}
		if o.Progress != nil {
			o.Progress(Progress{Step: "records", Done: 0, Total: st.Queue.Pending + st.Queue.Running})
		}
		if st.State == Paused || st.State == NeedsAuth {
			return SyncReport{}, &Error{Fault: Refused, Title: "The pair is " + string(st.State), Detail: strings.Join(st.Reasons, ", ")}
		}
		if st.Idle {
			return s.syncReport(ctx, pair, started, before, st)
		}
		select {
		case <-ctx.Done():
			return SyncReport{}, ctx.Err()
		case <-tick.C:
		}
	}
}

func (s *Service) syncReport(ctx context.Context, pair string, started time.Time, before, after Pair) (SyncReport, error) {
	rep := SyncReport{Pair: pair, Writes: map[record.Side]int{}, Created: map[record.Side]int{}, Calls: map[record.Side]int{},
		Linked: after.Links[record.Contact] - before.Links[record.Contact], Elapsed: s.now().Sub(started),
		Errors: max(0, after.Queue.Dead-before.Queue.Dead), Person: after.Conflicts + after.Asks + after.Queue.Dead + after.Held,
		Records: after.Links[record.Contact]}
	err := s.store.View(ctx, func(tx *store.Tx) error {
		clear(rep.Writes)
		clear(rep.Created)
		return tx.EachEvent(pair, started, func(e store.Event) error {
			switch e.Action {
			case "updated", "archived", "deleted":
				rep.Writes[e.Side]++
			case "created":
				rep.Writes[e.Side]++
				rep.Created[e.Side]++
			}
			return nil
		})
	})
	return rep, err
}

// markOne makes the records with an id dirty.
func (s *Service) markOne(ctx context.Context, pair, id string) error {
	return s.store.Update(ctx, func(tx *store.Tx) error {
		for _, side := range record.Sides {
			ref := contactRef(side, id)
			_, linked, err := tx.LinkOf(pair, ref)
			if err != nil {
				return err
			}
			_, seen, err := tx.SeenOf(pair, ref)
			if err != nil {
				return err
			}
			if linked || seen {
				return tx.Mark(store.Mark{Pair: pair, Ref: ref, Cause: "asked for"})
			}
		}
		return &Error{Fault: NotFound, Title: "No such record", Detail: "no contact with the id " + id + " was seen on either side"}
	})
}

// Explain says everything known about the records that a query finds: an e-mail, a phone, or an id of either side.
func (s *Service) Explain(ctx context.Context, query string) (Explanation, error) {
	out := Explanation{Query: query, Records: []Explained{}}
	done := map[string]bool{}
	for _, p := range s.engine.Pairs() {
		refs, err := s.find(ctx, p.Name, query, p.Region())
		if err != nil {
			return out, err
		}
		for _, ref := range refs {
			x, err := s.explain(ctx, p.Name, ref)
			if err != nil {
				return out, err
			}
			key := p.Name + x.GHL + "|" + x.Commonsku
			if done[key] {
				continue
			}
			done[key] = true
			out.Records = append(out.Records, x)
		}
	}
	if len(out.Records) == 0 {
		return out, &Error{Fault: NotFound, Title: "No such record", Detail: "nothing with the e-mail, phone or id " + query + " was seen on either side; a sweep may not have reached it yet"}
	}
	return out, nil
}

// find is the records that a query may mean.
func (s *Service) find(ctx context.Context, pair, query, region string) (refs []record.Ref, err error) {
	err = s.store.View(ctx, func(tx *store.Tx) error {
		refs = nil
		for _, side := range record.Sides {
			for _, kind := range []record.Kind{record.Contact, record.Company} {
				ref := record.Ref{Side: side, Kind: kind, ID: query}
				_, seen, err := tx.SeenOf(pair, ref)
				if err != nil {
					return err
				}
				_, linked, err := tx.LinkOf(pair, ref)
				if err != nil {
					return err
				}
				if seen || linked {
					refs = append(refs, ref)
				}
			}
			if m := record.Email(query); strings.Contains(m, "@") {
				list, err := tx.SeenByEmail(pair, side, record.Contact, m)
				if err != nil {
					return err
				}
				for _, x := range list {
					refs = append(refs, x.Ref)
				}
			} else if ph := record.Phone(query, region); ph != "" {
				list, err := tx.SeenByPhone(pair, side, record.Contact, ph)
				if err != nil {
					return err
				}
				for _, x := range list {
					refs = append(refs, x.Ref)
				}
			}
		}
		return nil
	})
	return refs, err
}

func (s *Service) explain(ctx context.Context, pair string, ref record.Ref) (Explained, error) {
	x := Explained{Pair: pair, Kind: ref.Kind}
	if ref.Side == record.GHL {
		x.GHL = ref.ID
	} else {
		x.Commonsku = ref.ID
	}
	var link store.Link
	var linked bool
	err := s.store.View(ctx, func(tx *store.Tx) error {
		seen, _, err := tx.SeenOf(pair, ref)
		if err != nil {
			return err
		}
		x.Label = seen.Name
		if link, linked, err = tx.LinkOf(pair, ref); err != nil {
			return err
		}
		key := ref.String()
		if linked {
			l := linkOf(link)
			x.Link, x.GHL, x.Commonsku, x.Why, x.WhyDetail = &l, link.GHL, link.Commonsku, link.Why, link.WhyDetail
			key = engine.LinkKey(link.ID)
		}
		x.Pending = nil
		if w, ok, err := tx.WorkByKey(pair, key); err != nil {
			return err
		} else if ok {
			x.Pending = append(x.Pending, PendingWork{Cause: w.Cause, DueAt: w.DueAt, NotBefore: w.NotBefore, Attempts: w.Attempts, LastError: w.LastError, WaitsFor: w.WaitsFor})
		}
		if !linked {
			parked, err := tx.ParkedList(store.ParkedFilter{Pair: pair, Ref: ref, OpenOnly: true, Limit: 10})
			if err != nil {
				return err
			}
			for _, pk := range parked {
				x.Why, x.WhyDetail = pk.Why, pk.Cause
			}
			if x.Why == "" && len(x.Pending) == 0 && ref.Side == record.GHL && ref.Kind == record.Contact {
				x.Why, x.WhyDetail = "watched", "the rules of the pair do not ask for a counterpart yet"
			}
		}
		hist, err := tx.HistoryOf(pair, ref.Kind, ref.Side, ref.ID, 0, 50)
		x.History = nil
		for _, e := range hist {
			x.History = append(x.History, HistoryEvent(e))
		}
		return err
	})
	if err != nil || !linked || link.State != store.Live {
		return x, err
	}
	_, _, fields, outcomes, err := s.engine.Fields(ctx, link)
	if err != nil {
		x.WhyDetail = strings.TrimSpace(x.WhyDetail + " (the two sides could not be read now: " + shortError(err) + ")")
		return x, nil
	}
	x.InStep = x.Why == ""
	for i, f := range fields {
		row := ExplainedField{Field: f.Name, GHL: f.GHL.Raw, Commonsku: f.Commonsku.Raw, Outcome: string(outcomes[i].Case), Why: string(outcomes[i].Why)}
		if f.Base != nil {
			row.Base = f.Base.Key
		}
		if outcomes[i].Writes() {
			x.InStep = false
		}
		x.Fields = append(x.Fields, row)
	}
	return x, nil
}

func shortError(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Title
	}
	t := err.Error()
	if len(t) > 120 {
		t = t[:120] + "…"
	}
	return t
}
