// Package match decides who is the same person on both sides when records meet for the first time. Sure identity comes
// first (a link, an e-mail or phone of one's own with a compatible name); then weights of agreement a field (Fellegi and
// Sunter), learned from the people themselves without labels, rarer values counting more, so that every score is a sum of
// reasons: log2 of the odds that two records are one person. Three outcomes: linked, for a person to decide, apart.
//
// It never guesses between two who are near, never links by a name alone or across a shared e-mail or phone, and never
// links a record twice (I2). Pure, deterministic, and independent of the order of its input (I10).
package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"tandem/internal/record"
)

// Person is a contact as the matcher sees it. Email, Phone, Country and State are canonical; the rest as shown.
type Person struct {
	Ref                                  record.Ref
	First, Last, Email, Phone            string
	Company, CompanyID                   string
	Street, City, State, Postal, Country string
	BirthDate                            string
	OtherEmails, OtherPhones             []string
	Changed                              time.Time
}

// Outcome of a pair of people.
type Outcome string

// The outcomes.
const (
	Linked Outcome = "link"
	Ask    Outcome = "ask"
	Apart  Outcome = "apart"
)

// Reason is one part of a score. Weight is in bits: log2 of how much likelier the agreement is for one person than for two.
// The reason "chance" counts the people that it might have been, so that a score of 0 means even odds.
type Reason struct {
	Field  string
	Level  string // in words: "same", "nickname: bob/robert", "differs"
	Weight float64
}

// Decision is about one record of each side.
type Decision struct {
	GHL, Commonsku record.Ref
	Outcome        Outcome
	Sure           bool    // by e-mail or phone that is theirs alone, with a compatible name
	Score          float64 // the sum of the reasons
	Reasons        []Reason
}

// Other is the decision's record on the far side of s.
func (d Decision) Other(s record.Side) record.Ref {
	if s == record.GHL {
		return d.Commonsku
	}
	return d.GHL
}

// Text tells the reasons in one line, the weightiest first.
func (d Decision) Text() string {
	list := slices.Clone(d.Reasons)
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(b.Weight, a.Weight) })
	parts := make([]string, 0, len(list))
	for _, r := range list {
		if math.Abs(r.Weight) >= 0.05 {
			parts = append(parts, fmt.Sprintf("%s %s (%+.1f)", r.Field, r.Level, r.Weight))
		}
	}
	return strings.Join(parts, ", ")
}

// Pair is an existing link.
type Pair struct{ GHL, Commonsku record.Ref }

// Options of a match. Zero values take the defaults, which are odds, fixed without any labelled data.
type Options struct {
	Linked []Pair
	// LinkAt is the score from which two records are linked without asking, AskAt from which a person is asked; Margin is
	// by how much the best candidate has to beat the next one. Bits; 0: 7 (128 to 1), 1 (2 to 1) and 5 (32 to 1).
	LinkAt, AskAt, Margin float64
	// People is how many people the far side has, for Candidates, whose pool is a selection; 0: 2000.
	People int
	// Progress, if set, hears how many of the pairs worth comparing are compared.
	Progress func(done, total int)
}

func (o Options) withDefaults() Options {
	o.LinkAt = cmp.Or(o.LinkAt, 7)
	o.AskAt = cmp.Or(o.AskAt, 1)
	o.Margin = cmp.Or(o.Margin, 5)
	o.People = cmp.Or(o.People, 2000)
	return o
}

// Result of a match: every record of either side that is not linked before is in exactly one list, but that a record may
// be in several asks.
type Result struct {
	Links, Asks            []Decision // best first
	OnlyGHL, OnlyCommonsku []record.Ref
	Stats                  Stats
}

// Stats says what a match went through.
type Stats struct {
	GHL, Commonsku int // records
	Compared       int // pairs of records that a block brought together
	Sure           int // links by an e-mail or phone of one's own
}

// Match compares two lists of people. The order of neither matters.
func Match(ghl, commonsku []Person, o Options) Result {
	o = o.withDefaults()
	t := newTable()
	g, c := t.enter(ghl), t.enter(commonsku)
	res := Result{Stats: Stats{GHL: len(g.rows), Commonsku: len(c.rows)}}
	s := &placing{o: &o, g: g, c: c}
	s.gTo, s.cTo = placedBefore(g, c, o.Linked)
	if len(g.rows) > 0 && len(c.rows) > 0 {
		t.share(g, c)
		t.households(g, c)
		near := block(t, g, c)
		s.w = newModel(t, max(len(g.rows), len(c.rows)))
		s.w.learn(g, c, near)
		res.Stats.Compared = len(near)
		s.pairs = s.weigh(near)
	}
	s.assign()
	for _, i := range s.links {
		if s.pairs[i].sure {
			res.Stats.Sure++
		}
		res.Links = append(res.Links, s.decision(i, Linked))
	}
	for _, i := range s.asks {
		res.Asks = append(res.Asks, s.decision(i, Ask))
	}
	for i := range g.people {
		if s.gTo[i] == free && !s.gAsk[i] {
			res.OnlyGHL = append(res.OnlyGHL, g.people[i].Ref)
		}
	}
	for i := range c.people {
		if s.cTo[i] == free && !s.cAsk[i] {
			res.OnlyCommonsku = append(res.OnlyCommonsku, c.people[i].Ref)
		}
	}
	return res
}

// placedBefore marks the records that are linked already: they are nobody's counterpart any more, but show who is a twin.
func placedBefore(g, c folk, linked []Pair) (gTo, cTo []int32) {
	done := make(map[record.Ref]bool, 2*len(linked))
	for _, p := range linked {
		done[p.GHL], done[p.Commonsku] = true, true
	}
	mark := func(f folk) []int32 {
		to := make([]int32, len(f.people))
		for i := range to {
			to[i] = free
			if len(done) > 0 && done[f.people[i].Ref] {
				to[i] = before
			}
		}
		return to
	}
	return mark(g), mark(c)
}

// progressEvery is after how many comparisons Progress is called.
const progressEvery = 1 << 16

func (s *placing) weigh(near []uint64) (out []scored) {
	for i, key := range near {
		if s.o.Progress != nil && i%progressEvery == 0 {
			s.o.Progress(i, len(near))
		}
		g, c := int32(key>>32), int32(uint32(key))
		if s.gTo[g] == before && s.cTo[c] == before {
			continue
		}
		if v := s.w.judge(&s.g.rows[g], &s.c.rows[c], s.o); v.total >= s.o.AskAt || v.sure {
			out = append(out, scored{g, c, v})
		}
	}
	if s.o.Progress != nil {
		s.o.Progress(len(near), len(near))
	}
	return out
}

func (s *placing) decision(i int32, outcome Outcome) Decision {
	p := &s.pairs[i]
	d := Decision{GHL: s.g.people[p.g].Ref, Commonsku: s.c.people[p.c].Ref, Outcome: outcome, Sure: p.sure}
	d.Reasons, d.Score = s.w.reasons(&s.g.rows[p.g], &s.c.rows[p.c])
	return d
}
