package engine

import (
	"context"
	"errors"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
	"tandem/internal/store"
)

// Event is what a webhook says, decoded: a hint to look at a record, never data to merge.
type Event struct {
	Type    string
	Ref     record.Ref              // the record it concerns; zero for events that concern none that we sync
	Parent  record.Ref              // the contact of a task, note or appointment, if it said
	Fields  map[string]record.Value // what was visible of a contact; nil for other kinds
	At      time.Time               // the sender's stamp; zero if none
	Deleted bool
}

const (
	ingestBatch = 256
	// holdAtMost is how long an event waits for the answer of our own open write to the same record.
	holdAtMost = 2 * time.Minute
	// holdAgain is when held events are looked at again if no job said that it closed an intent.
	holdAgain = 50 * time.Millisecond
)

// Accept stores one delivery before its sender hears 200 (I7). A delivery id seen before changes nothing.
func (e *Engine) Accept(ctx context.Context, d store.Delivery) (fresh bool, err error) {
	err = e.store.Update(ctx, func(tx *store.Tx) error {
		fresh, err = tx.InsertDelivery(d)
		return err
	})
	if err == nil && fresh {
		e.poke()
	}
	return fresh, err
}

// poke wakes the ingest loop; a full channel means that it is about to look anyway.
func (e *Engine) poke() {
	select {
	case e.arrived <- struct{}{}:
	default:
	}
}

// ingestLoop turns stored deliveries into dirty records, in batches, until ctx ends.
func (e *Engine) ingestLoop(ctx context.Context) {
	fallback := time.NewTimer(0) // deliveries that an earlier process stored
	defer fallback.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.arrived:
		case <-e.store.Arrivals():
		case <-fallback.C:
		}
		for {
			taken, held, err := e.ingestBatch(ctx)
			if err != nil {
				if ctx.Err() != nil {
					return
				}
				e.log.Error("ingest", "err", err)
				fallback.Reset(time.Second)
				break
			}
			if taken < ingestBatch {
				if held > 0 {
					fallback.Reset(holdAgain)
				}
				break
			}
		}
	}
}

// ingestBatch settles up to ingestBatch deliveries in one transaction. Held ones stay for a later batch.
func (e *Engine) ingestBatch(ctx context.Context) (settled, held int, err error) {
	err = e.store.Update(ctx, func(tx *store.Tx) error {
		settled, held = 0, 0
		list, err := tx.UnprocessedDeliveries(2 * ingestBatch)
		if err != nil {
			return err
		}
		notes := map[string][]int64{}
		for _, d := range list {
			note, err := e.ingest(tx, d)
			if err != nil {
				return err
			}
			if note == "" {
				held++
				continue
			}
			notes[note] = append(notes[note], d.Seq)
			settled++
		}
		for note, seqs := range notes {
			if err := tx.DeliveryProcessed(seqs, note); err != nil {
				return err
			}
		}
		return nil
	})
	return settled, held, err
}

// ingest decides one delivery and says what came of it; "" means that it has to wait.
func (e *Engine) ingest(tx *store.Tx, d store.Delivery) (string, error) {
	p := e.pairs[d.Pair]
	if p == nil || p.Decode == nil {
		return "ignored: no such pair", nil
	}
	ev, err := p.Decode(d.Body)
	if err != nil {
		return "ignored: " + shorten(err.Error(), 120), nil
	}
	switch {
	case ev.Ref.IsZero():
		return "ignored: " + ev.Type, nil
	case ev.Ref.Kind != record.Contact:
		return "ignored: kind " + string(ev.Ref.Kind), nil
	}
	link, linked, err := tx.LinkOf(d.Pair, ev.Ref)
	if err != nil {
		return "", err
	}
	if wait, err := e.meetsOpenIntent(tx, d, ev, link, linked); err != nil || wait {
		return "", err
	}
	if linked && !ev.Deleted {
		echo, err := e.isEcho(tx, p, d, ev, link)
		if err != nil {
			return "", err
		}
		if echo {
			return "echo", nil
		}
	}
	if linked && ev.Fields != nil {
		at := ev.At
		if at.IsZero() || at.After(d.ReceivedAt) {
			at = d.ReceivedAt
		}
		if err := noteSight(tx, p, link, ev.Ref.Side, ev.Fields, at); err != nil {
			return "", err
		}
	}
	if err := noteSeen(tx, p, d, ev); err != nil {
		return "", err
	}
	return "marked", tx.Mark(store.Mark{
		Pair: d.Pair, Ref: ev.Ref, Lane: int(connector.Live), DueAt: d.ReceivedAt, Cause: "webhook " + ev.Type,
	})
}

