package merge

import (
	"fmt"
	"time"

	"tandem/internal/record"
)

// tieWithin is how close two edits must be to count as simultaneous: commonsku stamps whole seconds, GHL milliseconds.
const tieWithin = 2 * time.Second

// Record merges the fields of one record; outcomes come in the order of the fields, and each depends on its own field
// only. now caps the times of edits: a side whose clock runs ahead does not win by that.
func Record(fields []Field, now time.Time) []Outcome {
	out := make([]Outcome, len(fields))
	for i, f := range fields {
		out[i] = Merge(f, now)
	}
	return out
}

// Merge decides about one field. It is total: every combination has an outcome, and the same input the same outcome.
//
// Kept here: I3 a difference that remains has a Why, I4, I5, I11. Carried out and merged again, it writes nothing.
func Merge(f Field, now time.Time) Outcome {
	f.Rule = f.Rule.withDefaults()
	if f.Rule.overwrites() {
		f.Held, f.Resolved = false, nil // the source wins always: there is nothing to decide
	}
	switch {
	case f.Resolved != nil && !(f.GHL.Key.Equal(*f.Resolved) && f.Commonsku.Key.Equal(*f.Resolved)):
		return resolve(f, now)
	case f.GHL.Key.Equal(f.Commonsku.Key):
		return agree(f)
	case f.Rule.Set:
		return mergeSet(f)
	case f.Held:
		o := hold(f, Held)
		o.Reason = "held until a person decides or the sides agree"
		return o
	case f.Base == nil:
		return firstLink(f, now)
	}
	// Here: a text with a base, and the keys differ.
	switch ghl, commonsku := f.changed(record.GHL), f.changed(record.Commonsku); {
	case ghl && commonsku:
		return conflict(f, now, BothChangedGHLWins, BothChangedCommonskuWin, BothChangedHeld)
	case ghl:
		return oneChanged(f, record.GHL)
	case commonsku:
		return oneChanged(f, record.Commonsku)
	}
	return apart(f)
}

// apart: the keys differ although neither side was edited since base.
func apart(f Field) Outcome {
	o := Outcome{Name: f.Name, Case: Apart, Why: WhyNotStored,
		Reason: "neither side edited it since the last write: one of them keeps the value in its own way"}
	if f.Rule.Direction != Both {
		o.Why, o.Reason = WhyDrift, "not edited; the receiving side held more than the source from the start, or keeps the value in its own way"
	}
	return o
}

// agree: the keys are equal. Base follows the raw values, so that what a normaliser did is never an edit later.
func agree(f Field) Outcome {
	o := Outcome{Name: f.Name, Case: Agreed, After: f.GHL.Key, Reason: "both sides agree"}
	switch {
	case f.Held:
		o.Reason = "both sides came to agree"
	case f.Base != nil && f.changed(record.GHL) && f.changed(record.Commonsku):
		o.Case, o.Reason = BothChangedSame, "both sides were changed to the same"
	}
	o.settle(f)
	return o
}

// firstLink: no base, the keys differ, so at least one is not empty.
func firstLink(f Field, now time.Time) Outcome {
	// An empty side is a side that never had the value: this is never a clear, whatever the policy says.
	switch {
	case f.Commonsku.Key.IsEmpty():
		return flow(f, record.GHL, FirstLinkOnlyGHL, "first link: only GHL has a value")
	case f.GHL.Key.IsEmpty():
		return flow(f, record.Commonsku, FirstLinkOnlyCommonsku, "first link: only commonsku has a value")
	}
	return conflict(f, now, FirstLinkGHLWins, FirstLinkCommonskuWins, FirstLinkHeld)
}

