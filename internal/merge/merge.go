// Package merge is the heart of Tandem: three-way merge of one record, field by field, against the base that both sides
// last agreed on. It is pure and knows no field by name: it sees named values in canonical form ("keys"), rules and times.
// It decides; mapping turns keys into a side's own raw values; apply writes.
package merge

import (
	"time"

	"tandem/internal/record"
)

// Reading is what one side holds in one field now.
type Reading struct {
	Raw record.Value // as the side has it
	Key record.Value // canonical: the coarsest form that both sides can hold; empty where a made-up value reads as empty
	// ChangedAt is when Tandem first saw this field differ from base, by the side's stamp, capped by our clock, skew
	// subtracted. Zero: the side has no clock for it and it was first seen now.
	ChangedAt time.Time
	Writable  bool // false: this field of this side is never written (I11)
}

// Base is what both sides agreed on last, per mapping row. It is stored as JSON under the row's name.
type Base struct {
	GHL       record.Value `json:"ghl"`
	Commonsku record.Value `json:"commonsku"`
	Key       record.Value `json:"key"`
}

// Direction says which way a row flows.
type Direction string

// Directions.
const (
	Both           Direction = "both"
	GHLToCommonsku Direction = "ghl_to_commonsku"
	CommonskuToGHL Direction = "commonsku_to_ghl"
)

// Allows says whether values may flow to side.
func (d Direction) Allows(to record.Side) bool {
	switch d {
	case GHLToCommonsku:
		return to == record.Commonsku
	case CommonskuToGHL:
		return to == record.GHL
	}
	return true
}

// Policy decides a conflict.
type Policy string

// Policies.
const (
	Newest       Policy = "newest"
	GHLWins      Policy = "ghl"
	CommonskuWin Policy = "commonsku"
	Manual       Policy = "manual"
)

// Drift says what happens to an edit on the far side of a one-way row.
type Drift string

// Drift policies.
const (
	Report    Drift = "report"
	Overwrite Drift = "overwrite"
)

// Rule is how one row merges.
type Rule struct {
	Direction  Direction
	OnConflict Policy
	Tie        record.Side // who wins under 2 s apart
	Drift      Drift
	Set        bool // merged element by element
	// OnlyIntoEmpty: a write to a side happens only where that side is empty (client-level rows).
	OnlyIntoEmpty bool
}

// Field is one mapped row of one record, ready to merge.
type Field struct {
	Name           string
	Rule           Rule
	Base           *Base // nil: first link, or a new row
	GHL, Commonsku Reading
	// Held is an open manual conflict on this field: it stays held until the sides agree or a person resolves it.
	Held bool
	// Resolved, if set, is a person's decision: this key wins whatever the policy says.
	Resolved *record.Value
}
