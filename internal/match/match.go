// Package match decides who is the same person on both sides when records meet for the first time. Sure identity comes
// first (a link, an e-mail or phone with a compatible name); then weights of agreement per field, rarer values counting
// more, so that every score is a sum of reasons. Three outcomes: linked, for a person to decide, apart. Pure, and
// independent of the order of its input.
package match

import (
	"cmp"
	"fmt"
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
type Reason struct {
	Field  string
	Level  string // in words: "same", "nickname", "differs"
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
		parts = append(parts, fmt.Sprintf("%s %s (%+.1f)", r.Field, r.Level, r.Weight))
	}
	return strings.Join(parts, ", ")
}

// Pair is an existing link.
type Pair struct{ GHL, Commonsku record.Ref }

// Options of a match. Zero values take the defaults, which were fixed without any labelled data.
type Options struct {
	Linked []Pair
	// LinkAt is the score from which two records are linked without asking, AskAt from which a person is asked; Margin is
	// by how much the best candidate has to beat the next one. Bits; 0: 12, 7 and 5.
	LinkAt, AskAt, Margin float64
}

func (o Options) withDefaults() Options {
	o.LinkAt = cmp.Or(o.LinkAt, 12)
	o.AskAt = cmp.Or(o.AskAt, 7)
	o.Margin = cmp.Or(o.Margin, 5)
	return o
}

// Result of a match: every record of either side is in exactly one list, but that a record may be in several asks.
type Result struct {
	Links, Asks            []Decision
	OnlyGHL, OnlyCommonsku []record.Ref
}

// Match compares two lists of people.
func Match(ghl, commonsku []Person, o Options) Result {
	o = o.withDefaults()
	ghl, commonsku = sorted(ghl), sorted(commonsku)
	linkedBefore := map[record.Ref]bool{}
	for _, p := range o.Linked {
		linkedBefore[p.GHL], linkedBefore[p.Commonsku] = true, true
	}
	fresh := func(list []Person) []Person {
		return slices.DeleteFunc(slices.Clone(list), func(p Person) bool { return linkedBefore[p.Ref] })
	}
	g, c := prepareAll(fresh(ghl)), prepareAll(fresh(commonsku))
	stats := newStats(g, c)
	var pairs []scored
	for _, cand := range block(g, c) {
		d := stats.compare(&g[cand.g], &c[cand.c])
		if d.total >= o.AskAt {
			pairs = append(pairs, scored{cand.g, cand.c, d})
		}
	}
	return assign(g, c, pairs, o)
}

// Candidates weighs one record against some of the far side, best first, those apart left out.
func Candidates(me Person, pool []Person, o Options) []Decision {
	o = o.withDefaults()
	one, many := prepareAll([]Person{me}), prepareAll(sorted(pool))
	stats := newStats(one, many)
	stats.floor = liveFloor // the pool is a selection: how rare a value is among all cannot be told from it
	var out []Decision
	var pairs []scored
	for i := range many {
		d := stats.compare(&one[0], &many[i])
		if d.total >= o.AskAt {
			pairs = append(pairs, scored{0, i, d})
		}
	}
	slices.SortStableFunc(pairs, func(a, b scored) int { return cmp.Compare(b.total, a.total) })
	for i, p := range pairs {
		outcome := Ask
		clear := len(pairs) == 1 || i == 0 && p.total-pairs[1].total >= o.Margin
		if p.canLink(o) && (clear || p.sure) {
			outcome = Linked
		}
		out = append(out, decision(me, many[p.c].p, p.comparison, outcome))
	}
	return out
}

func decision(a, b Person, d comparison, outcome Outcome) Decision {
	out := Decision{GHL: a.Ref, Commonsku: b.Ref, Outcome: outcome, Sure: d.sure, Score: d.total, Reasons: d.reasons}
	if a.Ref.Side == record.Commonsku {
		out.GHL, out.Commonsku = b.Ref, a.Ref
	}
	return out
}

type scored struct {
	g, c int
	comparison
}

// otherName is how many bits more it takes to outweigh a part of the name that differs.
const otherName = 2

// canLink says whether a pair may be linked without asking.
func (s comparison) canLink(o Options) bool {
	switch {
	case s.blocked:
		return false
	case s.sure, s.total >= o.LinkAt && s.named:
		return true
	}
	// A part of the name that differs may be a mistake where nothing but name and address is known and the address agrees.
	// With an e-mail or a phone about it is more likely somebody else of the household: a person decides.
	return s.bare && s.at >= 2 && s.total >= o.LinkAt+otherName
}

// assign links each record at most once: sure identity first, then mutual best with a margin; what is near but not
// clear is asked.
func assign(g, c []prepared, pairs []scored, o Options) Result {
	slices.SortFunc(pairs, func(a, b scored) int {
		if a.sure != b.sure {
			if a.sure {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.g, b.g), cmp.Compare(a.c, b.c))
	})
	type best struct{ first, second float64 }
	top := func(n int) []best { return make([]best, n) }
	bg, bc := top(len(g)), top(len(c))
	for _, p := range pairs {
		for _, b := range []*best{&bg[p.g], &bc[p.c]} {
			switch {
			case p.total > b.first:
				b.first, b.second = p.total, b.first
			case p.total > b.second:
				b.second = p.total
			}
		}
	}
	var res Result
	gLinked, cLinked, gAsked, cAsked := make([]bool, len(g)), make([]bool, len(c)), make([]bool, len(g)), make([]bool, len(c))
	for _, p := range pairs {
		if gLinked[p.g] || cLinked[p.c] {
			continue
		}
		clear := p.total >= bg[p.g].first && p.total >= bc[p.c].first && p.total-bg[p.g].second >= o.Margin && p.total-bc[p.c].second >= o.Margin
		if p.canLink(o) && clear {
			gLinked[p.g], cLinked[p.c] = true, true
			res.Links = append(res.Links, decision(g[p.g].p, c[p.c].p, p.comparison, Linked))
		}
	}
	// A record whose best counterpart went to somebody else is a twin: it is asked, never made a second time.
	for _, p := range pairs {
		if gLinked[p.g] && cLinked[p.c] || p.total < o.AskAt {
			continue
		}
		if (gLinked[p.g] || cLinked[p.c]) && !p.canLink(o) {
			continue // near to somebody who is placed already, and not near enough to be the same
		}
		if len(res.Asks) > 0 && (gAsked[p.g] && gLinked[p.g] || cAsked[p.c] && cLinked[p.c]) {
			continue
		}
		if !gLinked[p.g] {
			gAsked[p.g] = true
		}
		if !cLinked[p.c] {
			cAsked[p.c] = true
		}
		res.Asks = append(res.Asks, decision(g[p.g].p, c[p.c].p, p.comparison, Ask))
	}
	for i := range g {
		if !gLinked[i] && !gAsked[i] {
			res.OnlyGHL = append(res.OnlyGHL, g[i].p.Ref)
		}
	}
	for i := range c {
		if !cLinked[i] && !cAsked[i] {
			res.OnlyCommonsku = append(res.OnlyCommonsku, c[i].p.Ref)
		}
	}
	return res
}

func sorted(list []Person) []Person {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b Person) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
	return out
}
