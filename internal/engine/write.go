package engine

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"tandem/internal/apply"
	"tandem/internal/connector"
	"tandem/internal/mapping"
	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// result is what the writes of one job came to.
type result struct {
	sent    []apply.Sent
	after   *linked                     // both records as the answers show them
	failed  map[string]*connector.Error // rows that a side refused, by row
	refused *connector.Error
	taken   record.Ref                              // who holds the value that was refused as a duplicate
	reached map[record.Side]map[string]bool         // rows whose write to a side was answered
	shown   map[record.Side]map[string]record.Value // all that the answers showed
	extra   []store.Event                           // what was done besides the rows: a client made, a stand-in renamed
}

// write sends what the outcomes decided: first to commonsku, then to GHL. On an error it returns what was sent so far.
func (e *Engine) write(ctx context.Context, j *job, s *linked, outcomes []merge.Outcome) (result, error) {
	p := j.pair
	after := *s
	after.ghl.Fields, after.commonsku.Fields = maps.Clone(s.ghl.Fields), maps.Clone(s.commonsku.Fields)
	res := result{after: &after, failed: map[string]*connector.Error{}, reached: map[record.Side]map[string]bool{}, shown: map[record.Side]map[string]record.Value{}}
	changes := p.Contacts.Writes(outcomes, p.view(s))
	if err := e.companyWrites(ctx, j, s, outcomes, changes, &res); err != nil {
		return res, err
	}
	if fill := s.fill(); len(fill) > 0 {
		c := changes[record.GHL]
		for f, v := range fill {
			if s.ghl.Get(f).IsEmpty() {
				c.Fields[f] = v
			}
		}
		changes[record.GHL] = c
	}
	for _, side := range []record.Side{record.Commonsku, record.GHL} {
		c := changes[side]
		if c.Empty() {
			continue
		}
		for _, w := range p.writesTo(side, s, c) {
			sent, err := e.writer.Do(ctx, apply.Order{Work: j.Work, Pair: p.Name, LinkID: s.link.ID, Driver: p.Driver(side), Write: w})
			if err != nil {
				if res.refuse(p, side, c, w, err) {
					continue
				}
				return res, err
			}
			res.sent = append(res.sent, sent)
			res.absorb(side, w, sent.Answer)
			res.reach(p, side, c, w)
		}
	}
	return res, nil
}

// writesTo are the calls that carry c: one for scalar fields, and where the side changes tags by element at most one for
// those added and one for those removed.
func (p *Pair) writesTo(side record.Side, s *linked, c mapping.Changes) []connector.Write {
	ref := record.Ref{Side: side, Kind: s.link.Kind, ID: s.link.GHL}
	current := s.ghl
	if side == record.Commonsku {
		ref.ID, current = s.link.Commonsku, s.commonsku
	}
	can := p.Driver(side).Can()
	fields := maps.Clone(c.Fields)
	var out []connector.Write
	var tags []connector.Write
	for _, name := range slices.Sorted(maps.Keys(c.Sets)) {
		set := c.Sets[name]
		if name != "tags" || !can.TagVerbs {
			fields[name] = set.Whole
			continue
		}
		if len(set.Add) > 0 {
			tags = append(tags, connector.Write{Verb: connector.AddTags, Ref: ref, Fields: map[string]record.Value{"tags": record.Set(set.Add...)}})
		}
		if len(set.Remove) > 0 {
			tags = append(tags, connector.Write{Verb: connector.RemoveTags, Ref: ref, Fields: map[string]record.Value{"tags": record.Set(set.Remove...)}})
		}
	}
	if len(fields) > 0 {
		wholeGroups(fields, current, can.Kinds[s.link.Kind].Fields)
		out = append(out, connector.Write{Verb: connector.Update, Ref: ref, Fields: fields})
	}
	return append(out, tags...)
}

// wholeGroups adds the rest of each field group (an address) of which a part is written, from what the side holds.
func wholeGroups(fields map[string]record.Value, current record.Record, known map[string]connector.Field) {
	groups := map[string]bool{}
	for f := range fields {
		if g := known[f].Group; g != "" {
			groups[g] = true
		}
	}
	if len(groups) == 0 {
		return
	}
	for f, k := range known {
		if _, written := fields[f]; !written && k.Writable && groups[k.Group] && !current.Get(f).IsEmpty() {
			fields[f] = current.Get(f)
		}
	}
}

