package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/internal/connector"
	"tandem/internal/mapping"
	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// explain sets why a link is not in step, parks what waits for a person, and closes what no longer does.
func (e *Engine) explain(tx *store.Tx, j *job, link *store.Link, s *linked, outcomes []merge.Outcome, res result, lost []mapping.NotStored) error {
	link.Why, link.WhyDetail = "", ""
	why := func(reason, detail string) {
		if link.Why == "" {
			link.Why, link.WhyDetail = reason, detail
		}
	}
	open := map[string]bool{} // field and reason of what is parked now
	park := func(p store.Parked) error {
		p.Pair, p.LinkID, p.Key, p.CreatedAt = link.Pair, link.ID, linkKey(link.ID), e.now()
		p.Ref = record.Ref{Side: record.GHL, Kind: link.Kind, ID: link.GHL}
		open[p.Why+"\x1f"+p.Field] = true
		return tx.Park(&p)
	}
	for _, o := range outcomes {
		ce := res.failed[o.Name]
		switch {
		case ce != nil && ce.Class == connector.Duplicate:
			why("taken", o.Name+" is already used by another record")
			if err := park(store.Parked{Why: "taken", Field: o.Name, Class: string(ce.Class), Cause: plainCause(ce), Mend: mendOf(ce), Candidates: candidate(res.taken)}); err != nil {
				return err
			}
		case ce != nil:
			reason := "dead"
			if ce.Class == connector.Forbidden {
				reason = "no_permission"
			}
			why(reason, plainCause(ce))
			if err := park(store.Parked{Why: reason, Field: o.Name, Class: string(ce.Class), Cause: plainCause(ce), Mend: mendOf(ce)}); err != nil {
				return err
			}
		case o.Conflict != nil && o.Name == companyRow && s.askCompany:
			why("ask", "the company is spelled differently")
			if err := park(store.Parked{Why: "ask", Field: o.Name, Base: o.Conflict.Base, GHL: s.ghl.Get("companyName"), Commonsku: record.Text(s.client.Name),
				Cause:      fmt.Sprintf("GHL says %q, commonsku %q: one company, or two?", s.ghl.Text("companyName"), s.client.Name),
				Candidates: []store.Candidate{{Ref: s.client.Ref, Label: s.client.Name, Reason: "similar spelling"}}}); err != nil {
				return err
			}
		case o.Conflict != nil:
			why("conflict", o.Name+" was edited on both sides")
			if err := park(store.Parked{Why: "conflict", Field: o.Name, Base: o.Conflict.Base, GHL: o.Conflict.GHL, Commonsku: o.Conflict.Commonsku}); err != nil {
				return err
			}
		case o.Why != merge.InStep:
			why(string(o.Why), o.Reason)
		}
	}
	for _, n := range lost {
		why("not_stored", fmt.Sprintf("%s accepted %s but keeps another value", n.Side, n.Row))
		if err := park(store.Parked{Why: "not_stored", Field: n.Row, GHL: n.Want, Commonsku: n.Have, Cause: string(n.Side) + " accepted the value and did not keep it"}); err != nil {
			return err
		}
	}
	for _, pk := range s.parked {
		if !open[pk.Why+"\x1f"+pk.Field] && pk.Why != "guard" {
			if err := tx.Unpark(pk.ID, "in step again"); err != nil {
				return err
			}
		}
	}
	return nil
}

// events are the history rows of a finished job: every field written with its old and new value and the reason, and
// every value that lost (I1).
func (e *Engine) events(j *job, s *linked, done []merge.Outcome, res result) []store.Event {
	base := store.Event{Pair: s.link.Pair, LinkID: s.link.ID, Kind: s.link.Kind, GHL: s.link.GHL, Commonsku: s.link.Commonsku, At: e.now()}
	out := append([]store.Event(nil), res.extra...)
	for i := range out {
		out[i].Pair, out[i].LinkID, out[i].Kind, out[i].GHL, out[i].Commonsku, out[i].At = base.Pair, base.LinkID, base.Kind, base.GHL, base.Commonsku, base.At
	}
	add := func(action string, side record.Side, o merge.Outcome, before, after record.Value) {
		ev := base
		ev.Action, ev.Side, ev.Field, ev.Old, ev.New, ev.Reason = action, side, o.Name, before, after, o.Reason
		out = append(out, ev)
	}
	for _, o := range done {
		row, _ := j.pair.Contacts.Row(o.Name)
		for _, side := range record.Sides {
			if o.To(side) == nil {
				continue
			}
			before, after := s.raw(side, row), res.after.raw(side, row)
			if o.Name == companyRow && side == record.Commonsku {
				before, after = record.Text(s.client.Name), record.Text(res.after.client.Name)
			}
			add("updated", side, o, before, after)
		}
		for _, k := range o.Kept {
			add("kept", k.Side, o, shownKey(k.Value), shownKey(o.After))
		}
	}
	return out
}

