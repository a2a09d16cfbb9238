package engine

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"tandem/internal/apply"
	"tandem/internal/connector"
	"tandem/internal/mapping"
	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// companyWrites adds what the company row decided: in commonsku another client (found, or made), in GHL the client's
// name. It never renames a client that others share; a stand-in is renamed with its person.
func (e *Engine) companyWrites(ctx context.Context, j *job, s *linked, outcomes []merge.Outcome, changes map[record.Side]mapping.Changes, res *result) error {
	p := j.pair
	for _, o := range outcomes {
		if o.Name != companyRow {
			continue
		}
		if key := o.To(record.GHL); key != nil {
			c := changes[record.GHL]
			c.Fields["companyName"] = record.Text(clientNameIn(*key, s.client))
			c.Rows = append(c.Rows, companyRow)
			changes[record.GHL] = c
		}
		if key := o.To(record.Commonsku); key != nil {
			client, err := e.clientFor(ctx, j, s, *key, res)
			if err != nil {
				return err
			}
			res.after.client = client
			c := changes[record.Commonsku]
			if client.Ref.ID != s.client.Ref.ID {
				c.Fields["client_id"] = record.Text(client.Ref.ID)
			}
			c.Rows = append(c.Rows, companyRow)
			changes[record.Commonsku] = c
			if client.Ref.ID == s.client.Ref.ID {
				res.reach(p, record.Commonsku, mapping.Changes{Rows: []string{companyRow}}, connector.Write{Verb: connector.Update})
			}
		}
	}
	return nil
}

// clientNameIn is the spelling that GHL gets for a company key: the client's own name, or nothing.
func clientNameIn(key record.Value, client store.Seen) string {
	if key.IsEmpty() {
		return ""
	}
	return client.Name
}

// clientFor is the client that a company key asks for: a known one, one found or made by name, or the contact's stand-in.
func (e *Engine) clientFor(ctx context.Context, j *job, s *linked, key record.Value, res *result) (store.Seen, error) {
	if key.IsEmpty() {
		c, made, err := e.standIn(ctx, j, s.commonsku, s.link.ID)
		if err == nil {
			res.after.link.Meta = withMeta(res.after.link.Meta, "stand_in", c.Ref.ID)
			if made {
				res.extra = append(res.extra, store.Event{Action: "created", Side: record.Commonsku, Field: companyRow, New: record.Text(c.Name), Reason: "a client that stands for a person without a company"})
			}
		}
		return c, err
	}
	if id := clientOfKey(key); id != "" {
		ref := record.Ref{Side: record.Commonsku, Kind: record.Company, ID: id}
		var c store.Seen
		err := e.store.View(ctx, func(tx *store.Tx) (err error) {
			c, _, err = tx.SeenOf(j.Pair, ref)
			return err
		})
		c.Ref = ref
		return c, err
	}
	c, made, err := e.ensureClient(ctx, j, s.ghl.Text("companyName"), s.link.ID)
	if err == nil && made {
		res.extra = append(res.extra, store.Event{Action: "created", Side: record.Commonsku, Field: companyRow, New: record.Text(c.Name), Reason: "no client of that name"})
	}
	return c, err
}