// oneChanged: from was edited since base, the other side was not.
func oneChanged(f Field, from record.Side) Outcome {
	to := from.Other()
	if f.Rule.overwrites() && !f.Rule.Direction.Allows(to) {
		// from is the far side of a one-way row: what the source holds is put back.
		if g := f.gate(from); !g.open {
			return Outcome{Name: f.Name, Case: DriftReported, Why: g.why, Reason: "edited in " + name(from) + ", which only receives; not put back: " + g.words}
		}
		o := Outcome{Name: f.Name, Case: DriftOverwritten, After: f.reading(to).Key,
			Kept:   []Loser{{from, f.reading(from).Key}},
			Reason: "edited in " + name(from) + ", which only receives; " + name(to) + "'s value is put back"}
		o.write(from, f.reading(to).Key)
		return o
	}
	c := GHLChanged
	if from == record.Commonsku {
		c = CommonskuChanged
	}
	reason := "edited in " + name(from)
	if f.reading(from).Key.IsEmpty() {
		reason = "cleared in " + name(from)
	}
	return flow(f, from, c, reason)
}

// flow writes the value of from to the other side, or says why not.
func flow(f Field, from record.Side, c Case, reason string) Outcome {
	to := from.Other()
	g := f.gate(to)
	if !g.open {
		o := Outcome{Name: f.Name, Case: c, Why: g.why, Reason: reason + "; not written to " + name(to) + ": " + g.words}
		if g.why == WhyDrift {
			o.Case = DriftReported
		}
		return o
	}
	o := Outcome{Name: f.Name, Case: c, After: f.reading(from).Key, Reason: reason}
	o.write(to, f.reading(from).Key)
	return o
}

// conflict: both sides have a claim and differ; ghl, commonsku and held are the names of the three ways out.
func conflict(f Field, now time.Time, ghl, commonsku, held Case) Outcome {
	winner, reason := f.winner(now)
	if winner == "" {
		// Nothing to decide for a person where neither answer could be carried out.
		if f.gate(record.GHL).open || f.gate(record.Commonsku).open {
			o := hold(f, held)
			o.Reason = reason
			return o
		}
		winner = f.Rule.Tie
	}
	c := ghl
	if winner == record.Commonsku {
		c = commonsku
	}
	loser := winner.Other()
	o := Outcome{Name: f.Name, Case: c, Reason: reason}
	g := f.gate(loser)
	if g.open {
		o.Kept = []Loser{{loser, f.reading(loser).Key}}
		o.After = f.reading(winner).Key
		o.write(loser, o.After)
		return o
	}
	// The winner may not flow. The loser's edit counts as seen, so that the winner stands as the one edit that waits, and
	// a later edit of the loser is a conflict of its own with a time of its own. Nothing is overwritten, so nothing is kept.
	o.Why, o.Reason = g.why, reason+"; not written to "+name(loser)+": "+g.words
	o.stand(f, loser)
	return o
}

// stand makes the value of side the agreed one, while the other side keeps its edit.
func (o *Outcome) stand(f Field, side record.Side) {
	o.After, o.Stays = f.reading(side).Key, []record.Side{side.Other()}
	o.settle(f)
}

func hold(f Field, c Case) Outcome {
	o := Outcome{Name: f.Name, Case: c, Why: WhyConflict, Conflict: &Conflict{GHL: f.GHL.Key, Commonsku: f.Commonsku.Key}}
	if f.Base != nil {
		o.Conflict.Base = f.Base.Key
	}
	return o
}

// resolve carries out what a person decided, as far as the sides may be written.
func resolve(f Field, now time.Time) Outcome {
	o := Outcome{Name: f.Name, Case: Resolved, After: *f.Resolved, Reason: "decided by a person"}
	blocked := 0
	for _, s := range record.Sides {
		r := f.reading(s)
		if r.Key.Equal(*f.Resolved) {
			continue
		}
		if g := f.gate(s); !g.open {
			blocked++
			o.Why, o.Reason = g.why, o.Reason+"; not written to "+name(s)+": "+g.words
			o.After, o.Stays = r.Key, []record.Side{s.Other()}
			continue
		}
		o.write(s, *f.Resolved)
		o.Kept = append(o.Kept, Loser{s, r.Key})
		if f.Rule.Set {
			o.elements(s, difference(f.Resolved.Items(), r.Key.Items()), difference(r.Key.Items(), f.Resolved.Items()))
		}
	}
	if blocked == len(record.Sides) {
		// A third value that neither side may be given: as if nobody had decided. A hold would only ask again.
		f.Resolved, f.Held = nil, false
		return Merge(f, now)
	}
	o.settle(f)
	return o
}

