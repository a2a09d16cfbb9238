package operate

import (
	"context"
	"errors"

	"tandem/internal/connector"
	"tandem/internal/record"
	"tandem/internal/store"
)

// item finds an open parked row of one of the given reasons.
func (s *Service) item(ctx context.Context, id int64, what string, why ...string) (store.Parked, error) {
	var p store.Parked
	err := s.store.View(ctx, func(tx *store.Tx) (err error) {
		p, err = tx.ParkedByID(id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return p, &Error{Fault: NotFound, Title: "No such " + what, Detail: "it may have been settled meanwhile"}
	}
	if err != nil {
		return p, err
	}
	for _, w := range why {
		if p.Why == w && p.ResolvedAt.IsZero() {
			return p, nil
		}
	}
	return p, &Error{Fault: NotFound, Title: "No such " + what, Detail: "it is settled: " + p.Resolution}
}

// ResolveConflict writes the winner's value (or the given one) to both sides. Both are read again first: if either has
// moved since it was shown, nothing is done and the answer has what holds now.
func (s *Service) ResolveConflict(ctx context.Context, id int64, r Resolution) error {
	if r.Value == nil && !r.Winner.Valid() {
		return &Error{Fault: Invalid, Title: "No winner", Detail: "say `winner`: ghl or commonsku, or give a `value`"}
	}
	p, err := s.item(ctx, id, "conflict", "conflict")
	if err != nil {
		return err
	}
	var l store.Link
	if err := s.store.View(ctx, func(tx *store.Tx) (err error) { l, err = tx.Link(p.LinkID); return err }); err != nil {
		return err
	}
	_, _, fields, _, err := s.engine.Fields(ctx, l)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if f.Name != p.Field {
			continue
		}
		if !f.GHL.Key.Equal(p.GHL) || !f.Commonsku.Key.Equal(p.Commonsku) {
			now := Conflict{ID: p.ID, Pair: p.Pair, Kind: p.Ref.Kind, Record: RecordName{GHL: l.GHL, Commonsku: l.Commonsku}, Field: p.Field, Base: p.Base, GHL: f.GHL.Key, Commonsku: f.Commonsku.Key, Since: p.CreatedAt}
			if err := s.store.Update(ctx, func(tx *store.Tx) error {
				p.GHL, p.Commonsku = f.GHL.Key, f.Commonsku.Key
				return tx.Park(&p)
			}); err != nil {
				return err
			}
			return &Error{Fault: Moved, Title: "Edited meanwhile", Detail: "the values have changed since they were shown: look again", Current: &now}
		}
		value := f.GHL.Key
		if r.Winner == record.Commonsku {
			value = f.Commonsku.Key
		}
		if r.Value != nil {
			value = *r.Value
		}
		return s.engine.Resolve(ctx, p, value)
	}
	return &Error{Fault: NotFound, Title: "No such field", Detail: "the row " + p.Field + " is no longer mapped"}
}

// Replay tries a dead letter again.
func (s *Service) Replay(ctx context.Context, id int64) error {
	p, err := s.item(ctx, id, "error", "dead", "no_permission", "taken", "frozen", "not_stored", "schema_drift")
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Unpark(p.ID, "replayed"); err != nil {
			return err
		}
		if err := clearWhy(tx, p.LinkID); err != nil {
			return err
		}
		return tx.Mark(store.Mark{Pair: p.Pair, Key: p.Key, Lane: int(connector.Live), Cause: "replayed"})
	})
}

func clearWhy(tx *store.Tx, id int64) error {
	if id == 0 {
		return nil
	}
	l, err := tx.Link(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	l.Why, l.WhyDetail = "", ""
	return tx.UpdateLink(l)
}

// Discard settles a dead letter without trying it again.
func (s *Service) Discard(ctx context.Context, id int64, reason string) error {
	if reason == "" {
		return &Error{Fault: Invalid, Title: "No reason", Detail: "say why it is discarded; it is kept in history"}
	}
	p, err := s.item(ctx, id, "error", "dead", "no_permission", "taken", "frozen", "not_stored", "schema_drift")
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx *store.Tx) error {
		ev := store.Event{Pair: p.Pair, LinkID: p.LinkID, Kind: p.Ref.Kind, At: s.now(), Action: "discarded", Field: p.Field, Reason: reason}
		if p.Ref.Side == record.GHL {
			ev.GHL = p.Ref.ID
		} else {
			ev.Commonsku = p.Ref.ID
		}
		if err := tx.AddEvents(ev); err != nil {
			return err
		}
		return tx.Unpark(p.ID, "discarded: "+reason)
	})
}

