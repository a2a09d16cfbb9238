package merge

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/internal/record"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// anyValue draws from a pool so small that values meet often. A raw form may differ from its key.
func anyReading(set bool) *rapid.Generator[Reading] {
	return rapid.Custom(func(t *rapid.T) Reading {
		r := Reading{
			Key:      anyKey(t, set),
			Writable: rapid.IntRange(0, 5).Draw(t, "writable") > 0,
		}
		r.Raw = r.Key
		if !set && rapid.Bool().Draw(t, "own raw form") && !r.Key.IsEmpty() {
			r.Raw = record.Text(" " + r.Key.Text())
		}
		if rapid.Bool().Draw(t, "clock") {
			r.ChangedAt = noon.Add(time.Duration(rapid.IntRange(-5000, 1000).Draw(t, "ms")) * time.Millisecond)
		}
		return r
	})
}

func anyKey(t *rapid.T, set bool) record.Value {
	if set {
		return record.Set(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 4).Draw(t, "set")...)
	}
	return record.Text(rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "text"))
}

func anyRule(t *rapid.T) Rule {
	return Rule{
		Direction:     rapid.SampledFrom([]Direction{Both, Both, GHLToCommonsku, CommonskuToGHL}).Draw(t, "direction"),
		OnConflict:    rapid.SampledFrom([]Policy{Newest, GHLWins, CommonskuWin, Manual}).Draw(t, "policy"),
		Tie:           rapid.SampledFrom(record.Sides[:]).Draw(t, "tie"),
		Drift:         rapid.SampledFrom([]Drift{Report, Overwrite}).Draw(t, "drift"),
		Set:           rapid.Bool().Draw(t, "is a set"),
		OnlyIntoEmpty: rapid.IntRange(0, 4).Draw(t, "only into empty") == 0,
	}
}

var anyField = rapid.Custom(func(t *rapid.T) Field {
	f := Field{Name: "field", Rule: anyRule(t)}
	f.GHL = anyReading(f.Rule.Set).Draw(t, "ghl")
	f.Commonsku = anyReading(f.Rule.Set).Draw(t, "commonsku")
	if rapid.IntRange(0, 3).Draw(t, "has base") > 0 {
		b := Base{Key: anyKey(t, f.Rule.Set)}
		b.GHL, b.Commonsku = b.Key, b.Key
		if rapid.Bool().Draw(t, "ghl raw as read") {
			b.GHL = f.GHL.Raw
		}
		if rapid.Bool().Draw(t, "commonsku raw as read") {
			b.Commonsku = f.Commonsku.Raw
		}
		f.Base = &b
	}
	f.Held = !f.Rule.Set && rapid.IntRange(0, 6).Draw(t, "held") == 0
	if rapid.IntRange(0, 6).Draw(t, "resolved") == 0 {
		v := anyKey(t, f.Rule.Set)
		f.Resolved = &v
	}
	return f
})

func TestMergeKeepsItsInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyField.Draw(t, "field")
		for _, v := range violations(f, Merge(f, noon), noon) {
			t.Error(v)
		}
	})
}

func TestSwappingTheSidesMirrorsThePlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyField.Draw(t, "field")
		want := mirroredOutcome(plain(Merge(f, noon)))
		if got := plain(Merge(mirrored(f), noon)); !reflect.DeepEqual(got, want) {
			t.Fatalf("swapped:\n got %+v\nwant %+v", got, want)
		}
	})
}

func TestMergeIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyField.Draw(t, "field")
		once := carried(f, Merge(f, noon))
		o := Merge(once, noon)
		if o.Writes() {
			t.Fatalf("merged again it writes: %+v", o)
		}
		if twice := carried(once, o); !reflect.DeepEqual(twice, once) {
			t.Fatalf("the second merge moves the base:\nonce  %+v %+v\ntwice %+v %+v", once, once.Base, twice, twice.Base)
		}
	})
}

func TestEqualSidesCostNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyField.Draw(t, "field")
		f.Commonsku.Key, f.Resolved = f.GHL.Key, nil
		o := Merge(f, noon)
		if o.Writes() || o.Why != InStep || o.Conflict != nil || len(o.Kept) > 0 {
			t.Fatalf("equal sides: %+v", o)
		}
	})
}

// A normaliser on the far side, or a new version of our canonical forms, changes only one of raw and key: that is never
// an edit, so it can never start a ping-pong.
func TestNormalisersAreNoEdits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyField.Draw(t, "field")
		f.Resolved, f.Held = nil, false
		f.Base = &Base{GHL: f.GHL.Raw, Commonsku: f.Commonsku.Raw, Key: anyKey(t, f.Rule.Set)}
		if o := Merge(f, noon); o.Writes() {
			t.Fatalf("same raw values as in base, yet it writes: %+v", o)
		}
		key := f.Base.Key
		f.GHL.Key, f.Commonsku.Key = key, key
		f.GHL.Raw = record.Text("a new raw form")
		o := Merge(f, noon)
		if o.Writes() || o.Base == nil || !o.Base.GHL.Equal(f.GHL.Raw) {
			t.Fatalf("same keys, new raw form: want the base to follow and no write, got %+v", o)
		}
	})
}
