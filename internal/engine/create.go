package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"tandem/internal/apply"
	"tandem/internal/connector"
	"tandem/internal/mapping"
	"tandem/internal/match"
	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// secondLookAfter: a create whose answer was lost is tried again only after two empty looks, the last at least this long
// after sending. Source: semantics, "Writes whose answer is lost".
const secondLookAfter = 35 * time.Second

// create makes the far side's record of one that has no counterpart, links both, and stores what they agree on.
func (e *Engine) create(ctx context.Context, j *job, r record.Record, withhold []string) error {
	p, far := j.pair, r.Ref.Side.Other()
	ok, err := e.wanted(ctx, p, r)
	if err != nil || !ok {
		return err
	}
	s := &linked{link: newLink(p, r.Ref, record.Ref{Side: far, Kind: r.Ref.Kind}), bases: store.Bases{}}
	if far == record.Commonsku {
		s.ghl, s.commonsku = r, record.Record{Ref: record.Ref{Side: far, Kind: r.Ref.Kind}}
	} else {
		s.commonsku, s.ghl = r, record.Record{Ref: record.Ref{Side: far, Kind: r.Ref.Kind}}
		if s.client, err = e.clientOf(ctx, p, r); err != nil {
			return err
		}
		if s.clientRecord, err = e.clientRecord(ctx, p, s.client); err != nil {
			return err
		}
	}
	outcomes, fields, err := e.birth(ctx, j, s, withhold)
	if err != nil {
		return err
	}
	w := connector.Write{Verb: connector.Create, Ref: record.Ref{Side: far, Kind: r.Ref.Kind}, Fields: fields}
	if s.client.Ref.ID != "" && far == record.Commonsku {
		w.Parent = s.client.Ref
		fields["client_id"] = record.Text(s.client.Ref.ID)
	}
	sent, err := e.writer.Do(ctx, apply.Order{
		Work: j.Work, Pair: p.Name, Driver: p.Driver(far), Write: w, Fingerprint: fingerprint(far, fields, p.env()),
	})
	switch {
	case err == nil:
	case connector.ClassOf(err) == connector.Duplicate:
		return e.inTheWay(ctx, j, r, withhold, err)
	case connector.ClassOf(err) == connector.Invalid:
		return e.refusedCreate(ctx, j, r, sent.Intent, withhold, err)
	default:
		return err
	}
	return e.born(ctx, j, r, s, outcomes, sent, len(withhold) > 0)
}

// wanted says whether the pair's rules want a record of this side on the other one.
func (e *Engine) wanted(ctx context.Context, p *Pair, r record.Record) (bool, error) {
	pol, far := p.Settings.Contacts, r.Ref.Side.Other()
	if !p.writable(far, r.Ref.Kind) || !pol.Direction.Allows(far) {
		return false, nil
	}
	gate := pol.Filter
	if far == record.GHL {
		if !pol.CreateGHL {
			return false, nil
		}
	} else {
		if !pol.CreateCommonsku {
			return false, nil
		}
		if pol.When != nil {
			ok, err := pol.When.Bool(ctx, facts(p, r))
			if err != nil || !ok {
				return false, err // watched: the next change of the contact asks again
			}
		}
	}
	if gate == nil {
		return true, nil
	}
	return gate.Bool(ctx, facts(p, r))
}