// refuse notes a definite refusal of a write, so that the other side and the tags go on: the record is not dead because a
// phone is already somebody else's.
func (r *result) refuse(p *Pair, side record.Side, c mapping.Changes, w connector.Write, err error) bool {
	ce, ok := connector.AsError(err)
	if !ok {
		return false
	}
	switch ce.Class {
	case connector.Duplicate, connector.Invalid, connector.Forbidden:
	default:
		return false
	}
	r.refused, r.taken = ce, ce.InWay
	for _, row := range rowsIn(p, side, c, w) {
		r.failed[row] = ce
	}
	return true
}

// reach notes the rows that an answered write carried.
func (r *result) reach(p *Pair, side record.Side, c mapping.Changes, w connector.Write) {
	if r.reached[side] == nil {
		r.reached[side] = map[string]bool{}
	}
	for _, row := range rowsIn(p, side, c, w) {
		r.reached[side][row] = true
	}
}

// rowsIn are the rows of c that w carries.
func rowsIn(p *Pair, side record.Side, c mapping.Changes, w connector.Write) []string {
	var out []string
	for _, name := range c.Rows {
		row, _ := p.Contacts.Row(name)
		tags := row.Rule.Set && p.Driver(side).Can().TagVerbs
		if tags == (w.Verb != connector.Update) {
			out = append(out, name)
		}
	}
	return out
}

// absorb takes over what an answer shows of the fields that were written; of the others it only remembers what it showed,
// since an edit of somebody else must never become base (I1).
func (r *result) absorb(side record.Side, w connector.Write, answer record.Record) {
	to := &r.after.ghl
	if side == record.Commonsku {
		to = &r.after.commonsku
	}
	for f := range w.Fields {
		if v, told := answer.Fields[f]; told {
			to.Fields[f] = v
		}
	}
	if r.shown[side] == nil {
		r.shown[side] = map[string]record.Value{}
	}
	maps.Copy(r.shown[side], answer.Fields)
	if !answer.Changed.IsZero() {
		to.Changed = answer.Changed
	}
	if !answer.Parent.IsZero() {
		to.Parent = answer.Parent
	}
}

