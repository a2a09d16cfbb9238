package merge

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/internal/record"
)

// world is two sides that people edit, with the store in between; and beside it a model that knows only what people did.
type world struct {
	text, set Field
	now       time.Time
	// unread are the texts entered since the last merge, by side: the edits that must not get lost.
	unread map[record.Side]string
	dirty  map[record.Side]bool
	// agreed, added and removed are the model of the set.
	agreed         map[string]bool
	added, removed map[string]bool
}

// TestNoEditIsLost lets people edit both sides in any order with merges in between. A merge must leave every edit on
// both sides, or kept, or held for a person (I1); when people stop, both sides are equal (I3), and what is in the set is
// what a naive model says: added by anyone, or agreed and removed by no one.
func TestNoEditIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := rapid.SampledFrom([]Policy{Newest, GHLWins, CommonskuWin, Manual}).Draw(t, "policy")
		writable := Reading{Writable: true}
		w := &world{
			text: Field{Name: "text", Rule: Rule{OnConflict: policy}, GHL: writable, Commonsku: writable},
			set:  Field{Name: "set", Rule: Rule{OnConflict: policy, Set: true}, GHL: writable, Commonsku: writable},
			now:  noon, unread: map[record.Side]string{}, dirty: map[record.Side]bool{},
			agreed: map[string]bool{}, added: map[string]bool{}, removed: map[string]bool{},
		}
		w.merge(t)
		t.Repeat(map[string]func(*rapid.T){
			"edit the text": func(t *rapid.T) {
				s := rapid.SampledFrom(record.Sides[:]).Draw(t, "side")
				w.tick(t)
				v := rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "text")
				w.text.SetReading(s, Reading{Raw: record.Text(v), Key: record.Text(v), Writable: true, ChangedAt: w.now})
				w.unread[s], w.dirty[s] = v, true
			},
			"normalise the text": func(t *rapid.T) {
				s := rapid.SampledFrom(record.Sides[:]).Draw(t, "side")
				r := w.text.Reading(s)
				if !r.Raw.IsEmpty() {
					r.Raw = record.Text(r.Raw.Text() + " ")
					w.text.SetReading(s, r)
				}
			},
			"edit the set": func(t *rapid.T) {
				s := rapid.SampledFrom(record.Sides[:]).Draw(t, "side")
				w.tick(t)
				w.toggle(s, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "element"))
			},
			"merge": func(t *rapid.T) { w.merge(t) },
			"resolve": func(t *rapid.T) {
				if w.text.Held {
					v := w.text.GHL.Key
					w.text.Resolved = &v
					w.merge(t)
				}
			},
		})
		w.merge(t)
		if w.text.Held {
			v := w.text.Commonsku.Key
			w.text.Resolved = &v
			w.merge(t)
		}
		for _, f := range []Field{w.text, w.set} {
			if !f.GHL.Key.Equal(f.Commonsku.Key) {
				t.Fatalf("people stopped, yet %s differs: GHL %q, commonsku %q", f.Name, f.GHL.Key, f.Commonsku.Key)
			}
		}
	})
}

func (w *world) tick(t *rapid.T) {
	w.now = w.now.Add(time.Duration(rapid.IntRange(1, 4).Draw(t, "seconds")) * time.Second)
}

// toggle adds or removes one element on one side.
func (w *world) toggle(s record.Side, e string) {
	r := w.set.Reading(s)
	items := r.Key.Items()
	if slices.Contains(items, e) {
		items = difference(items, []string{e})
		if w.agreed[e] {
			w.removed[e] = true
		}
	} else {
		items = union(items, []string{e})
		if w.agreed[e] {
			// Put back by the side that removed it: no edit, unless the other side removed it too.
			if slices.Contains(w.set.Reading(s.Other()).Key.Items(), e) {
				delete(w.removed, e)
			}
		}
	}
	r.Raw, r.Key, r.ChangedAt = record.Set(items...), record.Set(items...), w.now
	w.set.SetReading(s, r)
}

func (w *world) merge(t *rapid.T) {
	before := w.text
	o := Merge(w.text, w.now)
	w.text = carried(w.text, o)
	for _, s := range record.Sides {
		v, edited := record.Text(w.unread[s]), w.dirty[s]
		if !edited || before.Base != nil && v.Equal(before.Base.Key) {
			continue // nothing entered, or undone before anybody read it
		}
		onBoth := w.text.GHL.Key.Equal(v) && w.text.Commonsku.Key.Equal(v)
		kept := slices.ContainsFunc(o.Kept, func(l Loser) bool { return l.Side == s && l.Value.Equal(v) })
		first := before.Base == nil && v.IsEmpty() // an empty side of a first link says nothing
		if !onBoth && !kept && o.Conflict == nil && !first {
			t.Fatalf("lost: %s entered %q; %s", s, v, describe(w.text, o))
		}
	}
	if o.Conflict == nil {
		clear(w.dirty)
	}
	w.mergeSet(t)
}

func (w *world) mergeSet(t *rapid.T) {
	for _, s := range record.Sides {
		for _, e := range w.set.Reading(s).Key.Items() {
			if !w.agreed[e] {
				w.added[e] = true
			}
		}
	}
	w.set = carried(w.set, Merge(w.set, w.now))
	want := map[string]bool{}
	for e := range w.agreed {
		want[e] = !w.removed[e]
	}
	maps.Copy(want, w.added)
	maps.DeleteFunc(want, func(_ string, in bool) bool { return !in })
	items := record.Set(slices.Collect(maps.Keys(want))...)
	if !w.set.GHL.Key.Equal(items) || !w.set.Commonsku.Key.Equal(items) {
		t.Fatalf("set: GHL %q, commonsku %q, the model says %q", w.set.GHL.Key, w.set.Commonsku.Key, items)
	}
	w.agreed = want
	clear(w.added)
	clear(w.removed)
}

func describe(f Field, o Outcome) string {
	return fmt.Sprintf("then GHL %q, commonsku %q, %s (%s), kept %v", f.GHL.Key, f.Commonsku.Key, o.Case, o.Reason, o.Kept)
}
