package match

import (
	"cmp"
	"slices"

	"tandem/internal/record"
)

// Candidates weighs one record against some of the far side, best first, those apart left out. The pool is a selection,
// so that nothing can be learned from it: the usual rates hold. Several may be Linked: a person who is there twice.
func Candidates(me Person, pool []Person, o Options) []Decision {
	o = o.withDefaults()
	t := newTable()
	one, many := t.enter([]Person{me}), t.enter(pool)
	t.share(one, many)
	w := newModel(t, o.People)
	w.live = true
	var pairs []scored
	for i := range many.rows {
		if v := w.judge(&one.rows[0], &many.rows[i], &o); v.total >= o.AskAt || v.sure {
			pairs = append(pairs, scored{0, int32(i), v})
		}
	}
	slices.SortStableFunc(pairs, func(a, b scored) int { return cmp.Compare(b.total, a.total) })
	var out []Decision
	for i, p := range pairs {
		d := Decision{GHL: me.Ref, Commonsku: many.people[p.c].Ref, Outcome: Ask, Sure: p.sure}
		if me.Ref.Side == record.Commonsku {
			d.GHL, d.Commonsku = d.Commonsku, d.GHL
		}
		d.Reasons, d.Score = w.reasons(&one.rows[0], &many.rows[p.c])
		clear := i == 0 && (len(pairs) == 1 || p.total-pairs[1].total >= o.Margin)
		if p.linking && (clear || p.sure) {
			d.Outcome = Linked
		}
		out = append(out, d)
	}
	return out
}