// birth merges the record against an empty far side, and says with which raw values that is made.
func (e *Engine) birth(ctx context.Context, j *job, s *linked, withhold []string) ([]merge.Outcome, map[string]record.Value, error) {
	p := j.pair
	far := record.Commonsku
	if s.ghl.Ref.ID == "" {
		far = record.GHL
	}
	v := p.view(s)
	in, problems := p.Contacts.Fields(ctx, v)
	for _, pr := range problems {
		e.log.Warn("a mapping row cannot be read", "pair", p.Name, "row", pr.Row, "err", pr.Err)
	}
	outcomes := merge.Record(in, e.now())
	changes := p.Contacts.Writes(outcomes, v)[far]
	fields := maps.Clone(changes.Fields)
	for name, set := range changes.Sets {
		fields[name] = set.Whole
	}
	for _, name := range withhold {
		delete(fields, name)
	}
	outcomes = slices.DeleteFunc(outcomes, func(o merge.Outcome) bool { // no base without the value: the next run tries it, and says why not
		row, _ := p.Contacts.Row(o.Name)
		name := row.GHL
		if far == record.Commonsku {
			name = row.Commonsku.Field
		}
		return slices.Contains(withhold, name)
	})
	for _, row := range p.Contacts.Rows {
		if far == record.GHL && row.Commonsku.Owner == record.Company && row.Special == mapping.Ordinary && row.Rule.Direction.Allows(far) {
			if v := s.clientRecord.Get(row.Commonsku.Field); !v.IsEmpty() {
				fields[row.GHL] = v
			}
		}
	}
	if far == record.Commonsku {
		first, last := mapping.PlaceholderNames(fields["first_name"].Text(), fields["last_name"].Text(), s.ghl.Text("email"), s.ghl.Text("phone"))
		fields["first_name"], fields["last_name"] = record.Text(first), record.Text(last)
	}
	if row, ok := p.Contacts.Row(companyRow); ok {
		o, err := e.birthCompany(ctx, j, s, row, far, fields)
		if err != nil {
			return nil, nil, err
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, fields, nil
}

// birthCompany places the new record: in commonsku under its client (found, made, or a stand-in), in GHL by the client's name.
func (e *Engine) birthCompany(ctx context.Context, j *job, s *linked, row mapping.Row, far record.Side, fields map[string]record.Value) (merge.Outcome, error) {
	o := merge.Outcome{Name: row.Name, Case: merge.FirstLinkOnlyGHL, Reason: "new"}
	if far == record.GHL {
		o.Case = merge.FirstLinkOnlyCommonsku
		if s.client.Ref.ID != "" && !isStandIn(s.link, s.client, s.commonsku) && row.Rule.Direction.Allows(far) {
			key := clientKey(s.client)
			o.ToGHL, o.After = &key, key
			fields["companyName"] = record.Text(s.client.Name)
		}
		return o, nil
	}
	name := s.ghl.Text("companyName")
	var err error
	if name == "" {
		ghost := record.Record{Fields: map[string]record.Value{"first_name": fields["first_name"], "last_name": fields["last_name"], "email": fields["email"]}}
		s.client, _, err = e.standIn(ctx, j, ghost, 0)
		s.link.Meta = withMeta(s.link.Meta, "stand_in", s.client.Ref.ID)
		return o, err
	}
	if s.client, s.clientMade, err = e.ensureClient(ctx, j, name, 0); err != nil {
		return o, err
	}
	key := clientKey(s.client)
	o.ToCommonsku, o.After = &key, key
	return o, nil
}

// born stores the link, the bases and the history of a record that was just made.
func (e *Engine) born(ctx context.Context, j *job, r record.Record, s *linked, outcomes []merge.Outcome, sent apply.Sent, incomplete bool) error {
	p, far := j.pair, r.Ref.Side.Other()
	made := sent.Answer
	after := *s
	if far == record.GHL {
		after.ghl, after.link.GHL = made, made.Ref.ID
	} else {
		after.commonsku, after.link.Commonsku = made, made.Ref.ID
	}
	bases, _ := p.Contacts.Settle(outcomes, p.view(s), p.viewAfter(s, &after))
	for _, o := range outcomes {
		if o.Name == companyRow {
			bases[companyRow] = merge.Base{GHL: after.ghl.Get("companyName"), Commonsku: clientKey(s.client), Key: o.After}
		}
	}
	link := after.link
	link.GHLChanged, link.CommonskuChanged, link.CommonskuParent = after.ghl.Changed, after.commonsku.Changed, s.client.Ref.ID
	link.SyncedAt, link.CreatedAt = e.now(), e.now()
	fills := rememberClientRows(&link, p, after.ghl) && far == record.Commonsku
	err := e.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		link.ID = 0
		if err := tx.Hold(j.Work); err != nil {
			return err
		}
		if err := e.writer.Settle(tx, p.Name, p.Driver(far), sent); err != nil {
			return err
		}
		if err := tx.InsertLink(&link); err != nil {
			return err
		}
		if err := tx.PutBases(link.ID, bases); err != nil {
			return err
		}
		seen := seenOf(p.Name, made, p.env(), store.Seen{})
		seen.SeenAt = e.now()
		if err := tx.PutSeen(seen); err != nil {
			return err
		}
		if incomplete {
			if err := tx.Mark(store.Mark{Pair: p.Name, Key: linkKey(link.ID), Lane: j.Lane, Cause: "made without a value that was refused"}); err != nil {
				return err
			}
		}
		if fills && link.CommonskuParent != "" {
			if err := markClient(tx, p, link.CommonskuParent, j.Lane); err != nil {
				return err
			}
		}
		if err := placed(tx, link); err != nil {
			return err
		}
		ev := store.Event{Pair: p.Name, LinkID: link.ID, Kind: link.Kind, GHL: link.GHL, Commonsku: link.Commonsku, At: e.now(), Action: "created", Side: far, Reason: "new in " + string(r.Ref.Side)}
		if err := tx.AddEvents(ev); err != nil {
			return err
		}
		return tx.Done(j.Work)
	})
	if err != nil {
		return err
	}
	e.closed(j, 1)
	return errFinished
}

