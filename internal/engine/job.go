package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tandem/internal/connector"
	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// linkKey is the work key of a link.
func linkKey(id int64) string { return LinkKey(id) }

// LinkKey is the work key of a link, for those who show pending work.
func LinkKey(id int64) string { return "link:" + strconv.FormatInt(id, 10) }

// linkID reads a work key that linkKey made; 0 for others.
func linkID(key string) int64 {
	id, _ := strconv.ParseInt(strings.TrimPrefix(key, "link:"), 10, 64)
	return id
}

// isRecord says that a work key is about a record, not a recurring job.
func isRecord(key string) bool { return !strings.HasPrefix(key, "sys:") }

// subject is the link and the record that a row is about.
func subject(tx *store.Tx, j *job) (int64, record.Ref, error) {
	if id := linkID(j.Key); id != 0 {
		l, err := tx.Link(id)
		return id, record.Ref{Side: record.GHL, Kind: l.Kind, ID: l.GHL}, err
	}
	ref, ok := record.ParseRef(j.Key)
	if !ok {
		return 0, ref, fmt.Errorf("work key %q names no record", j.Key)
	}
	return 0, ref, nil
}

// linked is all that the job of one linked contact knows: what is stored, and what both sides hold now.
type linked struct {
	link           store.Link
	bases          store.Bases
	intents        []store.Intent
	sights         map[string]string // see firstsight.go
	parked         []store.Parked    // open, of this link
	ghl, commonsku record.Record
	client         store.Seen    // the commonsku client of the contact, as last seen
	clientRecord   record.Record // the client as read, where its own rows are needed for a create
	clientMade     bool
	askCompany     bool // the company of GHL is spelled like the client: one or two, a person decides
}

// syncLinked brings both sides of one linked contact together: read both, merge, write the difference, store what is
// agreed. It is idempotent: at every point a crash leaves work that the next run finishes.
func (e *Engine) syncLinked(ctx context.Context, j *job) error {
	s, err := e.load(ctx, j)
	if err != nil || s == nil {
		return err
	}
	if s.link.State == store.Tombstone {
		return e.syncTombstone(ctx, j, s)
	}
	gone, err := e.readBoth(ctx, j, s)
	if err != nil {
		return err
	}
	if gone != "" {
		return e.syncGone(ctx, j, s, gone)
	}
	if len(s.bases) == 0 && s.link.Meta["phone_slot"] == "" {
		if m := phoneSlot(j.pair, s.ghl, s.commonsku); m != nil {
			s.link.Meta = withMeta(s.link.Meta, "phone_slot", m["phone_slot"])
		}
	}
	fields, err := e.fields(ctx, j.pair, s)
	if err != nil {
		return err
	}
	return e.carryOut(ctx, j, s, merge.Record(fields, e.now()))
}

// load reads what is stored of the link. A nil answer without an error: the link is gone, there is nothing to do.
func (e *Engine) load(ctx context.Context, j *job) (*linked, error) {
	s := &linked{}
	id := linkID(j.Key)
	err := e.store.View(ctx, func(tx *store.Tx) (err error) {
		if s.link, err = tx.Link(id); err != nil {
			return err
		}
		if s.bases, err = tx.Bases(id); err != nil {
			return err
		}
		if s.intents, err = tx.IntentsOf(j.Pair, j.Key); err != nil {
			return err
		}
		if s.sights, err = tx.Watermarks(j.Pair, sightPrefix(id)); err != nil {
			return err
		}
		if s.link.Why != "" {
			s.parked, err = tx.ParkedList(store.ParkedFilter{Pair: j.Pair, LinkID: id, OpenOnly: true, Limit: 100})
		}
		return err
	})
	if isNotFound(err) {
		return nil, nil
	}
	if s.bases == nil {
		s.bases = store.Bases{}
	}
	return s, err
}