// settle stores what a finished job found and did, in one transaction: bases of what is agreed and of what was written,
// history, what waits for a person, the link's state; and closes the row.
//
// Only written fields become base from an answer. A field not written that the answer shows changed is somebody's edit
// between our read and our write: it makes the record dirty again (I1).
func (e *Engine) settle(ctx context.Context, j *job, s *linked, outcomes []merge.Outcome, res result, cause error) error {
	p := j.pair
	done := slices.DeleteFunc(slices.Clone(outcomes), func(o merge.Outcome) bool { return res.failed[o.Name] != nil || !e.landed(o, res) })
	bases, lost := p.Contacts.Settle(done, p.view(s), p.viewAfter(s, res.after))
	companyBase(bases, done, s, res.after)
	now := e.now()
	bctx := context.WithoutCancel(ctx)
	return e.store.Update(bctx, func(tx *store.Tx) error {
		if err := tx.Hold(j.Work); err != nil {
			return err
		}
		for _, sent := range res.sent {
			if err := e.writer.Settle(tx, p.Name, p.Driver(sent.Write.Ref.Side), sent); err != nil {
				return err
			}
		}
		// What an earlier run left: both sides were read since, so its question is answered. A create that was lost before
		// the record got its counterpart made that one, or a twin, which the next sweep shows.
		for _, in := range s.intents {
			if err := tx.DeleteIntent(in.ID); err != nil {
				return err
			}
		}
		if len(s.sights) > 0 && cause == nil {
			if err := tx.ForgetWatermarks(p.Name, sightPrefix(s.link.ID)); err != nil {
				return err
			}
		}
		if len(bases) > 0 {
			all := maps.Clone(s.bases)
			maps.Copy(all, bases)
			if err := tx.PutBases(s.link.ID, all); err != nil {
				return err
			}
		}
		link := res.after.link
		link.GHLChanged, link.CommonskuChanged = latest(res.after.ghl.Changed, link.GHLChanged), latest(res.after.commonsku.Changed, link.CommonskuChanged)
		for _, o := range outcomes {
			link.Meta = withoutMeta(link.Meta, "resolved:"+o.Name)
		}
		link.Meta = withoutMeta(link.Meta, "fill")
		link.Meta = withoutMeta(withoutMeta(link.Meta, "gone_ghl"), "gone_commonsku")
		link.GHLParent, link.CommonskuParent = "", res.after.commonsku.Parent.ID
		if err := e.explain(tx, j, &link, s, outcomes, res, lost); err != nil {
			return err
		}
		link.SyncedAt = now
		if rememberClientRows(&link, p, res.after.ghl) && link.CommonskuParent != "" {
			if err := markClient(tx, p, link.CommonskuParent, j.Lane); err != nil {
				return err
			}
		}
		if err := tx.UpdateLink(link); err != nil {
			return err
		}
		if err := tx.AddEvents(e.events(j, s, done, res)...); err != nil {
			return err
		}
		for _, r := range []record.Record{res.after.ghl, res.after.commonsku} {
			before, _, err := tx.SeenOf(p.Name, r.Ref)
			if err != nil {
				return err
			}
			seen := seenOf(p.Name, r, p.env(), before)
			seen.SeenAt, seen.GoneAt = now, r.Deleted
			if err := tx.PutSeen(seen); err != nil {
				return err
			}
		}
		if cause != nil {
			return nil // the row goes on to its retry
		}
		if edited := editedMeanwhile(p, s, outcomes, res); edited {
			if err := tx.Mark(store.Mark{Pair: p.Name, Key: linkKey(s.link.ID), Lane: j.Lane, Cause: "edited while it was written"}); err != nil {
				return err
			}
		}
		return tx.Done(j.Work)
	})
}

// partly stores what did land of a plan whose rest failed, and hands the failure on.
func (e *Engine) partly(ctx context.Context, j *job, s *linked, outcomes []merge.Outcome, res result, cause error) error {
	if len(res.sent) == 0 {
		return cause
	}
	if err := e.settle(ctx, j, s, outcomes, res, cause); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// landed says whether everything that o writes was sent.
func (e *Engine) landed(o merge.Outcome, res result) bool {
	for _, side := range record.Sides {
		if o.To(side) == nil {
			continue
		}
		if !res.reached[side][o.Name] {
			return false
		}
	}
	return true
}

// viewAfter is the view of both records as they are after the writes.
func (p *Pair) viewAfter(s, after *linked) mapping.View {
	v := p.view(s)
	v.GHL, v.Commonsku = after.ghl, after.commonsku
	return v
}

// editedMeanwhile finds a field that we did not write and that an answer shows changed: somebody edited it between our
// read and our write. It never becomes base; the record runs again.
func editedMeanwhile(p *Pair, s *linked, outcomes []merge.Outcome, res result) bool {
	written := map[string]merge.Outcome{}
	for _, o := range outcomes {
		written[o.Name] = o
	}
	for _, side := range record.Sides {
		for _, row := range p.Contacts.Rows {
			if row.Name == companyRow || row.Commonsku.Owner != record.Contact || written[row.Name].To(side) != nil {
				continue
			}
			after, told := res.shown[side][s.fieldOf(side, row)]
			if !told {
				continue
			}
			before := s.raw(side, row)
			if !before.Equal(after) && !row.Form.Key(before, p.env()).Equal(row.Form.Key(after, p.env())) {
				return true
			}
		}
	}
	return false
}

// withoutMeta copies only where there is something to take out.
func withoutMeta(m map[string]string, key string) map[string]string {
	if _, ok := m[key]; !ok {
		return m
	}
	return withMeta(m, key, "")
}

// fill is what the client's job found that the contact in GHL lacks.
func (s *linked) fill() map[string]record.Value {
	var out map[string]record.Value
	if text, ok := s.link.Meta["fill"]; ok && json.Unmarshal([]byte(text), &out) != nil {
		return nil
	}
	return out
}
