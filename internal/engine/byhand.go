package engine

import (
	"context"

	"tandem/internal/connector"
	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// Resolve keeps a person's decision of a conflict on the link, for the record's next run, which carries it out.
func (e *Engine) Resolve(ctx context.Context, p store.Parked, value record.Value) error {
	text, err := value.MarshalJSON()
	if err != nil {
		return err
	}
	return e.store.Update(ctx, func(tx *store.Tx) error {
		l, err := tx.Link(p.LinkID)
		if err != nil {
			return err
		}
		l.Meta = withMeta(l.Meta, "resolved:"+p.Field, string(text))
		if err := tx.UpdateLink(l); err != nil {
			return err
		}
		return tx.Mark(store.Mark{Pair: p.Pair, Key: linkKey(l.ID), Lane: int(connector.Live), Cause: "a conflict was decided"})
	})
}

// decided puts a person's decision into a field, and takes it off the link, which is stored with the outcome.
func decided(f *merge.Field, l store.Link) {
	text, ok := l.Meta["resolved:"+f.Name]
	if !ok {
		return
	}
	var v record.Value
	if v.UnmarshalJSON([]byte(text)) == nil {
		f.Resolved = &v
	}
}

// LinkByHand joins a waiting record with the one that a person chose.
func (e *Engine) LinkByHand(ctx context.Context, p store.Parked, with record.Ref) error {
	pair := e.pairs[p.Pair]
	l := newLink(pair, p.Ref, with)
	l.CreatedAt = e.now()
	return e.store.Update(ctx, func(tx *store.Tx) error {
		l.ID = 0
		if err := tx.InsertLink(&l); err != nil {
			return err
		}
		for _, ref := range []record.Ref{p.Ref, with} {
			for _, why := range []string{"ask", "twin"} {
				if err := tx.UnparkWhere(p.Pair, why, ref, "", "linked by a person"); err != nil {
					return err
				}
			}
		}
		ev := store.Event{Pair: l.Pair, LinkID: l.ID, Kind: l.Kind, GHL: l.GHL, Commonsku: l.Commonsku, At: e.now(), Action: "linked", Reason: "decided by a person"}
		if err := tx.AddEvents(ev); err != nil {
			return err
		}
		return tx.Mark(store.Mark{Pair: p.Pair, Key: linkKey(l.ID), Lane: int(connector.Live), Cause: "linked by a person"})
	})
}

// SetApart notes that a record is none of its candidates. make says to make its counterpart, if the rules of the pair
// allow; else it is only known to be somebody else.
func (e *Engine) SetApart(ctx context.Context, p store.Parked, make bool) error {
	return e.store.Update(ctx, func(tx *store.Tx) error {
		for _, c := range p.Candidates {
			pk := store.Parked{Pair: p.Pair, Why: "apart", Ref: p.Ref, Field: c.Ref.ID, CreatedAt: e.now(), ResolvedAt: e.now(), Resolution: "apart", Candidates: []store.Candidate{c}}
			if err := tx.Park(&pk); err != nil {
				return err
			}
		}
		if err := tx.Unpark(p.ID, "apart"); err != nil {
			return err
		}
		return tx.Mark(store.Mark{Pair: p.Pair, Ref: p.Ref, Lane: int(connector.Live), Cause: "decided by a person"})
	})
}

// AliasCompany makes GHL's spelling of a company an alias of the contact's commonsku client.
func (e *Engine) AliasCompany(ctx context.Context, p store.Parked) error {
	return e.store.Update(ctx, func(tx *store.Tx) error {
		if len(p.Candidates) > 0 {
			if err := tx.PutAlias(p.Pair, record.Fold(p.GHL.Text()), p.Candidates[0].Ref.ID); err != nil {
				return err
			}
		}
		if err := tx.Unpark(p.ID, "one company"); err != nil {
			return err
		}
		return tx.Mark(store.Mark{Pair: p.Pair, Key: linkKey(p.LinkID), Lane: int(connector.Live), Cause: "decided by a person"})
	})
}

// SplitCompany says that two spellings are two companies: the contact moves to a client of GHL's name.
func (e *Engine) SplitCompany(ctx context.Context, p store.Parked) error {
	return e.store.Update(ctx, func(tx *store.Tx) error {
		l, err := tx.Link(p.LinkID)
		if err != nil {
			return err
		}
		l.Meta = withMeta(l.Meta, "two_companies", record.Fold(p.GHL.Text()))
		if err := tx.UpdateLink(l); err != nil {
			return err
		}
		if err := tx.Unpark(p.ID, "two companies"); err != nil {
			return err
		}
		return tx.Mark(store.Mark{Pair: p.Pair, Key: linkKey(l.ID), Lane: int(connector.Live), Cause: "decided by a person"})
	})
}