// readBoth reads both sides, side by side. gone names the side whose direct read said that the record is no longer there.
func (e *Engine) readBoth(ctx context.Context, j *job, s *linked) (gone record.Side, err error) {
	p := j.pair
	var goneGHL, goneCommonsku bool
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		s.ghl, goneGHL, err = read(gctx, p.Driver(record.GHL), record.Ref{Side: record.GHL, Kind: s.link.Kind, ID: s.link.GHL})
		return err
	})
	g.Go(func() (err error) {
		s.commonsku, goneCommonsku, err = read(gctx, p.Driver(record.Commonsku), record.Ref{Side: record.Commonsku, Kind: s.link.Kind, ID: s.link.Commonsku})
		return err
	})
	if err := g.Wait(); err != nil {
		return "", err
	}
	switch {
	case goneGHL:
		return record.GHL, nil
	case goneCommonsku:
		return record.Commonsku, nil
	}
	s.client, err = e.clientOf(ctx, p, s.commonsku)
	return "", err
}

// read is a direct read: gone is positive evidence (404, a 400 by its text, or a deleted mark on the record).
func read(ctx context.Context, d connector.Driver, ref record.Ref) (r record.Record, gone bool, err error) {
	r, err = d.Get(ctx, ref)
	if connector.ClassOf(err) == connector.Gone {
		return r, true, nil
	}
	return r, err == nil && !r.Deleted.IsZero(), err
}

// clientOf is the commonsku client of a contact: from the contact's own answer where it names it, else as seen, else read.
func (e *Engine) clientOf(ctx context.Context, p *Pair, contact record.Record) (store.Seen, error) {
	id := contact.Parent.ID
	if id == "" {
		return store.Seen{}, nil
	}
	ref := record.Ref{Side: record.Commonsku, Kind: record.Company, ID: id}
	var s store.Seen
	var known bool
	err := e.store.View(ctx, func(tx *store.Tx) (err error) {
		s, known, err = tx.SeenOf(p.Name, ref)
		return err
	})
	if err != nil {
		return s, err
	}
	if name := contact.Text("client_name"); name != "" {
		fresh := seenOf(p.Name, record.Record{Ref: ref, Fields: map[string]record.Value{"name": record.Text(name)}}, p.env(), s)
		fresh.RowHash = s.RowHash // a name alone is no row
		return fresh, nil
	}
	if known && s.Name != "" {
		return s, nil
	}
	r, err := p.Driver(record.Commonsku).Get(ctx, ref)
	if err != nil {
		return s, err
	}
	s = seenOf(p.Name, r, p.env(), s)
	s.SeenAt = e.now()
	return s, e.store.Update(ctx, func(tx *store.Tx) error { return tx.PutSeen(s) })
}

// carryOut writes what the merge decided, then stores base, history and what is parked, and closes the row, in one
// transaction. A write that fails leaves the rest of the plan to the next run.
func (e *Engine) carryOut(ctx context.Context, j *job, s *linked, outcomes []merge.Outcome) error {
	if stop, err := e.frozen(ctx, j, s, outcomes); stop || err != nil {
		if err == nil {
			err = errFinished
		}
		return err
	}
	res, err := e.write(ctx, j, s, outcomes)
	if err != nil {
		return e.partly(ctx, j, s, outcomes, res, err)
	}
	if err := e.settle(ctx, j, s, outcomes, res, nil); err != nil {
		return err
	}
	e.closed(j, len(res.sent))
	return errFinished
}

// closed tells whoever measures, and wakes events that waited for this record's open intents.
func (e *Engine) closed(j *job, writes int) {
	if writes > 0 {
		e.poke()
		e.synced(j.Pair, j.Lane, e.now().Sub(j.MarkedAt), writes)
	}
}

// stamp is the change time of a record on one side, capped by our clock.
func (e *Engine) stamp(r record.Record) time.Time {
	if now := e.now(); r.Changed.After(now) {
		return now
	}
	return r.Changed
}