// refusedCreate deals with a create that the far side calls invalid. It may exist all the same (vendor tracker, issue
// 64): it is looked for first. If one field is to blame, the record is made without it, and says so.
func (e *Engine) refusedCreate(ctx context.Context, j *job, r record.Record, in store.Intent, withheld []string, refusal error) error {
	if in.ID != 0 {
		found, err := e.lookForOurs(ctx, j.pair, in)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return e.adopt(ctx, j, r, in, found)
		}
		if err := e.store.Update(ctx, func(tx *store.Tx) error { return tx.DeleteIntent(in.ID) }); err != nil {
			return err
		}
	}
	ce, _ := connector.AsError(refusal)
	field := canonicalField(j.pair, r.Ref.Side.Other(), ce.Field)
	if field == "" || len(withheld) >= withheldMost || slices.Contains(withheld, field) {
		return refusal
	}
	return e.create(ctx, j, r, append(withheld, field))
}

// withheldMost is how many refused fields a record may be made without.
const withheldMost = 3

// canonicalField is the far side's field that a refusal named, "" where a record cannot be made without it.
func canonicalField(p *Pair, side record.Side, field string) string {
	if field == "" {
		return ""
	}
	for _, row := range p.Contacts.Rows {
		name := row.GHL
		if side == record.Commonsku {
			name = row.Commonsku.Field
			if field == "contact_"+name {
				field = name
			}
			if name == "first_name" || name == "last_name" || name == "client_id" {
				continue
			}
		}
		if name == field {
			return name
		}
	}
	return ""
}

// inTheWay deals with a create that the far side refuses as a duplicate. That never changes a link: the record that is
// there is read and decided locally; if it is somebody else, the create goes on without the value that is taken.
func (e *Engine) inTheWay(ctx context.Context, j *job, r record.Record, withheld []string, refusal error) error {
	ce, _ := connector.AsError(refusal)
	p, far := j.pair, r.Ref.Side.Other()
	if ce.InWay.ID != "" {
		ref := record.Ref{Side: far, Kind: r.Ref.Kind, ID: ce.InWay.ID}
		there, gone, err := read(ctx, p.Driver(far), ref)
		if err != nil {
			return err
		}
		if !gone {
			f, err := e.judge(ctx, p, person(r, p.env()), []match.Person{person(there, p.env())}, map[string]record.Record{ref.ID: there})
			if err != nil {
				return err
			}
			switch f.verdict {
			case verdictLink:
				return e.link(ctx, j, r, there, f.reason)
			case verdictAsk, verdictTwin:
				return e.ask(ctx, j, r, f)
			}
		}
	}
	field := ce.Field
	if field != "email" && field != "phone" || slices.Contains(withheld, field) {
		return refusal
	}
	return e.create(ctx, j, r, append(withheld, field))
}

