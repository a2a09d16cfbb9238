package engine

import (
	"context"
	"fmt"
	"time"

	"tandem/internal/apply"
	"tandem/internal/connector"
	"tandem/internal/record"
	"tandem/internal/store"
)

const (
	// secondLook is how long after a first direct read that said "gone" a second one is made, where no event told of the delete.
	secondLook = 10 * time.Minute
	// inactive is the department that archives a contact in commonsku.
	inactive = "Inactive Contacts"
	// guardBindsFrom: the percent of the delete guard means nothing for a handful of links.
	guardBindsFrom = 20
)

// syncGone deals with a linked contact that one side no longer has. It needs positive evidence: an event (or a row with
// a deleted mark) and a direct read, or two direct reads some time apart with a healthy record of that side in between.
func (e *Engine) syncGone(ctx context.Context, j *job, s *linked, gone record.Side) error {
	p := j.pair
	ref := refOn(s.link, gone)
	var told bool
	err := e.store.View(ctx, func(tx *store.Tx) error {
		seen, ok, err := tx.SeenOf(p.Name, ref)
		told = ok && !seen.GoneAt.IsZero()
		return err
	})
	if err != nil {
		return err
	}
	if !told {
		proved, err := e.secondProof(ctx, j, s, gone)
		if err != nil || !proved {
			return err
		}
	}
	far := gone.Other()
	policy := p.Settings.Contacts.DeleteInGHL
	if far == record.Commonsku {
		policy = p.Settings.Contacts.DeleteInCommonsku
	}
	if !p.writable(far, s.link.Kind) {
		policy = DeleteIgnore
	}
	if policy != DeleteIgnore {
		held, err := e.guard(ctx, j, s, gone, policy)
		if err != nil || held {
			return err
		}
	}
	return e.carryDelete(ctx, j, s, gone, policy)
}

// secondProof says whether an earlier direct read said gone too, long enough ago; else it notes this one and comes back.
func (e *Engine) secondProof(ctx context.Context, j *job, s *linked, gone record.Side) (bool, error) {
	key, now := "gone_"+string(gone), e.now()
	first, err := time.Parse(time.RFC3339Nano, s.link.Meta[key])
	if err == nil && now.Sub(first) >= secondLook {
		return true, e.sentinel(ctx, j, s, gone)
	}
	at := now.Add(secondLook)
	if err == nil {
		at = first.Add(secondLook)
	} else {
		uerr := e.store.Update(ctx, func(tx *store.Tx) error {
			l := s.link
			l.Meta = withMeta(l.Meta, key, now.Format(time.RFC3339Nano))
			return tx.UpdateLink(l)
		})
		if uerr != nil {
			return false, uerr
		}
	}
	return false, later{at: at, why: "a second look at a record that is gone"}
}

// sentinel reads another linked record of the side that says gone: if that is gone too, the account may have been
// emptied or swapped, and nothing is believed.
func (e *Engine) sentinel(ctx context.Context, j *job, s *linked, gone record.Side) error {
	var other store.Link
	err := e.store.View(ctx, func(tx *store.Tx) error {
		links, err := tx.Links(j.Pair, store.LinkFilter{Kind: s.link.Kind, State: store.Live, Limit: 2})
		for _, l := range links {
			if l.ID != s.link.ID {
				other = l
			}
		}
		return err
	})
	if err != nil || other.ID == 0 {
		return err
	}
	_, away, err := read(ctx, j.pair.Driver(gone), refOn(other, gone))
	if err == nil && away {
		return later{at: e.now().Add(secondLook), why: "other records of that side are gone as well"}
	}
	return err
}

