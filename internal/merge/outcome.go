package merge

import "tandem/internal/record"

// Case names the row of the merge table that applied. The table as a whole is docs/reference/merge-table.md.
type Case string

// The cases. Which side wins is in the name, why it wins in Outcome.Reason.
const (
	Agreed                  Case = "agreed"            // keys are equal
	BothChangedSame         Case = "both_changed_same" // keys are equal, and new on both sides
	Apart                   Case = "apart"             // keys differ, yet nobody edited: a side keeps the value in its own way
	GHLChanged              Case = "ghl_changed"
	CommonskuChanged        Case = "commonsku_changed"
	BothChangedGHLWins      Case = "both_changed_ghl_wins"
	BothChangedCommonskuWin Case = "both_changed_commonsku_wins"
	BothChangedHeld         Case = "both_changed_held"
	FirstLinkOnlyGHL        Case = "first_link_only_ghl"
	FirstLinkOnlyCommonsku  Case = "first_link_only_commonsku"
	FirstLinkGHLWins        Case = "first_link_ghl_wins"
	FirstLinkCommonskuWins  Case = "first_link_commonsku_wins"
	FirstLinkHeld           Case = "first_link_held"
	FirstLinkUnion          Case = "first_link_union" // sets
	SetMerged               Case = "set_merged"       // element by element
	DriftReported           Case = "drift_reported"
	DriftOverwritten        Case = "drift_overwritten"
	Held                    Case = "held" // an open conflict stays open
	Resolved                Case = "resolved"
)

// Why says why a field is not in step after the plan was carried out; empty: it is.
type Why string

// The reasons that a merge can give; the words are those of semantics, "States".
const (
	InStep        Why = ""
	WhyConflict   Why = "conflict"
	WhyDrift      Why = "drift"         // the row does not flow that way, or only into an empty field
	WhyPermission Why = "no_permission" // the side cannot be written
	WhyNotStored  Why = "not_stored"    // a side was given a value and keeps it in its own way
)

// Conflict is what a person has to decide: three keys.
type Conflict struct {
	Base      record.Value `json:"base"`
	GHL       record.Value `json:"ghl"`
	Commonsku record.Value `json:"commonsku"`
}

// Loser is a value that is overwritten or passed over although somebody entered it. It goes to history, from where it
// can be restored (I1). Value is a key.
type Loser struct {
	Side  record.Side  `json:"side"`
	Value record.Value `json:"value"`
}

// Outcome is the decision about one field.
type Outcome struct {
	Name string
	Case Case
	// ToGHL and ToCommonsku are the keys to write: nil writes nothing, an empty value clears. Never equal to what the
	// side holds (I4). For sets the value is the whole set that the side will hold.
	ToGHL, ToCommonsku *record.Value
	// For sets: the elements that the write adds and removes, sorted.
	AddGHL, RemoveGHL             []string
	AddCommonsku, RemoveCommonsku []string
	// After is the key that counts as agreed once the writes are done; meaningful where there are writes, or Base is set.
	After record.Value
	// Stays lists the sides that keep an edit of their own which may not flow; see Settled.
	Stays []record.Side
	// Base is what can be stored now, without any write; nil: keep what is stored. Nil too where there are writes: those
	// store Settled once they are answered.
	Base     *Base
	Conflict *Conflict // set where a person has to decide
	Kept     []Loser
	Reason   string // plain words, for history and explain
	Why      Why
}

// Writes says whether the outcome writes anything.
func (o Outcome) Writes() bool { return o.ToGHL != nil || o.ToCommonsku != nil }

// To is the key to write to a side, nil for none.
func (o Outcome) To(s record.Side) *record.Value {
	if s == record.GHL {
		return o.ToGHL
	}
	return o.ToCommonsku
}

// Elements are what the write to a side adds to and removes from its set.
func (o Outcome) Elements(s record.Side) (add, remove []string) {
	if s == record.GHL {
		return o.AddGHL, o.RemoveGHL
	}
	return o.AddCommonsku, o.RemoveCommonsku
}

// Settled is the base once the writes of o are answered; ghl and commonsku are the raw values that the sides hold then.
//
// The base of a side that keeps an edit of its own is the agreed key and not its raw value, so that the edit goes on
// counting as one.
func (o Outcome) Settled(ghl, commonsku record.Value) Base {
	b := Base{GHL: ghl, Commonsku: commonsku, Key: o.After}
	for _, s := range o.Stays {
		if s == record.GHL {
			b.GHL = o.After
		} else {
			b.Commonsku = o.After
		}
	}
	return b
}

// settle fills Base where o writes nothing and the stored base is not the right one yet.
func (o *Outcome) settle(f Field) {
	if o.Writes() {
		return
	}
	b := o.Settled(f.GHL.Raw, f.Commonsku.Raw)
	if f.Base == nil || !b.Equal(*f.Base) {
		o.Base = &b
	}
}

// Equal compares byte for byte.
func (b Base) Equal(c Base) bool {
	return b.GHL.Equal(c.GHL) && b.Commonsku.Equal(c.Commonsku) && b.Key.Equal(c.Key)
}

func (o *Outcome) write(s record.Side, v record.Value) {
	if s == record.GHL {
		o.ToGHL = &v
	} else {
		o.ToCommonsku = &v
	}
}

// Reading is what a side holds in f.
func (f Field) Reading(s record.Side) Reading { return f.reading(s) }

// SetReading replaces what a side holds in f.
func (f *Field) SetReading(s record.Side, r Reading) {
	if s == record.GHL {
		f.GHL = r
	} else {
		f.Commonsku = r
	}
}

func (f Field) reading(s record.Side) Reading {
	if s == record.GHL {
		return f.GHL
	}
	return f.Commonsku
}

// raw is the raw base of a side.
func (b Base) raw(s record.Side) record.Value {
	if s == record.GHL {
		return b.GHL
	}
	return b.Commonsku
}
