package merge

import (
	"slices"
	"strings"

	"tandem/internal/record"
)

// delta is what one side did to a set since base.
type delta struct{ add, remove []string }

func (d delta) empty() bool { return len(d.add) == 0 && len(d.remove) == 0 }

// without leaves out what the other side did as well.
func (d delta) without(e delta) delta {
	return delta{difference(d.add, e.add), difference(d.remove, e.remove)}
}

// mergeSet: a set whose keys differ. Additions and removals on both sides all survive; there is no conflict, since an
// element that one side added cannot have been removed by the other. Without a base nothing counts as removed.
func mergeSet(f Field) Outcome {
	var base []string
	if f.Base != nil {
		base = f.Base.Key.Items()
	}
	ghl, commonsku := f.delta(record.GHL, base), f.delta(record.Commonsku, base)
	if f.Base != nil && ghl.empty() && commonsku.empty() {
		return apart(f)
	}
	o := Outcome{Name: f.Name, Case: SetMerged}
	if f.Base == nil {
		o.Case = FirstLinkUnion
	}
	after := base
	var notes []string
	for _, s := range record.Sides {
		mine, theirs := ghl, commonsku
		if s == record.Commonsku {
			mine, theirs = commonsku, ghl
		}
		own := mine.without(theirs)
		if own.empty() {
			after = union(difference(after, mine.remove), mine.add)
			continue
		}
		to := s.Other()
		g := f.gate(to)
		switch {
		case g.open:
			after = union(difference(after, mine.remove), mine.add)
			items := f.reading(to).Key.Items()
			o.change(f, to, difference(own.add, items), intersection(own.remove, items))
			notes = append(notes, "edited in "+name(s))
		case f.Base != nil && f.Rule.overwrites() && !f.Rule.Direction.Allows(to) && f.gate(s).open:
			// s only receives: its edits are taken back.
			items := f.reading(s).Key.Items()
			o.change(f, s, difference(own.remove, items), intersection(own.add, items))
			o.Case, o.Kept = DriftOverwritten, append(o.Kept, Loser{s, f.reading(s).Key})
			notes = append(notes, "edited in "+name(s)+", which only receives; put back")
		default:
			// What a side that is overwritten held before the first link is no edit: it is left, and not counted as one.
			if f.Base != nil || !f.Rule.overwrites() || f.Rule.Direction.Allows(to) {
				o.Stays = append(o.Stays, s)
			}
			if o.Why != WhyPermission {
				o.Why = g.why
			}
			notes = append(notes, "edited in "+name(s)+"; not written to "+name(to)+": "+g.words)
		}
	}
	// What both did is done, whichever way the row flows.
	both := delta{intersection(ghl.add, commonsku.add), intersection(ghl.remove, commonsku.remove)}
	o.After = record.Set(union(difference(after, both.remove), both.add)...)
	o.Reason = "element by element: " + strings.Join(notes, "; ")
	o.explain(f)
	if !o.Writes() && o.Why == WhyDrift {
		o.Case = DriftReported
	}
	o.settle(f)
	return o
}

// explain makes Why true of what the sides will hold, whoever may have dropped or kept elements on the way (I3).
func (o *Outcome) explain(f Field) {
	ghl, commonsku := f.GHL.Key, f.Commonsku.Key
	if o.ToGHL != nil {
		ghl = *o.ToGHL
	}
	if o.ToCommonsku != nil {
		commonsku = *o.ToCommonsku
	}
	switch {
	case ghl.Equal(commonsku):
		o.Why, o.Stays, o.After = InStep, nil, ghl
	case o.Why == InStep:
		o.Why = WhyNotStored
	}
}

// delta is what a side did since base; nothing, where it was not edited.
func (f Field) delta(s record.Side, base []string) delta {
	items := f.reading(s).Key.Items()
	if f.Base == nil {
		return delta{add: items}
	}
	if !f.changed(s) {
		return delta{}
	}
	return delta{difference(items, base), difference(base, items)}
}

// change adds elements to and removes elements from what a side holds, on top of what o already does to it.
func (o *Outcome) change(f Field, s record.Side, add, remove []string) {
	a, r := o.Elements(s)
	a, r = union(a, add), union(r, remove)
	if len(a) == 0 && len(r) == 0 {
		return // I4: the side has it already
	}
	o.elements(s, a, r)
	o.write(s, record.Set(union(difference(f.reading(s).Key.Items(), r), a)...))
}

func (o *Outcome) elements(s record.Side, add, remove []string) {
	if s == record.GHL {
		o.AddGHL, o.RemoveGHL = add, remove
	} else {
		o.AddCommonsku, o.RemoveCommonsku = add, remove
	}
}

// The inputs and results of these are sorted and without repeats, as in record.Value.

func difference(a, b []string) []string {
	var out []string
	for _, s := range a {
		if _, found := slices.BinarySearch(b, s); !found {
			out = append(out, s)
		}
	}
	return out
}

func intersection(a, b []string) []string {
	var out []string
	for _, s := range a {
		if _, found := slices.BinarySearch(b, s); found {
			out = append(out, s)
		}
	}
	return out
}

func union(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 {
		return b
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