// recoverCreate settles what an earlier run may have made: a sent create intent without an answer. One record with the
// same fingerprint on the far side, unlinked, is ours; none is looked for a second time before the create is tried again.
func (e *Engine) recoverCreate(ctx context.Context, j *job, r record.Record, intents []store.Intent) (done bool, err error) {
	p, far := j.pair, r.Ref.Side.Other()
	for _, in := range intents {
		if in.Verb != string(connector.Create) {
			continue
		}
		if in.Ref.Kind == record.Company { // looking by name comes before each create of a client anyway
			if err := e.store.Update(ctx, func(tx *store.Tx) error { return tx.DeleteIntent(in.ID) }); err != nil {
				return false, err
			}
			continue
		}
		found, err := e.lookForOurs(ctx, p, in)
		if err != nil {
			return false, err
		}
		switch {
		case len(found) > 0:
			return true, e.adopt(ctx, j, r, in, found)
		case in.Looks >= 1 && e.now().Sub(in.SentAt) >= secondLookAfter:
			err := e.store.Update(ctx, func(tx *store.Tx) error { return tx.DeleteIntent(in.ID) })
			if err != nil {
				return false, err
			}
		default:
			in.Looks++
			in.LookedAt = e.now()
			if err := e.store.Update(ctx, func(tx *store.Tx) error { return tx.PutIntent(&in) }); err != nil {
				return false, err
			}
			return false, later{at: latest(in.SentAt.Add(secondLookAfter), e.now().Add(time.Second)), why: fmt.Sprintf("a create in %s was not answered", far)}
		}
	}
	return false, nil
}

// lookForOurs finds unlinked far-side records that look like what the intent made, by the evidence that the side offers.
func (e *Engine) lookForOurs(ctx context.Context, p *Pair, in store.Intent) ([]record.Record, error) {
	n := identityOf[in.Ref.Side]
	me := match.Person{Email: record.Email(in.Fields[n.email].Text()), Phone: record.Phone(in.Fields[n.phone].Text(), p.env().Region)}
	rows, err := e.askFarSide(ctx, p, in.Ref.Side, me)
	if err != nil {
		return nil, err
	}
	if me.Email == "" { // nothing to search by: what was made lately is listed
		page, err := p.Driver(in.Ref.Side).Page(ctx, connector.Query{Kind: in.Ref.Kind, Since: in.SentAt.Add(-2 * time.Minute)})
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.Records...)
	}
	var out []record.Record
	for _, row := range rows {
		full, gone, err := read(ctx, p.Driver(in.Ref.Side), row.Ref)
		if err != nil {
			return nil, err
		}
		if gone || fingerprint(in.Ref.Side, full.Fields, p.env()) != in.Fingerprint {
			continue
		}
		if !full.Created.IsZero() && full.Created.Before(in.SentAt.Add(-2*time.Minute)) {
			continue
		}
		var linkedAlready bool
		err = e.store.View(ctx, func(tx *store.Tx) (err error) {
			_, linkedAlready, err = tx.LinkOf(p.Name, full.Ref)
			return err
		})
		if err != nil {
			return nil, err
		}
		if !linkedAlready {
			out = append(out, full)
		}
	}
	return out, nil
}

// adopt takes a record that was made by a lost create as ours, and merges it as a first link whose values are our own.
func (e *Engine) adopt(ctx context.Context, j *job, r record.Record, in store.Intent, found []record.Record) error {
	one := found[0]
	for _, f := range found[1:] {
		if f.Created.Before(one.Created) {
			one = f
		}
	}
	l := newLink(j.pair, r.Ref, one.Ref)
	l.CommonskuParent = one.Parent.ID
	err := e.store.Update(ctx, func(tx *store.Tx) error {
		l.ID = 0
		if err := tx.Hold(j.Work); err != nil {
			return err
		}
		if err := e.writer.Adopt(tx, in, j.pair.Driver(one.Ref.Side), one); err != nil {
			return err
		}
		if err := tx.InsertLink(&l); err != nil {
			return err
		}
		ev := store.Event{Pair: l.Pair, LinkID: l.ID, Kind: l.Kind, GHL: l.GHL, Commonsku: l.Commonsku, At: e.now(), Action: "created", Side: one.Ref.Side, Reason: "its answer had been lost; found again"}
		if err := tx.AddEvents(ev); err != nil {
			return err
		}
		if err := tx.Mark(store.Mark{Pair: l.Pair, Key: linkKey(l.ID), Lane: j.Lane, Cause: "found again"}); err != nil {
			return err
		}
		return tx.Done(j.Work)
	})
	if err != nil {
		return err
	}
	return errFinished
}