// ensureClient finds the client of a name, or makes it: looked for in what was seen, then by asking commonsku, and only
// then created, under a lock on the name, so that two contacts of one new company make one client (I2).
func (e *Engine) ensureClient(ctx context.Context, j *job, name string, linkID int64) (c store.Seen, made bool, err error) {
	p := j.pair
	key, err := e.resolveName(ctx, p, name)
	if err != nil {
		return c, false, err
	}
	if id := clientOfKey(key); id != "" {
		err = e.store.View(ctx, func(tx *store.Tx) (err error) {
			c, _, err = tx.SeenOf(p.Name, record.Ref{Side: record.Commonsku, Kind: record.Company, ID: id})
			return err
		})
		return c, false, err
	}
	if !p.writable(record.Commonsku, record.Company) {
		return c, false, &connector.Error{Class: connector.Forbidden, Op: "commonsku clients.create",
			Mend: "This account's clients can only be read: add the client in commonsku by hand."}
	}
	unlock, err := e.lock(ctx, j, "client:"+record.Fold(name))
	if err != nil {
		return c, false, err
	}
	defer unlock()
	if c, ok, err := e.findClient(ctx, p, name); err != nil || ok {
		return c, false, err
	}
	fields := map[string]record.Value{"name": record.Text(name)}
	if d := p.Settings.Industry; d != "" {
		fields["industry"] = record.Text(d)
	}
	sent, err := e.writer.Do(ctx, apply.Order{
		Work: j.Work, Pair: p.Name, LinkID: linkID, Driver: p.Driver(record.Commonsku), Fingerprint: "client:" + record.Fold(name),
		Write: connector.Write{Verb: connector.Create, Ref: record.Ref{Side: record.Commonsku, Kind: record.Company}, Fields: fields},
	})
	if err != nil {
		return c, false, err
	}
	answer := sent.Answer
	if answer.Fields == nil {
		answer.Fields = map[string]record.Value{}
	}
	if answer.Get("name").IsEmpty() {
		answer.Fields["name"] = record.Text(name)
	}
	c = seenOf(p.Name, answer, p.env(), store.Seen{})
	c.SeenAt, c.GoneAt = e.now(), time.Time{}
	restored := !answer.Created.IsZero() && sent.Intent.SentAt.Sub(answer.Created) > time.Hour
	err = e.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := e.writer.Settle(tx, p.Name, p.Driver(record.Commonsku), sent); err != nil {
			return err
		}
		if restored {
			ev := store.Event{Pair: p.Name, Kind: record.Company, Commonsku: c.Ref.ID, At: e.now(), Action: "restored", Side: record.Commonsku,
				New: record.Text(c.Name), Reason: "commonsku answered a new client with one from " + answer.Created.Format(time.DateOnly)}
			if err := tx.AddEvents(ev); err != nil {
				return err
			}
		}
		return tx.PutSeen(c)
	})
	return c, !restored, err
}

// findClient asks commonsku for a client of that name, and compares locally: an account may match by prefix.
func (e *Engine) findClient(ctx context.Context, p *Pair, name string) (store.Seen, bool, error) {
	list, err := p.Driver(record.Commonsku).Find(ctx, connector.Lookup{Kind: record.Company, Name: name})
	if err != nil {
		return store.Seen{}, false, err
	}
	for _, r := range list {
		if !r.Deleted.IsZero() || record.Fold(r.Text("name")) != record.Fold(name) {
			continue
		}
		c := seenOf(p.Name, r, p.env(), store.Seen{})
		c.SeenAt = e.now()
		return c, true, e.store.Update(ctx, func(tx *store.Tx) error { return tx.PutSeen(c) })
	}
	return store.Seen{}, false, nil
}

// standIn is the client that stands for a person without a company: named after the person; where that name is taken,
// with the e-mail's local part behind it.
func (e *Engine) standIn(ctx context.Context, j *job, person record.Record, linkID int64) (store.Seen, bool, error) {
	first, last := person.Text("first_name"), person.Text("last_name")
	name := record.Name(strings.TrimSpace(first + " " + strings.TrimPrefix(last, "-")))
	if name == "" {
		name = person.Text("email")
	}
	for _, try := range []string{name, withLocalPart(name, person.Text("email"))} {
		if try == "" {
			continue
		}
		_, taken, err := e.findClient(ctx, j.pair, try)
		if err != nil {
			return store.Seen{}, false, err
		}
		if taken {
			continue
		}
		return e.ensureClient(ctx, j, try, linkID)
	}
	return store.Seen{}, false, &connector.Error{Class: connector.Invalid, Op: "commonsku clients.create", Field: "name",
		Mend: "Clients named after this person exist already: give the contact a company in GHL, or rename a client in commonsku."}
}

