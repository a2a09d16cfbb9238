package merge

import (
	"time"

	"tandem/internal/record"
)

// carried is what the two sides and the store hold once an outcome was carried out by a far side that stores what it
// is given.
func carried(f Field, o Outcome) Field {
	if o.ToGHL != nil {
		f.GHL.Raw, f.GHL.Key = *o.ToGHL, *o.ToGHL
	}
	if o.ToCommonsku != nil {
		f.Commonsku.Raw, f.Commonsku.Key = *o.ToCommonsku, *o.ToCommonsku
	}
	switch {
	case o.Writes():
		b := o.Settled(f.GHL.Raw, f.Commonsku.Raw)
		f.Base = &b
	case o.Base != nil:
		f.Base = o.Base
	}
	f.Resolved = nil
	f.Held = o.Conflict != nil
	return f
}

// mirrored swaps the sides: readings, base, direction, policy and ties.
func mirrored(f Field) Field {
	m := f
	m.GHL, m.Commonsku = f.Commonsku, f.GHL
	if f.Base != nil {
		m.Base = &Base{GHL: f.Base.Commonsku, Commonsku: f.Base.GHL, Key: f.Base.Key}
	}
	m.Rule = m.Rule.withDefaults()
	m.Rule.Tie = m.Rule.Tie.Other()
	switch m.Rule.Direction {
	case GHLToCommonsku:
		m.Rule.Direction = CommonskuToGHL
	case CommonskuToGHL:
		m.Rule.Direction = GHLToCommonsku
	}
	switch m.Rule.OnConflict {
	case GHLWins:
		m.Rule.OnConflict = CommonskuWin
	case CommonskuWin:
		m.Rule.OnConflict = GHLWins
	}
	return m
}

// mirroredOutcome swaps the sides of a plan; words are left out, since they name sides in their own order.
func mirroredOutcome(o Outcome) Outcome {
	m := o
	m.ToGHL, m.ToCommonsku = o.ToCommonsku, o.ToGHL
	m.AddGHL, m.AddCommonsku = o.AddCommonsku, o.AddGHL
	m.RemoveGHL, m.RemoveCommonsku = o.RemoveCommonsku, o.RemoveGHL
	m.Stays = nil
	for _, s := range record.Sides { // in the order of sides
		for _, t := range o.Stays {
			if t.Other() == s {
				m.Stays = append(m.Stays, s)
			}
		}
	}
	m.Kept = nil
	for _, s := range record.Sides {
		for _, l := range o.Kept {
			if l.Side.Other() == s {
				m.Kept = append(m.Kept, Loser{s, l.Value})
			}
		}
	}
	if o.Base != nil {
		m.Base = &Base{GHL: o.Base.Commonsku, Commonsku: o.Base.GHL, Key: o.Base.Key}
	}
	if o.Conflict != nil {
		m.Conflict = &Conflict{Base: o.Conflict.Base, GHL: o.Conflict.Commonsku, Commonsku: o.Conflict.GHL}
	}
	m.Case = mirroredCase(o.Case)
	return m
}

func mirroredCase(c Case) Case {
	pairs := [][2]Case{
		{GHLChanged, CommonskuChanged}, {BothChangedGHLWins, BothChangedCommonskuWin},
		{FirstLinkOnlyGHL, FirstLinkOnlyCommonsku}, {FirstLinkGHLWins, FirstLinkCommonskuWins},
	}
	for _, p := range pairs {
		switch c {
		case p[0]:
			return p[1]
		case p[1]:
			return p[0]
		}
	}
	return c
}

// plain drops the words, for comparing a plan with a mirrored one.
func plain(o Outcome) Outcome {
	o.Reason = ""
	return o
}

// violations lists what must never be true of an outcome, whatever the field; an independent reading of the rules that
// knows nothing of how Merge decides.
func violations(f Field, o Outcome, now time.Time) []string {
	var out []string
	bad := func(cond bool, what string) {
		if cond {
			out = append(out, what)
		}
	}
	rule := f.Rule.withDefaults()
	for _, s := range record.Sides {
		w, r := o.To(s), f.reading(s)
		if w == nil {
			continue
		}
		bad(!r.Writable, "I11: writes to a side that is not writable")
		bad(w.Equal(r.Key), "I4: writes what the side holds")
		bad(rule.OnlyIntoEmpty && !r.Key.IsEmpty(), "fills a field that is not empty")
		bad(!rule.Direction.Allows(s), "writes against the direction")
		bad(f.Base == nil && w.IsEmpty() && f.Resolved == nil, "a first link clears")
		if rule.Set {
			add, remove := o.Elements(s)
			want := union(difference(r.Key.Items(), remove), add)
			bad(!record.Set(want...).Equal(*w), "set: elements and whole value tell different things")
			bad(len(intersection(add, r.Key.Items())) > 0, "set: adds what is there")
			bad(len(difference(remove, r.Key.Items())) > 0, "set: removes what is not there")
		}
	}
	bad(o.ToGHL != nil && o.ToCommonsku != nil && !rule.Set && f.Resolved == nil, "one change writes to both sides")
	bad(o.Writes() && o.Base != nil, "a base before its writes are answered")
	bad((o.Conflict != nil) != (o.Why == WhyConflict), "conflict and why disagree")
	bad(o.Reason == "", "no reason given")
	after := carried(f, o)
	bad(!after.GHL.Key.Equal(after.Commonsku.Key) && o.Why == InStep, "I3: differs and nobody is told why")
	bad(after.GHL.Key.Equal(after.Commonsku.Key) && o.Why != InStep && f.Resolved == nil, "in step, yet a why")
	bad(Merge(after, now).Writes(), "carried out and merged again it still writes")
	// I1: a text that somebody entered and that is overwritten was kept, unless it is what both sides agreed on before.
	for _, s := range record.Sides {
		r, w := f.reading(s), o.To(s)
		if w == nil || rule.Set || !f.changed(s) && f.Base != nil || r.Key.IsEmpty() {
			continue
		}
		kept := false
		for _, l := range o.Kept {
			kept = kept || l.Side == s && l.Value.Equal(r.Key)
		}
		bad(!kept, "I1: an edit is overwritten and not kept")
	}
	return out
}