// changed says whether a side was edited since base. Both forms have to differ: a new raw form of the same key is a
// normaliser at work, a new key of the same raw form is a new version of ours.
func (f Field) changed(s record.Side) bool {
	r := f.reading(s)
	return f.Base != nil && !r.Raw.Equal(f.Base.raw(s)) && !r.Key.Equal(f.Base.Key)
}

// gate says whether a side may be written (I11), and in words why not.
type gate struct {
	open  bool
	why   Why
	words string
}

func (f Field) gate(to record.Side) gate {
	r := f.reading(to)
	switch {
	case !f.Rule.Direction.Allows(to):
		return gate{why: WhyDrift, words: "the row flows to " + name(to.Other()) + " only"}
	case !r.Writable:
		return gate{why: WhyPermission, words: "Tandem may not write it there"}
	case f.Rule.OnlyIntoEmpty && !r.Key.IsEmpty():
		return gate{why: WhyDrift, words: "the row only fills empty fields"}
	}
	return gate{open: true}
}

// winner decides a conflict; "" leaves it to a person.
func (f Field) winner(now time.Time) (record.Side, string) {
	if f.Rule.overwrites() {
		from := record.GHL
		if f.Rule.Direction == CommonskuToGHL {
			from = record.Commonsku
		}
		return from, "both set; " + name(from) + " is the source and overwrites"
	}
	switch f.Rule.OnConflict {
	case GHLWins:
		return record.GHL, "both edited; policy: GHL wins"
	case CommonskuWin:
		return record.Commonsku, "both edited; policy: commonsku wins"
	case Manual:
		return "", "both edited; policy: a person decides"
	}
	g, c := seenAt(f.GHL, now), seenAt(f.Commonsku, now)
	if d := g.Sub(c).Abs(); d < tieWithin {
		return f.Rule.Tie, fmt.Sprintf("tie: %s; %s wins ties", f.times(g, c), name(f.Rule.Tie))
	}
	if g.After(c) {
		return record.GHL, "newest: " + f.times(g, c)
	}
	return record.Commonsku, "newest: " + f.times(g, c)
}

// seenAt is when a side was edited, as far as can be known.
func seenAt(r Reading, now time.Time) time.Time {
	if r.ChangedAt.IsZero() || r.ChangedAt.After(now) {
		return now
	}
	return r.ChangedAt
}

func (f Field) times(g, c time.Time) string {
	layout := "15:04:05"
	if g.UTC().Format(time.DateOnly) != c.UTC().Format(time.DateOnly) {
		layout = time.DateTime
	}
	tell := func(r Reading, t time.Time) string {
		if r.ChangedAt.IsZero() {
			return "first seen " + t.UTC().Format(layout)
		}
		return "edited " + t.UTC().Format(layout)
	}
	return fmt.Sprintf("GHL %s, commonsku %s (UTC)", tell(f.GHL, g), tell(f.Commonsku, c))
}

// name is what people call a side.
func name(s record.Side) string {
	if s == record.GHL {
		return "GHL"
	}
	return "commonsku"
}

// overwrites says that the far side of the row only receives, and is set right where it is edited.
func (r Rule) overwrites() bool { return r.Drift == Overwrite && r.Direction != Both }

// Over completes r where it says nothing: by d, then by the defaults (both ways, newest, GHL wins ties, drift reported).
func (r Rule) Over(d Rule) Rule {
	if r.Direction == "" {
		r.Direction = d.Direction
	}
	if r.OnConflict == "" {
		r.OnConflict = d.OnConflict
	}
	if r.Tie == "" {
		r.Tie = d.Tie
	}
	if r.Drift == "" {
		r.Drift = d.Drift
	}
	return r.withDefaults()
}

func (r Rule) withDefaults() Rule {
	if r.Direction == "" {
		r.Direction = Both
	}
	if r.OnConflict == "" {
		r.OnConflict = Newest
	}
	if r.Drift == "" {
		r.Drift = Report
	}
	if !r.Tie.Valid() {
		r.Tie = record.GHL
	}
	return r
}
