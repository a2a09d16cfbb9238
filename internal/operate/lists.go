package operate

import (
	"context"
	"strconv"

	"tandem/internal/record"
	"tandem/internal/store"
)

const (
	limitDefault = 100
	limitMax     = 1000
)

func limitOf(n int) int {
	switch {
	case n <= 0:
		return limitDefault
	case n > limitMax:
		return limitMax
	}
	return n
}

func cursorOf(c string) (int64, error) {
	if c == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(c, 10, 64)
	if err != nil {
		return 0, &Error{Fault: Invalid, Title: "Bad cursor", Detail: "take the cursor from the `next` of the page before"}
	}
	return n, nil
}

func nextOf(n, limit int, last int64) string {
	if n < limit {
		return ""
	}
	return strconv.FormatInt(last, 10)
}

// Links lists the links of a pair.
func (s *Service) Links(ctx context.Context, pair string, q LinkQuery) (LinkPage, error) {
	if s.engine.Pair(pair) == nil {
		return LinkPage{}, NoPair(pair)
	}
	after, err := cursorOf(q.Cursor)
	if err != nil {
		return LinkPage{}, err
	}
	limit := limitOf(q.Limit)
	var page LinkPage
	err = s.store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.Links(pair, store.LinkFilter{Kind: q.Kind, GHL: q.GHL, Commonsku: q.Commonsku, Cursor: after, Limit: limit})
		page.Items = nil
		for _, l := range list {
			page.Items = append(page.Items, linkOf(l))
			page.Next = nextOf(len(list), limit, l.ID)
		}
		return err
	})
	return page, err
}

func linkOf(l store.Link) Link {
	return Link{ID: l.ID, Pair: l.Pair, Kind: l.Kind, GHL: l.GHL, Commonsku: l.Commonsku, State: string(l.State), Why: l.Why, WhyDetail: l.WhyDetail, CreatedAt: l.CreatedAt, SyncedAt: l.SyncedAt}
}

// History lists what was written and decided about one record, newest first.
func (s *Service) History(ctx context.Context, ref record.Ref, q ListQuery) (HistoryPage, error) {
	after, err := cursorOf(q.Cursor)
	if err != nil {
		return HistoryPage{}, err
	}
	limit := limitOf(q.Limit)
	var page HistoryPage
	for _, p := range s.engine.Pairs() {
		if q.Pair != "" && q.Pair != p.Name {
			continue
		}
		err := s.store.View(ctx, func(tx *store.Tx) error {
			list, err := tx.HistoryOf(p.Name, ref.Kind, ref.Side, ref.ID, after, limit)
			page = HistoryPage{}
			for _, e := range list {
				page.Items = append(page.Items, HistoryEvent(e))
				page.Next = nextOf(len(list), limit, e.ID)
			}
			return err
		})
		if err != nil || len(page.Items) > 0 {
			return page, err
		}
	}
	return page, nil
}

// parked lists what waits for a person, by reason, across pairs or of one.
func (s *Service) parked(ctx context.Context, q ListQuery, each func(*store.Tx, store.Parked) error, why ...string) (next string, err error) {
	if q.Pair != "" && s.engine.Pair(q.Pair) == nil {
		return "", NoPair(q.Pair)
	}
	after, err := cursorOf(q.Cursor)
	if err != nil {
		return "", err
	}
	limit := limitOf(q.Limit)
	err = s.store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.ParkedList(store.ParkedFilter{Pair: q.Pair, Why: why, OpenOnly: true, Cursor: after, Limit: limit})
		for _, p := range list {
			if err := each(tx, p); err != nil {
				return err
			}
			next = nextOf(len(list), limit, p.ID)
		}
		return err
	})
	return next, err
}

// nameOf says which record a parked item is about.
func nameOf(tx *store.Tx, p store.Parked) (RecordName, error) {
	n := RecordName{}
	if p.Ref.Side == record.GHL {
		n.GHL = p.Ref.ID
	} else {
		n.Commonsku = p.Ref.ID
	}
	if p.LinkID != 0 {
		l, err := tx.Link(p.LinkID)
		if err == nil {
			n.GHL, n.Commonsku = l.GHL, l.Commonsku
		}
	}
	seen, ok, err := tx.SeenOf(p.Pair, p.Ref)
	if ok {
		n.Label = seen.Name
	}
	return n, err
}

// Conflicts lists the fields that both sides changed and that a person has to decide.
func (s *Service) Conflicts(ctx context.Context, q ListQuery) (ConflictPage, error) {
	var page ConflictPage
	next, err := s.parked(ctx, q, func(tx *store.Tx, p store.Parked) error {
		name, err := nameOf(tx, p)
		page.Items = append(page.Items, Conflict{ID: p.ID, Pair: p.Pair, Kind: p.Ref.Kind, Record: name, Field: p.Field, Base: p.Base, GHL: p.GHL, Commonsku: p.Commonsku, Since: p.CreatedAt})
		return err
	}, "conflict")
	page.Next = next
	return page, err
}

// Errors lists the records that could not be written and were put aside with their reason.
func (s *Service) Errors(ctx context.Context, q ListQuery) (ErrorPage, error) {
	var page ErrorPage
	next, err := s.parked(ctx, q, func(tx *store.Tx, p store.Parked) error {
		name, err := nameOf(tx, p)
		page.Items = append(page.Items, ErrorItem{ID: p.ID, Pair: p.Pair, Why: p.Why, Kind: p.Ref.Kind, Record: name, Field: p.Field, Class: p.Class, Cause: p.Cause, Mend: p.Mend, Since: p.CreatedAt})
		return err
	}, "dead", "no_permission", "taken", "frozen", "not_stored", "schema_drift")
	page.Next = next
	return page, err
}

// Asks lists the records that only a person can place.
func (s *Service) Asks(ctx context.Context, q ListQuery) (AskPage, error) {
	var page AskPage
	next, err := s.parked(ctx, q, func(tx *store.Tx, p store.Parked) error {
		name, err := nameOf(tx, p)
		a := Ask{ID: p.ID, Pair: p.Pair, Why: p.Why, Kind: p.Ref.Kind, Ref: p.Ref, Label: name.Label, Reason: p.Cause, Candidates: []Candidate{}, Since: p.CreatedAt}
		for _, c := range p.Candidates {
			a.Candidates = append(a.Candidates, Candidate{Ref: c.Ref, Label: c.Label, Score: c.Score, Reason: c.Reason})
		}
		page.Items = append(page.Items, a)
		return err
	}, "ask", "twin")
	page.Next = next
	return page, err
}

// Held lists the deletes that the guard holds back.
func (s *Service) Held(ctx context.Context, pair string, q ListQuery) (HeldPage, error) {
	var page HeldPage
	q.Pair = pair
	next, err := s.parked(ctx, q, func(tx *store.Tx, p store.Parked) error {
		name, err := nameOf(tx, p)
		page.Items = append(page.Items, HeldDelete{ID: p.ID, Kind: p.Ref.Kind, Record: name, Side: p.Ref.Side, Effect: "archive", Reason: p.Cause, Since: p.CreatedAt})
		return err
	}, "guard")
	page.Next = next
	return page, err
}