// shownKey takes the client id out of a company key, which is for machines.
func shownKey(v record.Value) record.Value {
	t := v.Text()
	for i := range len(t) {
		if t[i] == '\x1f' {
			return record.Text(t[i+1:])
		}
	}
	return v
}

// raw is what a side holds in a row.
func (s *linked) raw(side record.Side, row mapping.Row) record.Value {
	if side == record.GHL {
		return s.ghl.Get(row.GHL)
	}
	return s.commonsku.Get(s.fieldOf(side, row))
}

// fieldOf is the field of a row on a side, with the phone slot that the link is bound to.
func (s *linked) fieldOf(side record.Side, row mapping.Row) string {
	if side == record.GHL {
		return row.GHL
	}
	if slot := s.link.Meta["phone_slot"]; row.Special == mapping.Phone && slot != "" {
		return slot
	}
	return row.Commonsku.Field
}

func candidate(ref record.Ref) []store.Candidate {
	if ref.IsZero() {
		return nil
	}
	return []store.Candidate{{Ref: ref}}
}

// plainCause is an error as one sentence for the office manager.
func plainCause(err error) string {
	ce, ok := connector.AsError(err)
	if !ok {
		return shorten(err.Error(), 300)
	}
	side, _, _ := cutSpace(ce.Op)
	switch ce.Class {
	case connector.Invalid:
		if ce.Field != "" {
			return side + " does not accept the value of " + ce.Field
		}
		return side + " does not accept a value of this record"
	case connector.Duplicate:
		return side + " already has another record with this e-mail, phone or name"
	case connector.Forbidden:
		return "the credential for " + side + " may not do this"
	case connector.Absent:
		return "this " + side + " account does not offer this"
	case connector.Auth:
		return side + " does not accept the credential"
	}
	return side + " did not answer as expected, again and again"
}

// mendOf says what a person can do about an error.
func mendOf(err error) string {
	ce, ok := connector.AsError(err)
	if ok && ce.Mend != "" {
		return ce.Mend
	}
	switch connector.ClassOf(err) {
	case connector.Invalid:
		return "Correct the value on the side where it was entered; the record is tried again at once."
	case connector.Duplicate:
		return "Merge the two records, or change the value on one of them."
	case connector.Forbidden, connector.Absent:
		return "Run `tandem doctor` to see which permission is missing."
	}
	return "Replay it when the other system is well again."
}

func cutSpace(s string) (before, after string, found bool) {
	for i := range len(s) {
		if s[i] == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

// freezeAfter is how often the same value may be written to the same field of one side within freezeWindow before the
// record is frozen: people do not repeat themselves like that, two programs do.
const (
	freezeAfter  = 4
	freezeWindow = 10 * time.Minute
)

// frozen finds a ping-pong: another program takes back what Tandem writes. The record stops, and says why, until it is
// edited by a person on a side or decided.
func (e *Engine) frozen(ctx context.Context, j *job, s *linked, outcomes []merge.Outcome) (bool, error) {
	now := e.now()
	if now.Sub(s.link.SyncedAt) > freezeWindow || !anyWrites(outcomes) {
		return false, nil
	}
	var recent []store.Event
	err := e.store.View(ctx, func(tx *store.Tx) (err error) {
		recent, err = tx.RecentEvents(s.link.ID, now.Add(-freezeWindow))
		return err
	})
	if err != nil {
		return false, err
	}
	for _, o := range outcomes {
		for _, side := range record.Sides {
			if o.To(side) == nil || repeats(recent, side, o) < freezeAfter {
				continue
			}
			detail := fmt.Sprintf("%s of %s was written %d times in %s and each time taken back", o.Name, side, freezeAfter, freezeWindow)
			return true, e.store.Update(ctx, func(tx *store.Tx) error {
				l := s.link
				l.Why, l.WhyDetail = "frozen", detail
				if err := tx.UpdateLink(l); err != nil {
					return err
				}
				p := store.Parked{Pair: l.Pair, Why: "frozen", LinkID: l.ID, Ref: record.Ref{Side: record.GHL, Kind: l.Kind, ID: l.GHL},
					Field: o.Name, Key: linkKey(l.ID), Cause: detail, CreatedAt: now,
					Mend: "Find the other program or workflow that changes this field, then replay the record."}
				if err := tx.Park(&p); err != nil {
					return err
				}
				return tx.Done(j.Work)
			})
		}
	}
	return false, nil
}

// repeats counts how often the field was written to a side with the value that it got first in the window: people write
// many values, a ping-pong the same one.
func repeats(recent []store.Event, side record.Side, o merge.Outcome) int {
	counts := map[string]int{}
	most := 0
	for _, ev := range recent {
		if ev.Action == "updated" && ev.Side == side && ev.Field == o.Name {
			counts[ev.New.String()]++
			most = max(most, counts[ev.New.String()])
		}
	}
	return most
}

func anyWrites(outcomes []merge.Outcome) bool {
	for _, o := range outcomes {
		if o.Writes() {
			return true
		}
	}
	return false
}