func withLocalPart(name, email string) string {
	local, _, ok := strings.Cut(email, "@")
	if !ok || local == "" {
		return ""
	}
	return name + " (" + local + ")"
}

// companyBase replaces what the map cannot know of the company row: the key of a client that was just found or made.
func companyBase(bases map[string]merge.Base, done []merge.Outcome, s, after *linked) {
	for _, o := range done {
		if o.Name != companyRow || !o.Writes() {
			continue
		}
		b := merge.Base{GHL: after.ghl.Get("companyName"), Commonsku: clientKey(after.client), Key: o.After}
		if !b.Key.IsEmpty() {
			b.Key = clientKey(after.client)
		}
		bases[companyRow] = b
	}
}

// lock takes a named lock of the pair for the job; another holder makes the job come back soon.
func (e *Engine) lock(ctx context.Context, j *job, name string) (unlock func(), err error) {
	var ok bool
	err = e.store.Update(ctx, func(tx *store.Tx) (err error) {
		ok, err = tx.TryLock(j.Pair, name, j.Owner, e.now().Add(lockFor))
		return err
	})
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, later{at: e.now().Add(lockAgain), why: "another record with the same " + strings.SplitN(name, ":", 2)[0] + " is being placed"}
	}
	return func() {
		err := e.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.Unlock(j.Pair, name, j.Owner) })
		if err != nil {
			e.log.Error("unlock", "pair", j.Pair, "err", err)
		}
	}, nil
}

const (
	lockFor   = 90 * time.Second       // outlasts a look, a create and its answer
	lockAgain = 300 * time.Millisecond // when a job that met a lock comes back
)

func withMeta(m map[string]string, key, value string) map[string]string {
	out := make(map[string]string, len(m)+1)
	for k, v := range m {
		out[k] = v
	}
	if value == "" {
		delete(out, key)
	} else {
		out[key] = value
	}
	return out
}

// syncClient is the job of a commonsku client that was seen to change: its new name goes to the contacts under it, and
// what its contacts can fill in is filled.
func (e *Engine) syncClient(ctx context.Context, j *job) error {
	ref, _ := record.ParseRef(j.Key)
	r, gone, err := read(ctx, j.pair.Driver(record.Commonsku), ref)
	if err != nil {
		return err
	}
	var before store.Seen
	err = e.store.View(ctx, func(tx *store.Tx) (err error) {
		before, _, err = tx.SeenOf(j.Pair, ref)
		return err
	})
	if err != nil {
		return err
	}
	now := e.now()
	c := before
	if !gone {
		c = seenOf(j.Pair, r, j.pair.env(), before)
		c.GoneAt = time.Time{}
	} else if c.GoneAt.IsZero() {
		c.GoneAt = now
	}
	c.SeenAt = now
	var fill []connector.Write
	if !gone {
		if fill, err = e.clientFill(ctx, j.pair, r); err != nil {
			return err
		}
	}
	var sent []apply.Sent
	for _, w := range fill {
		done, err := e.writer.Do(ctx, apply.Order{Work: j.Work, Pair: j.Pair, Driver: j.pair.Driver(record.Commonsku), Write: w})
		if err != nil {
			return err
		}
		sent = append(sent, done)
	}
	err = e.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.Hold(j.Work); err != nil {
			return err
		}
		for _, d := range sent {
			if err := e.writer.Settle(tx, j.Pair, j.pair.Driver(record.Commonsku), d); err != nil {
				return err
			}
			for field, v := range d.Write.Fields {
				ev := store.Event{Pair: j.Pair, Kind: record.Company, Commonsku: ref.ID, At: now, Action: "updated", Side: record.Commonsku, Field: field, New: v,
					Reason: "the client had none, a contact of it in GHL has"}
				if err := tx.AddEvents(ev); err != nil {
					return err
				}
			}
		}
		if err := tx.PutSeen(c); err != nil {
			return err
		}
		links, err := tx.Links(j.Pair, store.LinkFilter{Kind: record.Contact, CommonskuParent: ref.ID, Limit: 10000})
		if err != nil {
			return err
		}
		renamed := record.Fold(before.Name) != record.Fold(c.Name)
		for _, l := range links {
			bases, err := tx.Bases(l.ID)
			if err != nil {
				return err
			}
			if !gone && l.SyncedAt.After(time.Time{}) && len(contactFill(j.pair, r, l)) > 0 && j.pair.writable(record.GHL, record.Contact) {
				text, err := json.Marshal(contactFill(j.pair, r, l))
				if err != nil {
					return err
				}
				l.Meta = withMeta(l.Meta, "fill", string(text))
				if err := tx.UpdateLink(l); err != nil {
					return err
				}
				if err := tx.Mark(store.Mark{Pair: j.Pair, Key: linkKey(l.ID), Lane: j.Lane, Cause: "the client has what the contact lacks"}); err != nil {
					return err
				}
			}
			stale := renamed || !bases[companyRow].Commonsku.IsEmpty() && !bases[companyRow].Commonsku.Equal(clientKey(c))
			if !stale {
				continue
			}
			if err := tx.Mark(store.Mark{Pair: j.Pair, Key: linkKey(l.ID), Lane: j.Lane, Cause: "the client was renamed"}); err != nil {
				return err
			}
		}
		return tx.Done(j.Work)
	})
	if err != nil {
		return err
	}
	return errFinished
}

