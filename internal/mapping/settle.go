package mapping

import (
	"tandem/internal/merge"
	"tandem/internal/record"
)

// NotStored is a written value that a side accepted and does not hold.
type NotStored struct {
	Row        string
	Side       record.Side
	Want, Have record.Value // keys
}

// Settle is what to store once the writes of outcomes were answered: the bases by row (only those that change), and the
// values that a side accepted and did not keep. before is the view that was merged, after the one with both records as
// they are now; a row that could not be written is to be left out of outcomes.
func (t Table) Settle(outcomes []merge.Outcome, before, after View) (map[string]merge.Base, []NotStored) {
	rd := t.newReader(after)
	created := before.GHL.Ref.IsZero() || before.Commonsku.Ref.IsZero()
	bases := map[string]merge.Base{}
	var lost []NotStored
	for _, o := range outcomes {
		row, ok := t.Row(o.Name)
		switch {
		case !ok:
			continue
		case !o.Writes() && o.Why == merge.InStep && (created && o.Base != nil || o.After.IsEmpty() && rd.standsIn(row)):
			// What a new record holds where it was given nothing is made up, by the system or as a placeholder: it is
			// base, so that it never counts as an edit.
			bases[o.Name] = o.Settled(after.raw(row, record.GHL), after.raw(row, record.Commonsku))
			continue
		case !o.Writes():
			if o.Base != nil {
				bases[o.Name] = *o.Base
			}
			continue
		}
		bases[o.Name] = o.Settled(after.raw(row, record.GHL), after.raw(row, record.Commonsku))
		for _, s := range record.Sides {
			if o.To(s) == nil || row.outside() {
				continue
			}
			if want, have, ok := rd.holds(row, s, o); !ok {
				lost = append(lost, NotStored{row.Name, s, want, have})
			}
		}
	}
	return bases, lost
}

// holds says whether a side holds what o wrote to it. Of a set only the elements that were added and removed count.
func (rd reader) holds(row Row, s record.Side, o merge.Outcome) (want, have record.Value, ok bool) {
	want = *o.To(s)
	if !want.IsEmpty() {
		want = rd.canonical(row, want) // as it reads now: the country may have changed in the same write
	}
	if raw := rd.v.raw(row, s); !raw.IsEmpty() {
		have = rd.canonical(row, raw)
	}
	if !row.Rule.Set {
		if want.IsEmpty() && s == record.Commonsku && rd.standsIn(row) {
			return want, want, true
		}
		return want, have, want.Equal(have)
	}
	add, remove := o.Elements(s)
	items := map[string]bool{}
	for _, e := range have.Items() {
		items[e] = true
	}
	for _, e := range add {
		if !items[e] {
			return want, have, false
		}
	}
	for _, e := range remove {
		if items[e] {
			return want, have, false
		}
	}
	return want, have, true
}