// guard holds a delete back where too many come in its window: the pair pauses before the damage (I6).
func (e *Engine) guard(ctx context.Context, j *job, s *linked, gone record.Side, policy DeletePolicy) (held bool, err error) {
	p, g, now := j.pair, j.pair.Settings.Guard, e.now()
	if g.Max <= 0 && g.Percent <= 0 {
		return false, nil
	}
	err = e.store.Update(ctx, func(tx *store.Tx) error {
		held = false
		approved, err := tx.ParkedList(store.ParkedFilter{Pair: p.Name, Why: []string{"guard"}, LinkID: s.link.ID, Limit: 10})
		if err != nil {
			return err
		}
		for _, pk := range approved {
			if pk.Resolution == "approved" {
				return nil
			}
		}
		st, _, err := tx.PairState(p.Name)
		if err != nil {
			return err
		}
		done, err := tx.CountEvents(p.Name, s.link.Kind, []string{"archived", "deleted"}, now.Add(-g.Window))
		if err != nil {
			return err
		}
		links, err := tx.CountLinks(p.Name, s.link.Kind)
		if err != nil {
			return err
		}
		limit := g.Max
		if g.Percent > 0 && links >= guardBindsFrom {
			if byPercent := max(1, links*g.Percent/100); limit == 0 || byPercent < limit {
				limit = byPercent
			}
		}
		holding := hasReason(st, "delete_guard")
		if done < limit && !holding {
			return nil
		}
		held = true
		if !holding {
			st.Reasons = append(st.Reasons, "delete_guard")
			if err := tx.PutPairState(st); err != nil {
				return err
			}
		}
		pk := store.Parked{Pair: p.Name, Why: "guard", LinkID: s.link.ID, Ref: refOn(s.link, gone), Key: j.Key, CreatedAt: now,
			Cause: fmt.Sprintf("deleted in %s; the far side would %s it, and %d went in the last %s already", gone, policy, done, g.Window),
			Mend:  "Look at the list with `tandem deletes`, then approve or discard."}
		if err := tx.Park(&pk); err != nil {
			return err
		}
		l := s.link
		l.Why, l.WhyDetail = "guard", pk.Cause
		if err := tx.UpdateLink(l); err != nil {
			return err
		}
		return tx.Done(j.Work)
	})
	if err == nil && held {
		err = errFinished
	}
	return held, err
}

// carryDelete does on the far side what the policy says, and leaves a tombstone, which keeps both ids.
func (e *Engine) carryDelete(ctx context.Context, j *job, s *linked, gone record.Side, policy DeletePolicy) error {
	p, far := j.pair, gone.Other()
	link := s.link
	ev := store.Event{Pair: p.Name, LinkID: link.ID, Kind: link.Kind, GHL: link.GHL, Commonsku: link.Commonsku, At: e.now(), Side: far,
		Reason: "deleted in " + string(gone)}
	var w connector.Write
	switch policy {
	case DeleteDelete:
		w = connector.Write{Verb: connector.Delete, Ref: refOn(link, far)}
		ev.Action = "deleted"
	case DeleteArchive:
		r, away, err := read(ctx, p.Driver(far), refOn(link, far))
		if err != nil {
			return err
		}
		if away {
			policy = DeleteIgnore // gone on both sides: nothing to archive
			break
		}
		w = archive(p, far, r)
		link.Meta = withMeta(link.Meta, "department", r.Text("department"))
		ev.Action = "archived"
	}
	var sent []apply.Sent
	if policy != DeleteIgnore {
		done, err := e.writer.Do(ctx, apply.Order{Work: j.Work, Pair: p.Name, LinkID: link.ID, Driver: p.Driver(far), Write: w})
		switch {
		case connector.ClassOf(err) == connector.Gone: // it went by itself
		case err != nil:
			return err
		default:
			sent = append(sent, done)
		}
	} else {
		ev.Action, ev.Side = "tombstone", gone
	}
	link.State, link.Why, link.WhyDetail = store.Tombstone, "", ""
	if policy == DeleteIgnore {
		link.Why, link.WhyDetail = "deleted_ignored", "deleted in "+string(gone)+"; the other side keeps it"
	}
	link.Meta = withMeta(link.Meta, "gone_side", string(gone))
	err := e.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.Hold(j.Work); err != nil {
			return err
		}
		for _, d := range sent {
			if err := e.writer.Settle(tx, p.Name, p.Driver(far), d); err != nil {
				return err
			}
			if !d.Answer.Changed.IsZero() {
				if far == record.GHL {
					link.GHLChanged = d.Answer.Changed
				} else {
					link.CommonskuChanged = d.Answer.Changed
				}
			}
		}
		for _, in := range s.intents {
			if err := tx.DeleteIntent(in.ID); err != nil {
				return err
			}
		}
		if err := tx.MarkGone(p.Name, refOn(link, gone), e.now()); err != nil {
			return err
		}
		if err := tx.UpdateLink(link); err != nil {
			return err
		}
		if err := tx.AddEvents(ev); err != nil {
			return err
		}
		return tx.Done(j.Work)
	})
	if err != nil {
		return err
	}
	e.closed(j, len(sent))
	return errFinished
}