// clientRecord reads a client for what its own rows say of a contact that is to be made in GHL; not read where no row needs it.
func (e *Engine) clientRecord(ctx context.Context, p *Pair, c store.Seen) (record.Record, error) {
	needed := false
	for _, row := range p.Contacts.Rows {
		needed = needed || row.Commonsku.Owner == record.Company && row.Special == mapping.Ordinary && row.Rule.Direction.Allows(record.GHL)
	}
	if !needed || c.Ref.ID == "" {
		return record.Record{}, nil
	}
	r, _, err := read(ctx, p.Driver(record.Commonsku), c.Ref)
	return r, err
}

// contactFill is what a client knows and a contact of it in GHL does not; only into empty fields.
func contactFill(p *Pair, client record.Record, l store.Link) map[string]record.Value {
	fields := map[string]record.Value{}
	for _, row := range p.Contacts.Rows {
		if row.Commonsku.Owner != record.Company || row.Special != mapping.Ordinary || !row.Rule.Direction.Allows(record.GHL) {
			continue
		}
		if v := client.Get(row.Commonsku.Field); !v.IsEmpty() && l.Meta["ghl:"+row.Name] == "" {
			fields[row.GHL] = v
		}
	}
	return fields
}

// clientFill is what the contacts of a client in GHL know and the client does not: its website, its rep. Only into empty
// fields, since all contacts share them.
func (e *Engine) clientFill(ctx context.Context, p *Pair, client record.Record) ([]connector.Write, error) {
	if !p.writable(record.Commonsku, record.Company) {
		return nil, nil
	}
	fields := map[string]record.Value{}
	err := e.store.View(ctx, func(tx *store.Tx) error {
		clear(fields)
		links, err := tx.Links(p.Name, store.LinkFilter{Kind: record.Contact, CommonskuParent: client.Ref.ID, Limit: 200})
		if err != nil {
			return err
		}
		for _, row := range p.Contacts.Rows {
			if row.Commonsku.Owner != record.Company || !client.Get(row.Commonsku.Field).IsEmpty() || !row.Rule.Direction.Allows(record.Commonsku) {
				continue
			}
			for _, l := range links {
				v := record.Text(l.Meta["ghl:"+row.Name])
				if row.Special == mapping.Rep {
					v = record.Text(p.users.commonskuID(v.Text(), p.Settings.Users))
				}
				if !v.IsEmpty() {
					fields[row.Commonsku.Field] = v
					break
				}
			}
		}
		return nil
	})
	if err != nil || len(fields) == 0 {
		return nil, err
	}
	return []connector.Write{{Verb: connector.Update, Ref: client.Ref, Fields: fields}}, nil
}