// Decide places a record that waits for a person.
func (s *Service) Decide(ctx context.Context, id int64, d Decision) error {
	p, err := s.item(ctx, id, "ask", "ask", "twin")
	if err != nil {
		return err
	}
	if p.Field != "" {
		return s.decideCompany(ctx, p, d)
	}
	switch d.Decision {
	case "link":
		with := record.Ref{Side: p.Ref.Side.Other(), Kind: p.Ref.Kind, ID: d.With}
		if d.With == "" && len(p.Candidates) == 1 {
			with = p.Candidates[0].Ref
		}
		if with.ID == "" {
			return &Error{Fault: Invalid, Title: "No record to link", Detail: "say `with`: the id on the other side"}
		}
		if err := s.engine.LinkByHand(ctx, p, with); errors.Is(err, store.ErrLinked) {
			return &Error{Fault: Refused, Title: "Linked already", Detail: "that record is linked to another one; a record has at most one counterpart"}
		} else if err != nil {
			return err
		}
		return nil
	case "create", "apart":
		return s.engine.SetApart(ctx, p, d.Decision == "create")
	}
	return &Error{Fault: Invalid, Title: "Unknown decision", Detail: "link, create or apart"}
}

// decideCompany settles two spellings of one company: `link` makes GHL's spelling an alias of the client, `create` moves
// the contact to a client of that name.
func (s *Service) decideCompany(ctx context.Context, p store.Parked, d Decision) error {
	switch d.Decision {
	case "link":
		return s.engine.AliasCompany(ctx, p)
	case "create", "apart":
		return s.engine.SplitCompany(ctx, p)
	}
	return &Error{Fault: Invalid, Title: "Unknown decision", Detail: "link (one company), or create (two companies)"}
}

// ApproveHeld lets the deletes go that the guard holds, and resumes the pair.
func (s *Service) ApproveHeld(ctx context.Context, pair string) (HeldOutcome, error) {
	return s.releaseHeld(ctx, pair, true)
}

// DiscardHeld drops the deletes that the guard holds: the far side keeps the records. It resumes the pair.
func (s *Service) DiscardHeld(ctx context.Context, pair string) (HeldOutcome, error) {
	return s.releaseHeld(ctx, pair, false)
}

func (s *Service) releaseHeld(ctx context.Context, pair string, approve bool) (HeldOutcome, error) {
	if s.engine.Pair(pair) == nil {
		return HeldOutcome{}, NoPair(pair)
	}
	var out HeldOutcome
	err := s.store.Update(ctx, func(tx *store.Tx) error {
		out = HeldOutcome{}
		list, err := tx.ParkedList(store.ParkedFilter{Pair: pair, Why: []string{"guard"}, OpenOnly: true, Limit: 100000})
		if err != nil {
			return err
		}
		for _, p := range list {
			out.Count++
			resolution := "approved"
			if !approve {
				resolution = "discarded"
				l, err := tx.Link(p.LinkID)
				if err == nil {
					l.State, l.Why, l.WhyDetail = store.Tombstone, "deleted_ignored", "the delete was discarded"
					if l.Meta == nil {
						l.Meta = map[string]string{}
					}
					l.Meta["gone_side"] = string(p.Ref.Side)
					if err := tx.UpdateLink(l); err != nil {
						return err
					}
				}
			}
			if err := tx.Unpark(p.ID, resolution); err != nil {
				return err
			}
			if approve {
				if err := tx.Mark(store.Mark{Pair: pair, Key: p.Key, Cause: "delete approved"}); err != nil {
					return err
				}
			}
		}
		st, _, err := tx.PairState(pair)
		if err != nil {
			return err
		}
		st.Reasons = without(st.Reasons, "delete_guard")
		return tx.PutPairState(st)
	})
	s.refresh()
	return out, err
}
