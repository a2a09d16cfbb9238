package demo

import (
	"context"
	"fmt"
	"time"

	"tandem/internal/operate"
	"tandem/internal/record"
)

// decideRows edits the match preview as an office manager does who knows the people: what is asked is answered, and a
// person whom the match took for two is linked. What it linked by itself stands, right or wrong.
func (s *story) decideRows(rows []operate.MatchRow) []operate.MatchRow {
	free := map[string]bool{} // commonsku's contacts that nobody was matched with
	for _, r := range rows {
		if r.GHL == "" {
			free[r.Commonsku] = true
		}
	}
	told := map[string]bool{}
	var out []operate.MatchRow
	for _, r := range rows {
		switch {
		case r.Decision == "ask":
			s.report.Decided++
			if r.Decision = "apart"; s.truth.same(r.GHL, r.Commonsku) {
				r.Decision = "link"
			}
		case r.Decision == "create" && free[s.truth[r.GHL]]:
			s.report.Missed++
			r.Commonsku, r.Decision = s.truth[r.GHL], "link"
			told[r.Commonsku] = true
		}
		out = append(out, r)
	}
	kept := out[:0]
	for _, r := range out {
		if r.GHL != "" || !told[r.Commonsku] {
			kept = append(kept, r)
		}
	}
	return kept
}

// decideAsks answers what the service asks while it works: whether two spellings are one company, whether two records
// are one person. What cannot be known stays open and is told at the end.
func (s *story) decideAsks(ctx context.Context) error {
	seen := map[int64]bool{}
	for range 4 { // an answer can lead to the next question
		q, decided := operate.ListQuery{Pair: pair, Limit: 1000}, 0
		asks, err := s.api.Asks(ctx, q)
		if err != nil {
			return fmt.Errorf("asks: %w", err)
		}
		for _, a := range asks.Items {
			if seen[a.ID] {
				continue
			}
			seen[a.ID] = true
			d, known := s.know(a)
			if !known {
				continue
			}
			if err := s.api.Decide(ctx, a.ID, d); err != nil {
				s.say("    %s: %s", a.Label, err)
				continue
			}
			decided++
		}
		s.report.Companies += decided
		if decided == 0 {
			return nil
		}
		s.say("%d questions answered, mostly: one company, or two?", decided)
		if err := s.idle(ctx, 20*time.Second); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) know(a operate.Ask) (operate.Decision, bool) {
	for _, c := range a.Candidates {
		switch {
		case c.Ref.Kind == record.Company:
			if m, ok := s.world.Commonsku.Client(c.Ref.ID); ok {
				g, _ := s.world.GHL.Contact(a.Ref.ID)
				if firm(flat(g, "companyName")) == firm(flat(m, "client_name")) {
					return operate.Decision{Decision: "link", With: c.Ref.ID}, true
				}
			}
		case s.truth.same(a.Ref.ID, c.Ref.ID), s.truth.same(c.Ref.ID, a.Ref.ID):
			return operate.Decision{Decision: "link", With: c.Ref.ID}, true
		}
	}
	if a.Why == "twin" || len(a.Candidates) > 0 && a.Candidates[0].Ref.Kind == record.Contact {
		return operate.Decision{Decision: "create"}, true
	}
	return operate.Decision{}, false
}