// meetsOpenIntent says that a write of ours to this record is under way, so that whether this is its echo is known only
// when its answer is stored. A create of ours has no id yet: it is recognised by its identity values.
func (e *Engine) meetsOpenIntent(tx *store.Tx, d store.Delivery, ev Event, link store.Link, linked bool) (bool, error) {
	if e.now().Sub(d.ReceivedAt) > holdAtMost {
		return false, nil
	}
	if linked {
		open, err := tx.IntentsAbout(d.Pair, ev.Ref)
		return len(open) > 0, err
	}
	if ev.Fields == nil {
		return false, nil
	}
	open, err := tx.OpenCreates(d.Pair, ev.Ref.Side, ev.Ref.Kind)
	if err != nil || len(open) == 0 {
		return false, err
	}
	fp := fingerprint(ev.Ref.Side, ev.Fields, e.pairs[d.Pair].env())
	for _, in := range open {
		if in.Fingerprint == fp {
			return true, nil
		}
	}
	return false, nil
}

// isEcho lets one event of our own write pass at no call: an allowance of that type is open, and every visible value
// equals the base. What a swallowed event could hide, the sweep finds.
func (e *Engine) isEcho(tx *store.Tx, p *Pair, d store.Delivery, ev Event, link store.Link) (bool, error) {
	if ev.Fields == nil || link.State != store.Live {
		return false, nil
	}
	bases, err := tx.Bases(link.ID)
	if err != nil {
		return false, err
	}
	for _, row := range p.Contacts.Rows {
		b, ok := bases[row.Name]
		v, visible := ev.Fields[row.GHL]
		if row.Commonsku.Owner == record.Company {
			if v.Text() != link.Meta["ghl:"+row.Name] {
				return false, nil
			}
			continue
		}
		if !visible && !webhookShows(row.GHL) {
			continue
		}
		if !ok {
			if v.IsEmpty() {
				continue
			}
			return false, nil
		}
		if !row.Form.Key(v, p.env()).Equal(row.Form.Key(b.GHL, p.env())) {
			return false, nil
		}
	}
	return tx.Swallow(d.Pair, ev.Ref, ev.Type, e.now())
}

// webhookShows says which contact fields a contact event carries when they are not empty, so that absence means empty.
// Source: the vendor's webhook schemas; type, timezone and businessId are never there.
func webhookShows(field string) bool {
	switch field {
	case "firstName", "lastName", "email", "phone", "companyName", "address1", "city", "state", "postalCode", "country",
		"website", "tags", "assignedTo", "source", "dateOfBirth", "dnd":
		return true
	}
	return false
}

// noteSeen keeps what an event showed: identity values for looking, and the first of two proofs of a delete.
func noteSeen(tx *store.Tx, p *Pair, d store.Delivery, ev Event) error {
	s, _, err := tx.SeenOf(d.Pair, ev.Ref)
	if err != nil {
		return err
	}
	if ev.Fields != nil {
		s = seenOf(d.Pair, record.Record{Ref: ev.Ref, Fields: ev.Fields}, p.env(), s)
	}
	s.Pair, s.Ref, s.SeenAt = d.Pair, ev.Ref, d.ReceivedAt
	if ev.Deleted {
		s.GoneAt = d.ReceivedAt
	}
	return tx.PutSeen(s)
}

var errNotLive = errors.New("the first match of this pair is not done")