// archive is what puts a contact aside: the department Inactive Contacts in commonsku, a tag in GHL.
func archive(p *Pair, side record.Side, r record.Record) connector.Write {
	if side == record.Commonsku {
		return connector.Write{Verb: connector.Update, Ref: r.Ref, Fields: map[string]record.Value{"department": record.Text(inactive)}}
	}
	tag := record.Set(p.Settings.ArchiveTag)
	if p.Driver(side).Can().TagVerbs {
		return connector.Write{Verb: connector.AddTags, Ref: r.Ref, Fields: map[string]record.Value{"tags": tag}}
	}
	return connector.Write{Verb: connector.Update, Ref: r.Ref, Fields: map[string]record.Value{"tags": record.Set(append(r.Get("tags").Items(), tag.Items()...)...)}}
}

// syncTombstone looks at a deleted record again: one that is back on the side where it went wakes the tombstone.
func (e *Engine) syncTombstone(ctx context.Context, j *job, s *linked) error {
	gone := record.Side(s.link.Meta["gone_side"])
	if !gone.Valid() {
		return nil
	}
	r, away, err := read(ctx, j.pair.Driver(gone), refOn(s.link, gone))
	if err != nil || away {
		return err
	}
	link := s.link
	link.State, link.Why, link.WhyDetail = store.Live, "", ""
	link.Meta = withMeta(withMeta(withMeta(link.Meta, "gone_side", ""), "gone_ghl", ""), "gone_commonsku", "")
	err = e.store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Hold(j.Work); err != nil {
			return err
		}
		if err := tx.UpdateLink(link); err != nil {
			return err
		}
		seen, _, err := tx.SeenOf(j.Pair, r.Ref)
		if err != nil {
			return err
		}
		seen.Pair, seen.Ref, seen.GoneAt, seen.SeenAt = j.Pair, r.Ref, time.Time{}, e.now()
		if err := tx.PutSeen(seen); err != nil {
			return err
		}
		ev := store.Event{Pair: j.Pair, LinkID: link.ID, Kind: link.Kind, GHL: link.GHL, Commonsku: link.Commonsku, At: e.now(), Action: "woken", Side: gone, Reason: "it is back in " + string(gone)}
		if err := tx.AddEvents(ev); err != nil {
			return err
		}
		if err := tx.Mark(store.Mark{Pair: j.Pair, Key: linkKey(link.ID), Lane: j.Lane, Cause: "woken"}); err != nil {
			return err
		}
		return tx.Done(j.Work)
	})
	if err != nil {
		return err
	}
	return errFinished
}

func refOn(l store.Link, s record.Side) record.Ref {
	if s == record.GHL {
		return record.Ref{Side: s, Kind: l.Kind, ID: l.GHL}
	}
	return record.Ref{Side: s, Kind: l.Kind, ID: l.Commonsku}
}

func hasReason(st store.PairState, reason string) bool {
	for _, r := range st.Reasons {
		if r == reason {
			return true
		}
	}
	return false
}
